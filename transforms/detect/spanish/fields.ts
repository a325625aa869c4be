import type { Finding } from "../../../src/types.ts";
import { across, isGlued, wordAt } from "../matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "../tokens.ts";

/** What stands after a label and a colon. */
export type Field = "name" | "person" | "street" | "town";

const PHRASES: Readonly<Record<Field, string>> = {
  // Nothing but a name: every word of it goes, whatever the lists say.
  name: "nombre|nombres|nombre y apellidos|nombre completo|nombre del paciente|nombre paciente|apellido|apellidos|apellidos y nombre|primer apellido|segundo apellido|apellido paterno|apellido materno|apellidos nombre|nombre social|nombre de la madre|nombre del padre|nombre del tutor|nombre del medico",
  // A name, or something else: only what looks like a name goes.
  person:
    "paciente|medico|medica|medico responsable|medico tratante|medico de cabecera|medico solicitante|medico remitente|medico adjunto|dr|dra|doctor|doctora|responsable|responsable clinico|rsponsable medico|responsable medico|remitido por|remitente|solicitado por|realizado por|informado por|atendido por|valorado por|firmado|firmado por|fdo|firma|informe de|cirujano|cirujana|primer cirujano|ayudante|ayudantes|anestesista|anestesia|instrumentista|enfermera|enfermero|due|facultativo|tutor|tutora|madre|padre|esposa|esposo|marido|hijo|hija|familiar|familiar de contacto|persona de contacto|contacto|contacto de emergencia|cuidador|cuidadora|cuidador principal|cuidadora principal|acompanante|representante|representante legal|psicologo|psicologa|trabajador social|trabajadora social|matrona|pediatra|residente|mir|interprete|autor|autora|transcrito por|dictado por|revisado por|validado por|elaborado por|titular|asegurado|beneficiario|de|para|a|atte|atentamente|cc",
  street: "domicilio|direccion|direccion postal|domicilio familiar|domicilio habitual|calle|dir",
  town: "localidad|localidad provincia|provincia|poblacion|municipio|ciudad|lugar de nacimiento|lugar de residencia|natural de|residencia|comuna|canton|colonia|alcaldia|delegacion|barrio|pueblo|procedencia",
};

const FIELDS: ReadonlyMap<string, Field> = new Map(
  (Object.entries(PHRASES) as [Field, string][]).flatMap(([field, list]) =>
    list.split("|").map((phrase): [string, Field] => [phrase, field]),
  ),
);

/** First words of labels. */
const FIELD_WORDS: ReadonlySet<string> = new Set([...FIELDS.keys()].map((phrase) => phrase.split(" ")[0] as string));

/** A label, and the first token of what stands after it. */
export interface Labelled {
  readonly field: Field;
  readonly first: number;
}

/** The label that begins at a token and its colon; undefined where there is none. At most five words, as `Localidad/ Provincia:`. */
export function fieldAt(tokens: Tokens, at: number): Labelled | undefined {
  if (!FIELD_WORDS.has(wordAt(tokens, at)) || (at > 0 && isGlued(tokens, at) && wordAt(tokens, at - 1) !== "/"))
    return undefined;
  let phrase = "";
  for (let next = at; next < tokens.count && next < at + 10; next += 1) {
    if (next > at && (tokens.gap[next] as number) > GAP.space) return undefined;
    const word = wordAt(tokens, next);
    if (word === ":" || (word === "." && wordAt(tokens, next + 1) === ":")) {
      const field = FIELDS.get(phrase);
      const first = word === ":" ? next + 1 : next + 2;
      return field === undefined || first >= tokens.count || (tokens.gap[first] as number) >= GAP.paragraph
        ? undefined
        : { field, first };
    }
    if (tokens.kind[next] === TOKEN.word) phrase = phrase === "" ? word : `${phrase} ${word}`;
    else if (!/^[./,()-]$/.test(word)) return undefined;
  }
  return undefined;
}

/** The words of a name field: to the end of the line or sentence, a wide gap, a number or the next label. */
export function nameField(tokens: Tokens, first: number): Finding | undefined {
  let last = first - 1;
  for (let at = first; at < tokens.count && at < first + 9; at += 1) {
    if (at > first && ((tokens.gap[at] as number) >= GAP.line || isWide(tokens, at))) break;
    const word = wordAt(tokens, at);
    if (tokens.kind[at] !== TOKEN.word) {
      const initial = word === "." && isGlued(tokens, at) && tokens.shape[at - 1] === SHAPE.initial;
      if (initial) last = at;
      if (initial || ((word === "-" || word === ",") && at > first)) continue;
      break;
    }
    if (
      /^(?:no|nocol|col|edad|sexo|fecha|nhc|dni|nie|nass|servicio|telefono|tel|domicilio|de edad|conocido|desconocido|consta|apellidos|apellido|nombre)$/.test(
        word,
      )
    )
      break;
    if (isLabel(tokens, at)) break;
    last = at;
  }
  while (last >= first && /^(?:de|del|la|y|e)$/.test(wordAt(tokens, last))) last -= 1;
  return last < first ? undefined : across(tokens, first, last, "NAME", 0.95);
}

/** What stands in a line for an address or a town, the final stop and the next label left out. */
export function placeField(tokens: Tokens, first: number, field: "street" | "town"): Finding | undefined {
  let last = first - 1;
  for (let at = first; at < tokens.count && at < first + 40; at += 1) {
    if (
      at > first &&
      ((tokens.gap[at] as number) >= GAP.line || (tokens.start[at] as number) - (tokens.end[at - 1] as number) > 2)
    )
      break;
    if (isLabel(tokens, at) || /^(?:cp|telefono|tel|tlf|telf|nhc|dni|edad|sexo|fecha)$/.test(wordAt(tokens, at))) break;
    const word = wordAt(tokens, at);
    if (word === ";" || word === "|" || word === "\t") break;
    // A stop before a word of three letters or more ends the field.
    const stops = word === "." && !isGlued(tokens, at + 1);
    const long = tokens.kind[at - 1] !== TOKEN.word || (tokens.word[at - 1] as string).length > 5;
    if (stops && at > first && (field === "town" || long)) break;
    if (field === "town" && tokens.kind[at] === TOKEN.word && /^(?:pais|acude|refiere|paciente)$/.test(word)) break;
    last = at;
  }
  while (last >= first && tokens.kind[last] === TOKEN.mark && wordAt(tokens, last) !== ")") last -= 1;
  if (last < first || /^(?:desconocido|desconocida|no)$/.test(wordAt(tokens, first))) return undefined;
  return across(tokens, first, last, "ADDRESS", 0.95, field === "street" ? "STREET" : "CITY");
}

/** A word or three right before a colon. */
function isLabel(tokens: Tokens, at: number): boolean {
  for (let next = at + 1; next <= at + 4 && next < tokens.count; next += 1) {
    if ((tokens.gap[next] as number) > GAP.space) return false;
    if (wordAt(tokens, next) === ":") return true;
    const dotted = wordAt(tokens, next) === "." && isGlued(tokens, next + 1);
    if (tokens.kind[next] === TOKEN.mark && wordAt(tokens, next) !== "/" && !dotted) return false;
    if (tokens.shape[next] === SHAPE.capital && tokens.kind[next] === TOKEN.word && next > at) return false;
  }
  return false;
}

function isWide(tokens: Tokens, at: number): boolean {
  return (tokens.start[at] as number) - (tokens.end[at - 1] as number) > 2;
}
