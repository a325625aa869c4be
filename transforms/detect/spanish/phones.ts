import type { Finding } from "../../../src/types.ts";
import { phoneAt as englishPhoneAt } from "../contact.ts";
import { between, hasBefore, isGlued, matchAt, wordAt, words } from "../matched.ts";
import type { Tokens } from "../tokens.ts";

const EXTENSION = String.raw`(?:[ ,;]{0,3}(?:ext|extension|int|anexo)\.?:? ?\d{1,6}\b)?`;
/** Nine digits of Spain in any groups, the country's code before them or not. */
const SPAIN = new RegExp(
  String.raw`(?:\(?(?:\+|00)?34\)?[-. ]{0,2})?(?:[6-9]\d{2}[-. /]?\d{3}[-. ]?\d{3}|[6-9]\d{2}[-. /]?\d{2}[-. ]?\d{2}[-. ]?\d{2}|[89]\d[-. /]\d{3}[-. ]?\d{2}[-. ]?\d{2}|[89]\d[-. /]\d{2}[-. ]\d{2}[-. ]\d{3}|[89]\d[-. /]?\d{7})(?![\d/]|[.,]\d)` +
    EXTENSION,
  "iy",
);
const CUED = new RegExp(String.raw`\(?\+?\d{1,5}\)?(?:[-. /]{0,2}\(?\d{2,8}\)?){0,5}(?!\d)` + EXTENSION, "iy");
const CUES =
  words(`telefono telefonos tel tels telf tfno tfo tlf tlfno tlfn telefonico movil moviles celular cel fijo fax whatsapp wsp wasap llamar
  llamando llame contacto contactar localizable busca buscapersonas centralita extension`);
const FAXES = words("fax telefax");
const NOT_PHONE = words(
  "nhc nass dni nie cipa historia episodio expediente colegiado nocol col poliza lote serie registro folio rut curp",
);

/** A telephone or fax number that begins at a token: a digit, `(` or `+`. */
export function phoneAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const cued = hasBefore(tokens, at, 6, CUES);
  const denied = hasBefore(tokens, at, 3, NOT_PHONE);
  const spain = denied ? null : matchAt(SPAIN, tokens.text, start);
  if (spain !== null && !(isGlued(tokens, at) && /^[-.,/]$/.test(wordAt(tokens, at - 1))))
    return phone(tokens, at, spain[0], cued ? 0.97 : 0.7);
  const other = cued && !denied ? matchAt(CUED, tokens.text, start) : null;
  const digits = other?.[0].replace(/\D/g, "").length ?? 0;
  if (other !== null && digits >= 6 && digits <= 16 && !/^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$/.test(other[0]))
    return phone(tokens, at, other[0], 0.9);
  return englishPhoneAt(tokens, at);
}

function phone(tokens: Tokens, at: number, text: string, score: number): Finding {
  const start = tokens.start[at] as number;
  return between(
    start,
    start + text.trimEnd().length,
    "PHONE_OR_FAX",
    score,
    hasBefore(tokens, at, 4, FAXES) ? "FAX" : "PHONE",
  );
}

/** Words at which `shortPhoneAt` finds something. */
export const PHONE_WORDS: ReadonlySet<string> = words("ext extension busca buscapersonas anexo");

/** `ext. 1530`, `busca 4021`: found at the cue. */
export function shortPhoneAt(tokens: Tokens, at: number): Finding | undefined {
  const match = PHONE_WORDS.has(wordAt(tokens, at))
    ? matchAt(/[.: ]{0,3}(?:n\.?o?\.? ?)?(\d{3,7})(?![\d/.,])/iy, tokens.text, tokens.end[at] as number)
    : null;
  if (match === null) return undefined;
  const end = (tokens.end[at] as number) + match[0].length;
  return between(end - (match[1] as string).length, end, "PHONE_OR_FAX", 0.8, "PHONE");
}
