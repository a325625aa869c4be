import type { Note } from "../grades.ts";
import { KIND } from "../lexicon.ts";
import { across, type Found, isGlued, wordAt, words } from "../matched.ts";
import { GAP, SHAPE, TOKEN } from "../tokens.ts";

/** Words that the name of a facility begins with. */
const HEADS =
  words(`hospital hospitales clinica policlinica policlinico sanatorio ambulatorio consultorio residencia complejo fundacion instituto
  maternidad universidad facultad colegio escuela farmacia geriatrico consorcio complexo centro centre institut ceip ies cap cs umf caps balneario`);
/** Heads that are everyday words as well: only with a capital of their own. */
const COMMON = words(
  "consorcio centro residencia complejo instituto colegio escuela facultad farmacia consultorio cap cs fundacion clinica",
);
const PARTICLES = words("of de del la las los el y e san santa sant sta ntra sra da do dos i d l");
/** What a name of a facility ends before. */
const ENDS = words(
  "servicio servicios departamento dpto unidad seccion area catedra telefono tel fax correo email mail dr dra hospital domicilio",
);
const STREETS = words(
  "calle c avenida avda av paseo plaza pza carretera ctra ronda urb urbanizacion carrer rua travesia glorieta",
);
/** Before a head: then it is a part of a facility. */
const PARTS = words("servicio unidad seccion departamento area consulta comision");
/** Says what a facility does: enough of a name only after a head with a capital. */
const PLAIN = words(
  "dia dias referencia origen zona guardia campana terciario tercer nivel nuestro este ese otro dicho cabecera destino procedencia urgencias alta ingreso",
);

/** Hospitals, health centres, schools and the like by name. Adds to `found`. */
export function findFacilities(note: Note, found: Found): void {
  const { tokens } = note;
  for (let at = 0; at < tokens.count; at += 1) {
    const word = wordAt(tokens, at);
    const center =
      word === "c" && wordAt(tokens, at + 2) === "s" && wordAt(tokens, at + 3) === "." && isGlued(tokens, at + 2);
    const ward = center ? nameEnd(note, at + 3) : undefined;
    if (ward !== undefined) {
      found.push(across(tokens, at, ward, "ADDRESS", 0.85, "FACILITY"));
      at = ward;
      continue;
    }
    if (!HEADS.has(word) || tokens.kind[at] !== TOKEN.word) continue;
    const small = tokens.shape[at] === SHAPE.lower;
    if (small && !note.quiet && COMMON.has(word)) continue;
    if (word !== "hospital" && PARTS.has(wordAt(tokens, at - 2)) && /^del?$/.test(wordAt(tokens, at - 1))) continue;
    // `Nutricion Clinica`: a word for a kind of medicine, not a clinic.
    if (word === "clinica" && tokens.shape[at - 1] === SHAPE.capital && tokens.gap[at] === GAP.space) continue;
    const last = nameEnd(note, at);
    if (last === undefined) continue;
    found.push(across(tokens, at, last, "ADDRESS", 0.85, "FACILITY"));
    at = last;
  }
}

function nameEnd(note: Note, head: number): number | undefined {
  const { tokens } = note;
  let last = head;
  let telling = 0;
  let generic = 0;
  for (let at = head + 1; at < tokens.count && at < head + 14; at += 1) {
    if ((tokens.gap[at] as number) > GAP.space) break;
    const word = wordAt(tokens, at);
    if (tokens.kind[at] === TOKEN.mark) {
      if (/^["'(]$/.test(word) && tokens.shape[at + 1] === SHAPE.capital && word !== "(") continue;
      if (/^["']$/.test(word) && telling > 0) {
        last = at;
        break;
      }
      if (
        word === "." &&
        isGlued(tokens, at) &&
        (tokens.end[at - 1] as number) - (tokens.start[at - 1] as number) < 4 &&
        tokens.shape[at + 1] === SHAPE.capital
      )
        continue;
      if (word === "-" && isGlued(tokens, at) && isGlued(tokens, at + 1)) continue;
      break;
    }
    if (PARTICLES.has(word)) continue;
    const led = PARTICLES.has(wordAt(tokens, at - 1));
    if ((ENDS.has(word) && !led && !(/^dra?$/.test(word) && telling === 0)) || (STREETS.has(word) && !led)) break;
    if (
      COMMON.has(wordAt(tokens, head)) &&
      ((tokens.info[at] as number) & (KIND.medical | KIND.generic)) === KIND.medical
    )
      break;
    const info = tokens.info[at] as number;
    const capital = tokens.shape[at] !== SHAPE.lower;
    const named = note.quiet && (info & (KIND.lastName | KIND.city | KIND.state)) !== 0 && (info & KIND.medical) === 0;
    const numbered =
      tokens.kind[at] === TOKEN.number && (capital || /^(?:12|20|1|2|3|9)$/.test(word)) && tokens.gap[at] === GAP.space;
    if (
      (PLAIN.has(word) && !capital) ||
      !(capital || named || (numbered && generic + telling > 0) || (info & KIND.generic) !== 0)
    )
      break;
    if (
      numbered &&
      tokens.kind[at] === TOKEN.number &&
      !/^(?:de|zona|n|no|num)$/.test(wordAt(tokens, at - 1)) &&
      wordAt(tokens, at + 1) !== "de"
    )
      break;
    if ((info & KIND.generic) !== 0) generic += capital ? 1 : 0;
    else telling += 1;
    if (capital || named || telling > 0 || generic > 0) last = at;
  }
  const own = tokens.shape[head] !== SHAPE.lower;
  return telling > 0 || (own && generic > 0 && last > head) ? last : undefined;
}
