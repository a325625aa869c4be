import type { Finding } from "../../../src/types.ts";
import { between, matchAt, wordAt, words } from "../matched.ts";
import { TOKEN, type Tokens } from "../tokens.ts";
import { isCif, isCuit, isCurp, isDni, isNass, isRfc, isRut } from "./checks.ts";

const PARTED = "[ .\\-/]?";
const DNI = new RegExp(String.raw`(?:[XYZ]${PARTED}\d{7}|\d{1,2}\.?\d{3}\.?\d{3})${PARTED}[A-Z](?![A-Za-z\d])`, "iy");
const NASS = /\d{2}([ /-]?)\d{8}\1\d{2}(?!\d)/y;
const RUT = /\d{1,2}\.?\d{3}\.?\d{3}-[\dK](?![A-Za-z\d])/iy;
const CUIT = /\d{2}([ -]?)\d{8}\1\d(?!\d)/y;
const CODE = /[A-Z&]{1,4}-?\d{6,8}[A-Z\d]{0,8}(?![A-Za-z\d])/iy;
/** Health cards of the Spanish regions: four letters of the names, then ten to twelve digits. */
const CARD = /[A-Z]{4} ?\d{10,12}(?!\d)/y;

/** An identifier that its check digit or its form proves, at a number. */
export function provenNumberAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const tests: readonly (readonly [RegExp, (bare: string) => boolean, string])[] = [
    [DNI, isDni, "DNI"],
    [RUT, isRut, "RUT"],
    [NASS, isNass, "NASS"],
    [CUIT, isCuit, "CUIT"],
  ];
  return proven(tokens, start, tests);
}

/** The same at a word or at letters and digits: NIE, CIF, CURP, RFC, health cards. */
export function provenCodeAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const tests: readonly (readonly [RegExp, (bare: string) => boolean, string])[] = [
    [DNI, isDni, "DNI"],
    [CODE, (bare) => isCurp(bare) || isRfc(bare) || isCif(bare), "ID"],
    [CARD, () => true, "HEALTH_PLAN"],
  ];
  return proven(tokens, start, tests);
}

function proven(
  tokens: Tokens,
  start: number,
  tests: readonly (readonly [RegExp, (bare: string) => boolean, string])[],
): Finding | undefined {
  for (const [pattern, holds, detail] of tests) {
    const match = matchAt(pattern, tokens.text, start);
    if (match !== null && holds(match[0].replace(/[ ./-]/g, "")))
      return between(start, start + match[0].length, "ID", 0.97, detail);
  }
  return undefined;
}

const PHRASES: readonly (readonly [string, string])[] = [
  [
    "MRN",
    "nhc|n h c|nuhsa|hc|h c|n hc|historia|historia clinica|ha clinica|h clinica|hist clinica|numero de historia|numero de historia clinica|n de historia|n de historia clinica|n historia|n historia clinica|no historia|expediente|numero de expediente|n de expediente|exp|episodio|numero de episodio|n de episodio|n episodio|icu|registro|numero de registro|n de registro|folio|n de folio|ficha|cuenta|n de cuenta",
  ],
  [
    "NASS",
    "nass|nss|n ss|numero de la seguridad social|numero de seguridad social|n de la seguridad social|n seguridad social|seguridad social|numero de afiliacion|n de afiliacion|afiliacion|naf|imss|issste",
  ],
  [
    "HEALTH_PLAN",
    "cipa|cip|cip sns|cipna|tsi|tarjeta sanitaria|n de tarjeta sanitaria|numero de tarjeta sanitaria|sip|cite|nia|poliza|n de poliza|numero de poliza|curp|fonasa|eps|obra social|n de afiliado|afiliado|numero de afiliado",
  ],
  [
    "DNI",
    "dni|d n i|nie|nif|n i f|pasaporte|n de pasaporte|numero de pasaporte|documento|n de documento|numero de documento|documento de identidad|cedula|cedula de identidad|cedula de ciudadania|cc|ci|c i|rut|run|rfc|ine|ife|cuil|cuit|identificacion|n de identificacion|numero de identificacion|cif|id|n id",
  ],
  [
    "LICENSE",
    "ncol|nocol|n col|no col|num col|numcol|col|colegiado|colegiada|n colegiado|n de colegiado|no colegiado|no de colegiado|numero de colegiado|numero colegiado|n de colegiada|colegiado n|colegiada n|colegiado no|colegiado num|colegiado numero|cedula profesional|ced prof|matricula|mn|m n|mp|m p|matricula profesional|registro medico|licencia|n de licencia|cmp|rne|cnp",
  ],
  ["ACCOUNT", "iban|cuenta bancaria|numero de cuenta|tarjeta|n de tarjeta|numero de tarjeta|factura|n de factura"],
  ["DEVICE", "numero de serie|n de serie|no de serie|n serie|no serie|imei|lote|n de lote|numero de lote|no de lote"],
  ["PLATE", "placas|matricula del vehiculo|matricula vehiculo"],
  [
    "ID",
    "peticion|n de peticion|numero de peticion|muestra|n de muestra|numero de muestra|n de biopsia|biopsia n|biopsia no|n de informe|numero de informe|n de referencia|referencia|ref|n ref|localizador|n de solicitud|solicitud|numero de solicitud|proceso|n de proceso|usuario|usuaria|id paciente|id del paciente|codigo de paciente|codigo del paciente|n de paciente|no de paciente|n paciente|numero de paciente",
  ],
];

const KINDS: ReadonlyMap<string, string> = new Map(
  PHRASES.flatMap(([detail, list]) => list.split("|").map((phrase): [string, string] => [phrase, detail])),
);

/** Labels that need no colon, since nothing else is called so. */
const PLAIN = words("nhc nuhsa nass nss cipa nocol dni nie nif curp rfc rut cuil cuit iban imei");

/** First words of labels. */
export const ID_WORDS: ReadonlySet<string> = new Set([...KINDS.keys()].map((phrase) => phrase.split(" ")[0] as string));

const VALUE =
  /[A-Z]{0,4}[-.]?\d[\dA-Z]*(?:(?:[-./]|[ \t](?!\d{1,2}[/-]\d))[\dA-Z]*\d[\dA-Z]*){0,5}(?:[-/ ]?[A-Z](?![A-Za-z\d]))?/iy;

/** An identifier after its label, found at the label: `NHC: 1234`, `No Col: 28 28 70973`, `DNI 12.345.678-Z`. */
export function labelledAt(tokens: Tokens, at: number): Finding | undefined {
  if (!ID_WORDS.has(wordAt(tokens, at))) return undefined;
  let phrase = "";
  let best:
    | { readonly detail: string; readonly next: number; readonly colon: boolean; readonly told: boolean }
    | undefined;
  for (let next = at; next < tokens.count && next < at + 9; next += 1) {
    if (next > at && (tokens.gap[next] as number) > 1) break;
    const word = wordAt(tokens, next);
    if (tokens.kind[next] !== TOKEN.word) {
      if (/^[.#/]$/.test(word)) continue;
      break;
    }
    phrase = phrase === "" ? word : `${phrase} ${word}`;
    const detail = KINDS.get(phrase);
    if (detail !== undefined)
      best = { detail, next: next + 1, colon: false, told: PLAIN.has(phrase) || phrase.includes(" ") };
  }
  if (best === undefined) return undefined;
  let { next, told } = best;
  for (let marks = 0; marks < 4 && next < tokens.count && (tokens.gap[next] as number) < 3; marks += 1) {
    const word = wordAt(tokens, next);
    const number = /^(?:n|no|num|numero|nro|es|de|con|sns)$/.test(word);
    if (!number && !/^[:.#=(-]$/.test(word)) break;
    if (word === ":" || word === "#" || (number && word !== "de" && word !== "con")) told = true;
    next += 1;
  }
  const start = tokens.start[next] as number;
  const match = next < tokens.count && (tokens.gap[next] as number) < 3 ? matchAt(VALUE, tokens.text, start) : null;
  if (match === null) return undefined;
  const text = match[0];
  const digits = text.replace(/\D/g, "").length;
  if (
    digits < (told ? 3 : 7) ||
    /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$/.test(text) ||
    (digits === 4 && /^(?:19|20)\d\d$/.test(text))
  )
    return undefined;
  return between(start, start + text.trimEnd().length, "ID", told ? 0.97 : 0.7, best.detail);
}
