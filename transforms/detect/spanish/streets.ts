import type { Finding } from "../../../src/types.ts";
import { KIND } from "../lexicon.ts";
import { across, between, isGlued, matchAt, wordAt, words } from "../matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "../tokens.ts";

/** Words that a street begins with, whatever the case. */
const STREETS = words(
  `calle avenida avda avd av avinguda paseo passeig plaza plazuela plazoleta praza pza plz carretera ctra rua carrer rambla urbanizacion urb
  pasaje pje bulevar blvd calzada jiron glorieta travesia callejon alameda prolongacion costanilla fraccionamiento fracc kalea ronda cuesta
  camino poligono colonia andador circuito privada cerrada diagonal transversal malecon autovia autopista bifurcacion`,
);
/** Ordinary words as well: a street only with a capital, and a number after. */
const ORDINARY = words(
  "carrera via barrio camino ronda cuesta parque circuito privada cerrada diagonal transversal colonia edificio poligono partida vereda lugar urb circuito prolongacion bifurcacion",
);

/** Small words within the name of a street, as a pattern. */
export const SMALL: string = String.raw`(?:de|del|la|las|los|el|y|e|i|d|do|da|dos|das|van|von|s|n|san|santa|gral|dr|dra|sta|sto|ntra|sra|pio)`;
const NAME = String.raw`(?:[A-Z0-9][A-Za-z0-9']*\.?|${SMALL}\b\.?)`;
const SMALL_NAME = String.raw`[A-Za-z][A-Za-z']*\.?`;
/** A house number, `s/n` or a kilometre, with what leads to it. */
export const NUMBER: string = String.raw`(?:[ ,]*(?:(?:n\.?o?\.?|num\.?|numero|nro\.?|#|no)[ ]?)?(?:\d{1,4}(?:[ ]?[-/][ ]?\d{1,4})?(?:[ ]?(?:bis|[A-Z]-\d{1,2}|[A-Za-z](?![A-Za-z-]|\.[A-Za-z])))?|s/n|s\.n\.|sin numero)|[ ,]+(?:km|kilometro)\.?[ ]?\d+(?:[.,]\d+)?)`;
/** A pattern for each of the words, with a capital or without. */
const either = (list: string): string =>
  list
    .split("|")
    .map((word) => `[${word[0]}${(word[0] as string).toUpperCase()}]${word.slice(1)}`)
    .join("|");
const SIDE = `(?:${either("izqda|izquierda|izda|izq|iz|dcha|derecha|der|dch|ctro|centro|exterior|ext|esquina|esq")})`;
const PART = `(?:${either("piso|planta|pta|puerta|portal|port|escalera|esc|bloque|bl|casa|apto|apartamento|depto|dpto|departamento|interior|int|torre|letra|local|nave|mz|lote|bajos|bajo|bj|atico|entresuelo|entlo|pral|principal")})`;
/** A floor, a door or a side, with what leads to it. */
export const FLOOR: string = String.raw`(?:[ ,.\-]*(?:\d{1,2}\.?[ ]?(?:o|a)(?:[ ]?-?[ ]?(?:${SIDE}|[A-Za-z]))?(?![A-Za-z])|${PART}\.?[ ]?[A-Z0-9]{0,3}(?![A-Za-z])|${SIDE}(?![A-Za-z])\.?|P?\d{1,2}(?:[ ]?-?[ ]?[A-Z](?:-\d{1,2})?(?!-))?(?![\dA-Za-z/]|[.,]\d)|[A-Z](?![A-Za-z.-])))`;
const STREET = new RegExp(
  String.raw`[./]{0,2}[ ]*,?[ ]*((?:${NAME}[ ,]+){0,7}?(?:${NAME}|"[^"\n]{2,40}"))(${NUMBER})((?:${FLOOR}){0,6})`,
  "y",
);
const SMALL_STREET = new RegExp(
  String.raw`[./]{0,2}[ ]*((?:${SMALL_NAME}[ ]+){0,5}?${SMALL_NAME})(${NUMBER})((?:${FLOOR}){0,6})`,
  "iy",
);
const BARE = new RegExp(
  String.raw`[./]{0,2}[ ]*((?:(?:${SMALL}|[A-Z][A-Za-z']*\.?)[ ]+){0,5}?[A-Z][A-Za-z']+(?:[ ](?:${SMALL}[ ])*[A-Z][A-Za-z']+){0,3})`,
  "y",
);

/** Colombian streets are numbers on a grid: `Calle 78b Numero 69-240`, `Cra. 7 # 45-12 sur`. */
const GRID =
  /(?:calle|cl|carrera|cra|kra|avenida|av|diagonal|transversal)\.? ?\d{1,3} ?[a-z]?(?: ?bis)?(?: (?:sur|norte|este|oeste))? ?(?:n\.?o?\.?|num\.?|numero|#|-)[ .]{0,2}\d{1,3} ?[a-z]? ?- ?\d{1,3}(?: (?:sur|norte|este|oeste)\b)?/iy;
const BOX = /apartado(?: postal| de correos)?(?: (?:n\.?o?\.?|num\.?|numero))? \d{1,5}(?!\d)/iy;

/** Words at which `streetAt` finds something. */
export const STREET_WORDS: ReadonlySet<string> = new Set([
  ...STREETS,
  ...ORDINARY,
  "apartado",
  "c",
  "cl",
  "po",
  "gran",
]);

/** A street with its house number and floor, found at its first word. */
export function streetAt(tokens: Tokens, at: number): Finding | undefined {
  const word = wordAt(tokens, at);
  if (!STREET_WORDS.has(word)) return undefined;
  const start = tokens.start[at] as number;
  const end = tokens.end[at] as number;
  const { text } = tokens;
  const next = text[end] ?? "";
  if (word.length <= 2 && word !== "av" && word !== "cl") {
    if (word === "c" ? next !== "/" : tokens.shape[at] !== SHAPE.capital) return undefined;
  }
  // Visual acuity is `AV` in every second note of an eye clinic.
  if (word === "av" && tokens.shape[at] === SHAPE.upper && next !== ".") return undefined;
  if (word === "gran" && wordAt(tokens, at + 1) !== "via") return undefined;
  const box = word === "apartado" ? matchAt(BOX, text, start) : null;
  if (word === "apartado") return box === null ? undefined : street(start, start + box[0].length, 0.9);
  const grid = matchAt(GRID, text, start);
  if (grid !== null) return street(start, start + grid[0].length, 0.95);
  const small = tokens.shape[at] === SHAPE.lower;
  const full = matchAt(STREET, text, end);
  if (full !== null && hasLetters(full[1]) && !(ORDINARY.has(word) && small))
    return street(start, end + full[0].length, 0.95);
  if (STREETS.has(word) && !ORDINARY.has(word)) {
    const lower = matchAt(SMALL_STREET, text, end);
    if (lower !== null && hasLetters(lower[1])) return street(start, end + lower[0].length, 0.85);
  }
  if (ORDINARY.has(word) && word !== "urb") return undefined;
  const bare = matchAt(BARE, text, end);
  return bare === null || (tokens.gap[at + 1] as number) > GAP.space
    ? undefined
    : street(start, end + bare[0].length, 0.7);
}

function hasLetters(text: string | undefined): boolean {
  return text !== undefined && /[A-Za-z]{2}/.test(text.replace(new RegExp(String.raw`\b${SMALL}\b`, "gi"), ""));
}

function street(start: number, end: number, score: number): Finding {
  return between(start, end, "ADDRESS", score, "STREET");
}

const POSTAL =
  /(?:cp|c\.p\.|c\. p\.|codigo postal|cod\. postal|c postal|d\.p\.)[ :.,-]{0,4}([A-Z]?\d{4,6}(?:-\d{2,4})?[A-Z]{0,3}|\d{2} \d{3})(?![A-Za-z\d])/iy;
/** A postal number after its label. */
export function postalAt(tokens: Tokens, at: number): Finding | undefined {
  if (!/^(?:cp|c|codigo|cod|d)$/.test(wordAt(tokens, at))) return undefined;
  const start = tokens.start[at] as number;
  const match = matchAt(POSTAL, tokens.text, start);
  if (match === null) return undefined;
  const end = start + match[0].length;
  return between(end - (match[1] as string).length, end, "ADDRESS", 0.95, "ZIP");
}

/** Five digits before or after a town: `28036 Madrid`, `08005-Barcelona`, `Sevilla (41013)`, `Getafe 28901`. */
export function bareZipAt(tokens: Tokens, at: number): Finding | undefined {
  if (tokens.kind[at] !== TOKEN.number || wordAt(tokens, at).length !== 5) return undefined;
  let next = at + 1;
  while (/^[.,()-]$/.test(wordAt(tokens, next)) && next < at + 4) next += 1;
  let back = at - 1;
  while (/^[.,(-]$/.test(wordAt(tokens, back)) && back > at - 3) back -= 1;
  if (!isTown(tokens, next) && !isTown(tokens, back)) return undefined;
  // `E-28015`: the country's letter goes with the number.
  const led = wordAt(tokens, at - 1) === "-" && wordAt(tokens, at - 2) === "e" && isGlued(tokens, at);
  return across(tokens, led ? at - 2 : at, at, "ADDRESS", 0.8, "ZIP");
}

function isTown(tokens: Tokens, at: number): boolean {
  const info = (tokens.info[at] as number | undefined) ?? 0;
  const place = (info & (KIND.city | KIND.state | KIND.country | KIND.placeStart)) !== 0;
  return (
    place &&
    at >= 0 &&
    at < tokens.count &&
    tokens.shape[at] !== SHAPE.lower &&
    (tokens.gap[at] as number) < GAP.paragraph
  );
}
