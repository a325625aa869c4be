import type { Finding } from "../../../src/types.ts";
import { between, matchAt, wordAt, words } from "../matched.ts";
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

const SMALL = String.raw`(?:de|del|la|las|los|el|y|e|i|d|do|da|dos|das|van|von|s|n|san|santa|gral|dr|dra|sta|sto|ntra|sra|pio)`;
const NAME = String.raw`(?:[A-Z0-9][A-Za-z0-9']*\.?|${SMALL}\b\.?)`;
const SMALL_NAME = String.raw`[A-Za-z][A-Za-z']*\.?`;
const NUMBER = String.raw`(?:[ ,]*(?:(?:n\.?o?\.?|num\.?|numero|nro\.?|#|no)[ ]?)?(?:\d{1,4}(?:[ ]?[-/][ ]?\d{1,4})?(?:[ ]?(?:bis|[A-Za-z](?![A-Za-z])))?|s/n|s\.n\.|sin numero)|[ ,]+(?:km|kilometro)\.?[ ]?\d+(?:[.,]\d+)?)`;
const FLOOR = String.raw`(?:[ ,.\-]*(?:(?:\d{1,2}[ ]?(?:o|a)|(?:piso|planta|pta|puerta|portal|port|esc|escalera|bloque|bl|casa|apto|apartamento|depto|dpto|departamento|interior|int|torre|letra|local|nave|mz|lote|bajos?|bj|atico|entresuelo|entlo|pral|principal)\.?[ ]?[A-Z0-9]{0,3})(?![A-Za-z])|(?:izq|izda|izquierda|dcha|der|dch|derecha|ctro|centro|ext|exterior|esq|esquina)(?![A-Za-z])\.?|P?\d{1,2}(?:[ ]?-?[ ]?[A-Z])?(?![\dA-Za-z/]|[.,]\d)|[A-H](?![A-Za-z])))`;
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

/** Words at which `streetAt` finds something. */
export const STREET_WORDS: ReadonlySet<string> = new Set([
  ...STREETS,
  ...ORDINARY,
  "c",
  "cl",
  "pl",
  "pg",
  "p",
  "ps",
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
    if (word === "c" ? next !== "/" : next !== "/" && next !== "." && word !== "pl") return undefined;
  }
  if (word === "gran" && wordAt(tokens, at + 1) !== "via") return undefined;
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
  /(?:cp|c\.p\.|c\. p\.|codigo postal|cod\. postal|c postal|d\.p\.)[ :.,-]{0,4}([A-Z]?\d{4,5}(?:-\d{2,4})?[A-Z]{0,3})(?![A-Za-z\d])/iy;
const TOWN = /(\d{5}),?[ -]{1,3}(?=[A-Z][a-z]|[A-Z]{3})/y;

/** A postal number after its label. */
export function postalAt(tokens: Tokens, at: number): Finding | undefined {
  if (!/^(?:cp|c|codigo|cod|d)$/.test(wordAt(tokens, at))) return undefined;
  const start = tokens.start[at] as number;
  const match = matchAt(POSTAL, tokens.text, start);
  if (match === null) return undefined;
  const end = start + match[0].length;
  return between(end - (match[1] as string).length, end, "ADDRESS", 0.95, "ZIP");
}

/** Five digits before a word with a capital, or in brackets after one: `28036 Madrid`, `Sevilla (41013)`. */
export function bareZipAt(tokens: Tokens, at: number): Finding | undefined {
  if (tokens.kind[at] !== TOKEN.number || wordAt(tokens, at).length !== 5) return undefined;
  const start = tokens.start[at] as number;
  const before = wordAt(tokens, at - 1);
  const wrapped =
    /^[(-]$/.test(before) && tokens.kind[at - 2] === TOKEN.word && /^[).,-]?$/.test(wordAt(tokens, at + 1));
  const province = Number(wordAt(tokens, at).slice(0, 2));
  const led = province <= 52 && province > 0 && matchAt(TOWN, tokens.text, start) !== null;
  return wrapped || led ? between(start, start + 5, "ADDRESS", 0.8, "ZIP") : undefined;
}
