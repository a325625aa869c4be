import type { Finding } from "../../src/types.ts";
import { ibanLength, isCard, isIban, isMbi, isSsn, isVin } from "./checks.ts";
import { across, between, hasBefore, isGlued, matchAt, rawAt, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";

const SSN = /(\d{3})([- .]?)(\d{2})\2(\d{4})(?![\d]|-\d)/y;
const CARD = /\d{4}([- ]?)(?:\d{4}\1){2}\d{1,7}(?![\d]|-\d)|3\d{3}([- ]?)\d{6}\2\d{4,5}(?!\d)|\d{13,19}(?!\d)/y;
/** Sixteen digits in fours: an account of some kind, whatever its check digit. */
const FOURS = /\d{4}([- ])(?:\d{4}\1){2}\d{4}(?![\d]|[- ]\d)/y;
const SPACED_MBI = /[1-9][A-Z][A-Z0-9]\d-[A-Z][A-Z0-9]\d-[A-Z]{2}\d{2}(?![A-Z0-9])/iy;
const SSN_CUES = words("ssn ssn# social security ss ss# soc");

/** Social Security, card and similar numbers that prove themselves by form or check digit; at a number token. */
export function provenAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const ssn = matchAt(SSN, tokens.text, start);
  if (ssn !== null) {
    const cue = hasBefore(tokens, at, 5, SSN_CUES);
    const valid = isSsn(`${ssn[1]}${ssn[3]}${ssn[4]}`);
    if (cue || (valid && ssn[2] === "-")) return between(start, start + ssn[0].length, "ID", cue ? 0.98 : 0.9, "SSN");
    if (valid && ssn[2] === " " && !isTable(tokens, at)) return between(start, start + ssn[0].length, "ID", 0.6, "SSN");
  }
  const card = matchAt(CARD, tokens.text, start);
  if (card !== null && isCard(card[0].replace(/\D/g, "")))
    return between(start, start + card[0].length, "ID", 0.97, "CARD");
  const fours = matchAt(FOURS, tokens.text, start);
  return fours === null ? undefined : between(start, start + fours[0].length, "ID", 0.6);
}

/** A donation by ISBT 128, as on every bag of blood: `W0447 26 118822`. */
const DONATION = /[A-Z][A-Z\d]\d{3}[ -]\d{2}[ -]\d{6}(?!\d)/y;

/** Numbers in columns of a table are parted by blanks as an SSN may be. */
function isTable(tokens: Tokens, at: number): boolean {
  return tokens.kind[at - 1] === TOKEN.number || tokens.kind[at + 3] === TOKEN.number;
}

/** IBAN, VIN and MBI, at a token of letters and digits. */
export function mixedIdAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const raw = rawAt(tokens, at);
  if (raw.length === 17 && isVin(raw)) return between(start, start + 17, "ID", 0.95, "VIN");
  if (raw.length === 11 && isMbi(raw)) return between(start, start + 11, "ID", 0.9, "HEALTH_PLAN");
  const donation = matchAt(DONATION, tokens.text, start);
  if (donation !== null) return between(start, start + donation[0].length, "ID", 0.9, "ID");
  const mbi = matchAt(SPACED_MBI, tokens.text, start);
  if (mbi !== null && isMbi(mbi[0].replaceAll("-", "")))
    return between(start, start + mbi[0].length, "ID", 0.9, "HEALTH_PLAN");
  return /^[a-z]{2}\d\d/i.test(raw) ? ibanAt(tokens, start) : undefined;
}

/** As many letters and digits as its country's IBANs have, single blanks between them allowed. */
function ibanAt(tokens: Tokens, start: number): Finding | undefined {
  const wanted = ibanLength(tokens.text.slice(start, start + 2));
  if (wanted === undefined) return undefined;
  let end = start;
  let letters = "";
  for (; letters.length < wanted && end < tokens.text.length; end += 1) {
    const unit = tokens.text[end] as string;
    if (/[A-Za-z0-9]/.test(unit)) letters += unit;
    else if (unit !== " " || tokens.text[end - 1] === " ") return undefined;
  }
  if (/[A-Za-z0-9]/.test(tokens.text[end] ?? "") || !isIban(letters)) return undefined;
  return between(start, end, "ID", 0.97, "ACCOUNT");
}

const PUBLIC_CODES =
  words(`nct pmid pmcid cpt icd icd9 icd10 hcpcs loinc snomed rxnorm ndc doi isbn issn umls cui hgnc omim gse rs iso
  ncit mesh cas chembl drg sku upc gtin hl7 astm ieee covid sars model version ref`);
const UNITS =
  words(`mg mcg g kg ml l cc iu units u cells copies k steps mm cm x platelets per ul mmol meq ng pg mcl cfu beats
  calories dollars usd people patients cases reads bp kb mb base`);
const CODED = /([A-Za-z]{1,6})[-_/#]{0,2}(\d[\dA-Za-z]*(?:[-/]\d[\dA-Za-z]*)*)/y;

/**
 * An identifier that nothing names: capitals and five digits or more (`ST-998877`), or seven digits or more in a row.
 * Codes of public catalogues (trials, papers, diagnoses) and measured values are not.
 */
export function unnamedIdAt(tokens: Tokens, at: number): Finding | undefined {
  const raw = rawAt(tokens, at);
  if (hasBefore(tokens, at, 3, PUBLIC_CODES) || PUBLIC_CODES.has(raw.toLowerCase().replace(/\d+$/, "")))
    return undefined;
  if (tokens.kind[at] === TOKEN.number) return longNumberAt(tokens, at);
  const hyphen = tokens.kind[at] === TOKEN.word && tokens.shape[at] !== SHAPE.lower && isGlued(tokens, at + 1);
  if (!hyphen && tokens.kind[at] !== TOKEN.mixed) return undefined;
  // `91234567A`, `1012345678V123456`; capitals that may be a unit need digits behind them.
  if (/^\d{7,}(?:[A-Z]\d+|(?![CGKLMUX]$)[A-Z]|(?!IU|ML|MG|CC|KG)[A-Z]{2})$/.test(raw))
    return across(tokens, at, at, "ID", 0.7);
  const match = matchAt(CODED, tokens.text, tokens.start[at] as number);
  if (match === null || !/^[A-Z]+$/.test(match[1] as string) || isObstetric(raw)) return undefined;
  const digits = (match[2] as string).replace(/\D/g, "").length;
  if (digits < 5 || /^(?:19|20)\d\d-\d\d-\d\d/.test(match[2] as string)) return undefined;
  if (isGlued(tokens, at) && !/^[#([:=/,|]$/.test(wordAt(tokens, at - 1))) return undefined;
  const start = tokens.start[at] as number;
  return between(start, start + match[0].length, "ID", 0.7);
}

/** `G3P1011`: pregnancies and births. */
function isObstetric(raw: string): boolean {
  return /^G\d{1,2}P\d{1,4}(?:A\d)?$/i.test(raw);
}

const GROUPED = /\d+(?:-\d+){0,4}(?![\d.]\d|,\d{3}(?!\d)|%|-?[A-Za-z]{0,2}\/)/y;

function longNumberAt(tokens: Tokens, at: number): Finding | undefined {
  const match = matchAt(GROUPED, tokens.text, tokens.start[at] as number);
  if (match === null) return undefined;
  const digits = match[0].replaceAll("-", "");
  const groups = match[0].split("-");
  const range = groups.length === 2 && /[05]$/.test(groups[1] as string) && Number(groups[1]) > Number(groups[0]);
  if (
    digits.length < 7 ||
    range ||
    /^\d{4}-\d\d-\d\d$|^(?:19|20)\d\d-(?:19|20)\d\d$/.test(match[0]) ||
    /^(\d)\1+$/.test(digits)
  )
    return undefined;
  const before = wordAt(tokens, at - 1);
  if (isGlued(tokens, at) && (/^[.+/<>]$/.test(before) || (before === "," && groups.length > 1))) return undefined;
  const start = tokens.start[at] as number;
  let next = at + 1;
  while (next < tokens.count && (tokens.start[next] as number) < start + match[0].length) next += 1;
  if (
    ((tokens.gap[next] as number) <= GAP.space &&
      UNITS.has(wordAt(tokens, next)) &&
      wordAt(tokens, next + 1) !== ":") ||
    /^0*$/.test(digits.slice(2))
  )
    return undefined;
  if (tokens.gap[next] === GAP.none && tokens.kind[next] === TOKEN.mixed) return undefined;
  return between(start, start + match[0].length, "ID", 0.55);
}

const HASHED = /[A-Z]{0,3}\d[A-Z\d]*(?:-[A-Z\d]+){0,3}(?![\w.])/y;

/** Hashes before five digits or more: `#0937884`, `#26-118842`. */
export function hashedIdAt(tokens: Tokens, at: number): Finding | undefined {
  const value = at + 1;
  if (!isGlued(tokens, value)) return undefined;
  const start = tokens.start[value] as number;
  const match = matchAt(HASHED, tokens.text, start);
  if (match !== null && match[0].replace(/\D/g, "").length >= 5)
    return between(start, start + match[0].length, "ID", 0.7);
  return /^\d{5,}/.test(wordAt(tokens, value)) ? across(tokens, value, value, "ID", 0.7) : undefined;
}
