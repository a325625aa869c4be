import type { Finding } from "../../src/types.ts";
import { isDay, isDea, isNpi } from "./checks.ts";
import { between, hasBefore, isGlued, matchAt, rawAt, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";

/** What a label says about the identifier after it, and what must stand between: nothing, a colon, or a word such as `number`. */
interface Label {
  readonly detail: string;
  readonly needs: "nothing" | "colon" | "marker";
}

const LABELS: ReadonlyMap<string, Label> = new Map([
  ...labels("ID", "nothing", "username login userid unos optn srtr icn passcode lockbox badge"),
  ...labels("MRN", "nothing", "mrn mrns umrn emrn hrn pid uhid mpi empi csn fin har"),
  ...labels("SSN", "nothing", "ssn last4"),
  ...labels("ACCOUNT", "nothing", "acct account iban routing swift"),
  ...labels("LICENSE", "nothing", "npi dea upin license licence cdl passport"),
  ...labels(
    "HEALTH_PLAN",
    "nothing",
    "mbi hic hicn hpbn cin ramq ohip phn ahcip subscriber medicaid medicare tricare beneficiary",
  ),
  ...labels("VIN", "nothing", "vin"),
  ...labels("DEVICE", "nothing", "imei udi serial sn"),
  ...labels("PLATE", "nothing", "plate plates"),
  ...labels("MRN", "colon", "record chart encounter enc rec medrec mr"),
  ...labels("MRN", "marker", "patient pt hospital unit visit contact file medical"),
  ...labels("HEALTH_PLAN", "colon", "member policy payer grp group"),
  ...labels("HEALTH_PLAN", "marker", "insurance insurer plan coverage aetna cigna humana bcbs health"),
  ...labels("LICENSE", "colon", "dl lic certificate cert"),
  ...labels("DEVICE", "marker", "device implant pacemaker pump lead leads model generator prosthesis lot"),
  ...labels(
    "ID",
    "colon",
    `case docket petition citation complaint incident auth key card ticket
    claim form accession specimen requisition authorization referral confirmation invoice employee tracking
    transaction id ids identifier identification nhs ein tin passcode dod edipi`,
  ),
  ...labels(
    "ID",
    "marker",
    `check trip run receipt dispatch randomization screening order provider facility agency vendor path pathology cytology surgical recipient prescription rx reference study subject staff student ticket identity birth death national
    tax taxpayer bill billing document permit booking receipt sample barcode container locker donor enrollment registry registration
    kit log job dictation transcription code pin password user debit credit bank social security veteran va inmate prisoner military service tag
    ref state`,
  ),
]);

/** Words at which `labelledAt` finds something. */
export const LABEL_WORDS: ReadonlySet<string> = new Set(LABELS.keys());

function labels(detail: string, needs: Label["needs"], list: string): [string, Label][] {
  return [...words(list)].map((word) => [word, { detail, needs }]);
}

/** A birth date that a scanner garbled: `D0B: O4/l9/1948`. */
const SCANNED_DATE =
  /[ \t]*[:#-]?[ \t]*((?=[^\d]*\d)[\dOolIS|]{1,2}([-/.])[\dOolIS|]{1,2}\2[\dOolIS|]{2,4})(?![\dA-Za-z])/y;

/** A date after `DOB` whose digits a scanner took for letters. */
export function scannedDateAt(tokens: Tokens, at: number): Finding | undefined {
  if (!/^d[o0]b$/.test(tokens.word[at] as string)) return undefined;
  const end = tokens.end[at] as number;
  const match = matchAt(SCANNED_DATE, tokens.text, end);
  if (match === null || !/[OolIS|]/.test(match[1] as string)) return undefined;
  return between(end + match[0].length - (match[1] as string).length, end + match[0].length, "DATE", 0.9);
}

const MARKERS = words("number numbers nos num nbr nr id ids identifier identification # ending");
const LINKS = words("is was are as of the : = # - . ( [ with under reads listed assigned no");
const VALUE_LINK = /^[-/._:]$/;

/** An identifier after its label, found at the label: `MRN: 12-34`, `member ID is XZ 4412`, `serial no. A7-99`. */
export function labelledAt(tokens: Tokens, at: number): Finding | undefined {
  const label = LABELS.get(tokens.word[at] as string);
  if (label === undefined || (tokens.word[at] === "mr" && tokens.shape[at] !== SHAPE.upper)) return undefined;
  let value = at + 1;
  let marked = /^(?:id|ids|identifier|identification)$/.test(tokens.word[at] as string);
  let colon = false;
  for (let steps = 0; steps < 7 && value < tokens.count; steps += 1, value += 1) {
    const word = tokens.word[value] as string;
    if ((tokens.gap[value] as number) >= GAP.line && !colon) return undefined;
    if (MARKERS.has(word) || (word === "no" && isNumberSign(tokens, value))) marked = true;
    else if (LABELS.has(word) && tokens.kind[value] === TOKEN.word && label.needs !== "nothing") continue;
    else if (!LINKS.has(word)) break;
    if (word === ":" || word === "=") colon = true;
  }
  const end = valueEnd(tokens, value);
  if (end === undefined) return undefined;
  return named(tokens, at, value, end, label, { marked, colon });
}

/** `no.`, `no:`, or `no 22-118`: a number of three digits or more right after it, with no measure behind. */
function isNumberSign(tokens: Tokens, at: number): boolean {
  if (/^[.:#]$/.test(wordAt(tokens, at + 1))) return true;
  const end = valueEnd(tokens, at + 1);
  if (end === undefined || tokens.gap[at + 1] !== GAP.space) return false;
  const value = tokens.text.slice(tokens.start[at + 1], end);
  return countDigits(value) > 2 && !/^\s*(?:mg|mcg|ml|units?|cc|g|kg|meq)\b/i.test(tokens.text.slice(end, end + 8));
}

function named(
  tokens: Tokens,
  at: number,
  value: number,
  end: number,
  label: Label,
  how: { readonly marked: boolean; readonly colon: boolean },
): Finding | undefined {
  const start = gluedLabel(tokens, at, value) ?? (tokens.start[value] as number);
  const text = tokens.text.slice(start, end);
  const long =
    label.needs === "colon" &&
    value === at + 1 &&
    countDigits(text) > (tokens.word[at] === "mr" ? 4 : 5) &&
    !isDateText(text);
  const next = value === at + 1 || (value === at + 2 && wordAt(tokens, at + 1) === ".");
  const firm = FIRM.has(tokens.word[at] as string) && (next || how.colon);
  const shaped = firm && isIdShaped(tokens, at, text);
  const short = value === at + 1 && CODED.has(tokens.word[at] as string) && isShortCode(text);
  const coded = short || shaped || (value === at + 1 && isCode(text));
  if (tokens.word[at] === "ref" && (!(how.marked || how.colon || shaped) || isCatalogue(tokens, at))) return undefined;
  const told = label.needs === "nothing" || how.marked || long || coded || (label.needs === "colon" && how.colon);
  const least = short || how.marked || (label.needs === "nothing" && how.colon) ? 2 : label.needs === "nothing" ? 3 : 4;
  if (!told || countDigits(text) < least || text.length < 3) return undefined;
  if (/^(?:19|20)\d\d$|^\d{1,2}[/.]\d{1,2}$/.test(text) || isDateText(text)) return undefined;
  if (/^\d+(?:mg|ml|mcg|cc|g|kg|%|st|nd|rd|th|hr|hrs|days?|yo)$/i.test(text)) return undefined;
  const proven = isNpi(text) || isDea(text) ? 0.98 : undefined;
  return between(start, end, "ID", proven ?? (label.needs === "nothing" ? 0.97 : 0.96), label.detail);
}

/** `LOT HUGT0482`, `code 7HQ2-91LM`: capitals with four digits or more, which no word or measure is. */
function isCode(text: string): boolean {
  return /^(?=.*[A-Z])(?=(?:.*\d){4})[A-Z0-9-]{7,20}$/.test(text) && !/^[GT]\d+P\d+|^NCT\d/.test(text);
}

/** Words for a number in somebody's files, whose form then says that it is one. */
const FIRM =
  words(`receipt job case file subject docket claim invoice confirmation reference ref badge lic license licence form code
  enrollment registry study permit ticket warrant booking dispatch incident complaint grp`);
/** `code 99213` and `form 1040` are the same for everybody. */
const PUBLIC = words("code form study registry license licence lic");

/** Procedures and diagnoses: `G0438`, `E11.65`. */
const CATALOGUED = /^(?:[A-Z]\d{4}|[A-Z]\d\d(?:\.\w{1,4})?|NCT\d+)$/;

/** `case 1B55K2`, `file: 24-PI-1187`, `job 118740`: joined groups, letters among digits, or five digits and more. */
function isIdShaped(tokens: Tokens, at: number, text: string): boolean {
  const before = /^(?:cpt|icd|icd10|hcpcs|drg|billing|procedure|diagnosis|dx|zip|area|loinc)$/;
  if (before.test(wordAt(tokens, at - 1)) || CATALOGUED.test(text)) return false;
  const digits = countDigits(text);
  if (/^[A-Za-z\d]+(?:[-/][A-Za-z\d]+)+$/.test(text)) {
    return /[-/][A-Za-z]*\d/.test(text) && (digits > 3 || /^[A-Z]{2,}-\d{3}$/.test(text));
  }
  if (/^\d+$/.test(text)) return digits > 4 && !PUBLIC.has(tokens.word[at] as string);
  return /^(?=.*[A-Z])[A-Z\d]{5,14}$/.test(text) && digits > 2;
}

/** What insurers, makers of implants and boards of transplantation name by codes of letters and digits. */
const CODED = words("group grp member policy card key lot serial sn auth donor recipient");

/** `lot K7W2P`, `grp DEERE65`: capitals and two digits or more. */
function isShortCode(text: string): boolean {
  return /^(?=.*[A-Z])(?=(?:.*\d){2})[A-Z0-9]{5,12}$/.test(text) && !/^(?:HLA|COVID|SARS|CD)/.test(text);
}

/** Beside a lot a reference is a maker's catalogue number, the same on every piece. */
function isCatalogue(tokens: Tokens, at: number): boolean {
  const lot = words("lot lots sn serial");
  return hasBefore(tokens, at, 8, lot) || hasBefore(tokens, Math.min(at + 10, tokens.count), 9, lot);
}

/** What stands after a label may be a date, as in `visit no. 3: 3/14/2021`; it is found as one. */
function isDateText(text: string): boolean {
  const match = /^(\d{1,4})[/.-](\d{1,2})[/.-](\d{2}|\d{4})$/.exec(text);
  if (match === null) return false;
  const [a, b, c] = match.slice(1).map(Number) as [number, number, number];
  return isDay(a, b, c) || isDay(c, a, b) || isDay(c, b, a);
}

/** `MRN-2468135`: the label is part of what was written as one word, and goes with it. */
function gluedLabel(tokens: Tokens, at: number, value: number): number | undefined {
  const dash = value === at + 2 && tokens.word[at + 1] === "-" && isGlued(tokens, at + 1) && isGlued(tokens, value);
  return dash ? (tokens.start[at] as number) : undefined;
}

/** End of the identifier that begins at a token: glued parts, then further groups of digits after single blanks. */
function valueEnd(tokens: Tokens, first: number): number | undefined {
  if (first >= tokens.count || tokens.kind[first] === TOKEN.mark || tokens.kind[first] === TOKEN.possessive)
    return undefined;
  let last = gluedEnd(tokens, first);
  const raw = tokens.text.slice(tokens.start[first], tokens.end[last]);
  if (!/\d/.test(raw)) {
    const code =
      /^[A-Z]{1,4}$/.test(raw) && /^\d{3,}/.test(wordAt(tokens, last + 1)) && tokens.gap[last + 1] === GAP.space;
    if (!code) return undefined;
    last = gluedEnd(tokens, last + 1);
  }
  const spelt = /^\d$/.test(rawAt(tokens, last));
  for (let more = 0; more < (spelt ? 14 : 4) && last + 1 < tokens.count; more += 1) {
    const next = last + 1;
    const group = spelt ? /^\d$/ : /^\d{2,6}$/;
    if (tokens.gap[next] !== GAP.space || !group.test(rawAt(tokens, next)) || !/\d$/.test(rawAt(tokens, last))) break;
    const tail = gluedEnd(tokens, next);
    if (tail !== next || isDecimal(tokens, next + 1)) break;
    last = next;
  }
  return tokens.end[last];
}

function isDecimal(tokens: Tokens, mark: number): boolean {
  return isGlued(tokens, mark) && /^[/:.]$/.test(wordAt(tokens, mark)) && tokens.kind[mark + 1] === TOKEN.number;
}

function gluedEnd(tokens: Tokens, first: number): number {
  let last = first;
  while (last + 1 < tokens.count && isGlued(tokens, last + 1)) {
    const next = last + 1;
    if (tokens.kind[next] === TOKEN.mark) {
      const joins =
        VALUE_LINK.test(tokens.word[next] as string) &&
        isGlued(tokens, next + 1) &&
        tokens.kind[next + 1] !== TOKEN.mark;
      if (!joins) break;
      last = next + 1;
    } else if (tokens.kind[next] === TOKEN.possessive) break;
    else last = next;
  }
  return last;
}

function countDigits(text: string): number {
  return text.replace(/\D/g, "").length;
}
