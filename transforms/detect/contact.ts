import type { Finding } from "../../src/types.ts";
import { across, between, hasBefore, isGlued, matchAt, wordAt, words } from "./matched.ts";
import { GAP, TOKEN, type Tokens } from "./tokens.ts";

const EXTENSION = String.raw`(?:[ ,;]{0,3}(?:x|ext\.?|extension|extn\.?) ?[:#]? ?\d{1,6}\b)?`;
const NANP = new RegExp(
  String.raw`(?:(?:\+|00)?1[-. ]{1,2}|\+1)?(?:\(\d{3}\)[-. ]{0,2}(?=\d{3}[-. ]|\d{7}(?!\d))|\d{3}(?:[-. ]{1,2}(?:- )?|/(?=\d{3}[-.])))\d{3}(?:[-. ]{1,3}|(?<=\(\d{3}\)[-. ]{0,2}\d{3}))\d{4}(?!\d)` +
    EXTENSION,
  "iy",
);
const INTERNATIONAL = new RegExp(String.raw`(?:\+|00)[1-9][-. ()\d]{5,24}\d(?!\d)` + EXTENSION, "iy");
const NATIONAL = new RegExp(String.raw`\(?0\d{1,5}\)?(?:[-. /]{1,2}\d{2,6}){1,4}(?![\d/])` + EXTENSION, "iy");
const BARE = new RegExp(String.raw`1?[2-9]\d{9}(?!\d)` + EXTENSION, "iy");
const LOCAL = new RegExp(String.raw`\d{3}[-. ]\d{4}(?![-\d]|\.\d)` + EXTENSION, "iy");
const CUED = new RegExp(String.raw`\(?\+?\d{1,5}\)?(?:[-. ]{1,2}\(?\d{2,5}\)?){0,5}(?!\d)` + EXTENSION, "iy");

const PHONE_CUES =
  words(`phone phones tel telephone telephoned call called calls calling cell cellphone mobile fax faxed facsimile pager page
  paged beeper contact contacted reach reached reachable number numbers text texted voicemail extension ext office home work
  hotline dial dialed ring rang landline ph tel# phone# fax# cell# callback ask`);
const STRONG_CUES =
  words(`phone tel telephone cell cellphone mobile fax facsimile pager page beeper call callback extension ext ph
  voicemail hotline reach reached dial contact`);
/** What is said of numbers that people are called at, in any country's groups. */
const GROUPS = /\(?\d{2,4}\)?(?:[- ]\d{2,7}){1,3}(?![\d/%]|[.,]\d)/y;
const ASKED = words(
  "answering answer answers messages message sms whatsapp registered mobile phone cell telephone landline dial text texts",
);
const SAID_AFTER = /^[ ,-]{1,3}(?:\()?(?:office|fax|mobile|cell|home|work|desk)\b/i;
const FAX_CUES = words("fax faxed facsimile fax#");
const NOT_PHONE =
  words(`mrn ssn npi acct account member policy id dea license serial claim vin card isbn ndc pmid nct icd cpt
  snomed loinc record medicaid medicare`);

/** A telephone or fax number that begins at a token: a digit, `(` or `+`. */
export function phoneAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const nanp = matchAt(NANP, tokens.text, start);
  if (nanp !== null && isNanp(nanp[0])) return phone(tokens, at, nanp[0], 0.95);
  const abroad = matchAt(INTERNATIONAL, tokens.text, start);
  if (abroad !== null && isLong(abroad[0], 8, 21) && !/[-. ]{3}|\d\.\d\d? /.test(abroad[0])) {
    if (abroad[0].startsWith("+")) return phone(tokens, at, abroad[0], 0.95);
    if (hasBefore(tokens, at, 6, PHONE_CUES) || isLong(abroad[0], 11, 21)) return phone(tokens, at, abroad[0], 0.8);
  }
  const cue = hasBefore(tokens, at, 5, STRONG_CUES) && !hasBefore(tokens, at, 2, NOT_PHONE);
  const national = matchAt(NATIONAL, tokens.text, start);
  if (national !== null && isLong(national[0], 9, 12) && !/^0\d[./]\d\d[./]|^000|^\d{3}-\d\d-\d{4}/.test(national[0])) {
    return phone(tokens, at, national[0], cue ? 0.95 : 0.7);
  }
  const bare = matchAt(BARE, tokens.text, start);
  if (bare !== null && !hasBefore(tokens, at, 4, NOT_PHONE)) {
    return phone(tokens, at, bare[0], hasBefore(tokens, at, 6, PHONE_CUES) ? 0.9 : 0.6);
  }
  const local = matchAt(LOCAL, tokens.text, start);
  if (local !== null && (cue || hasBefore(tokens, at, 6, PHONE_CUES) || local[0].startsWith("555"))) {
    return phone(tokens, at, local[0], 0.8);
  }
  const groups = matchAt(GROUPS, tokens.text, start);
  if (
    groups !== null &&
    isLong(groups[0], 7, 11) &&
    (hasBefore(tokens, at, 6, ASKED) ||
      SAID_AFTER.test(tokens.text.slice(start + groups[0].length, start + groups[0].length + 10)))
  ) {
    return phone(tokens, at, groups[0], 0.65);
  }
  const cued = cue ? matchAt(CUED, tokens.text, start) : null;
  return cued !== null && isLong(cued[0], 7, 15) ? phone(tokens, at, cued[0], 0.75) : undefined;
}

/** Separated by spaces alone, a number must have an area code and an exchange that can be; lab values are written so. */
function isNanp(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  const blanksOnly = !/[-.()+]/.test(text);
  return !blanksOnly || /^1?[2-9]\d{2}[2-9]\d{6}/.test(digits);
}

function isLong(text: string, least: number, most: number): boolean {
  const digits = text.replace(/\D/g, "").length;
  return digits >= least && digits <= most;
}

function phone(tokens: Tokens, at: number, text: string, score: number): Finding {
  const start = tokens.start[at] as number;
  const fax = hasBefore(tokens, at, 4, FAX_CUES);
  return between(start, start + text.trimEnd().length, "PHONE_OR_FAX", score, fax ? "FAX" : "PHONE");
}

const SHORT_CUES = words("ext extension extn pager pgr beeper bpr x page pager# ext#");

/** `ext. 4021`, `pager 12345`: found at the cue. */
export function extensionAt(tokens: Tokens, at: number): Finding | undefined {
  const word = tokens.word[at] as string;
  const glued = /^x(\d{3,6})$/.exec(word);
  if (glued !== null) return across(tokens, at, at, "PHONE_OR_FAX", 0.7, "PHONE");
  if (!SHORT_CUES.has(word)) return undefined;
  let value = at + 1;
  while (/^[.:#]$/.test(wordAt(tokens, value)) || /^(?:number|no|is|at)$/.test(wordAt(tokens, value))) value += 1;
  const lone = tokens.kind[value] === TOKEN.number && /^\d{3,7}$/.test(wordAt(tokens, value)) && value < tokens.count;
  const more =
    isGlued(tokens, value + 1) && /^[-/:]$/.test(wordAt(tokens, value + 1)) && tokens.kind[value + 2] === TOKEN.number;
  if (!lone || more || ((word === "x" || word === "page") && !/^\d{4,7}$/.test(wordAt(tokens, value))))
    return undefined;
  return across(tokens, value, value, "PHONE_OR_FAX", 0.8, "PHONE");
}

const LOCAL_PART = /[A-Za-z0-9._%+'&=~-]/;
const DOMAIN =
  /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}|\[?\d{1,3}(?:\.\d{1,3}){3}\]?|[A-Za-z0-9-]{2,63}/y;

/** An e-mail address or a social handle, found at its `@`. */
export function emailAt(tokens: Tokens, at: number): Finding | undefined {
  const sign = tokens.start[at] as number;
  const { text } = tokens;
  let start = sign;
  while (start > 0 && sign - start < 128 && LOCAL_PART.test(text[start - 1] as string)) start -= 1;
  while (start < sign && /[.'%&=~-]/.test(text[start] as string)) start += 1;
  const domain = matchAt(DOMAIN, text, sign + 1);
  if (start < sign) {
    const clock = /^\d+$/.test(text.slice(start, sign)) && /^\d+$/.test(domain?.[0] ?? "");
    return domain === null || clock ? undefined : between(start, sign + 1 + domain[0].length, "EMAIL", 0.98);
  }
  const handle = matchAt(/[A-Za-z_][A-Za-z0-9_.]{3,29}\b/y, text, sign + 1);
  if (handle === null || (tokens.gap[at] === GAP.none && at > 0 && wordAt(tokens, at - 1) !== "(")) return undefined;
  return between(sign, sign + 1 + handle[0].length, "OTHER", 0.7, "HANDLE");
}

/** `jane.roe at example dot com`, found at the word `at` or at `(at)`. */
export function spokenEmailAt(tokens: Tokens, at: number): Finding | undefined {
  const wrapped = /^[([]$/.test(wordAt(tokens, at - 1));
  const left = wrapped ? at - 2 : at - 1;
  const domain = wrapped ? at + 2 : at + 1;
  const written = wordAt(tokens, domain + 1) === "." && isGlued(tokens, domain + 1) && isGlued(tokens, domain + 2);
  const told = wrapped || hasBefore(tokens, left, 4, EMAIL_CUES);
  const dot = wordAt(tokens, domain + 1) === "dot" || (told && written);
  if (left < 0 || !dot || !/^(?:com|org|net|edu|gov|us|uk|ca)$/.test(wordAt(tokens, domain + 2))) return undefined;
  let first = left;
  while (first >= 2 && /^(?:dot|[._-]|underscore|dash)$/.test(wordAt(tokens, first - 1))) first -= 2;
  return across(tokens, first, domain + 2, "EMAIL", 0.9);
}

const EMAIL_CUES = words("email mail emailed e-mail address");
const SCHEMED = /(?:https?|ftps?|sftp):\/\/[^\s<>"'`{}|\\^]+/iy;
const WWW = /www\d?\.[^\s<>"'`{}|\\^]+/iy;
const TLDS = words("com org net edu gov mil io health info biz us uk ca au de fr co app dev care clinic me tv");
const BARE_TAIL = /(?::\d{2,5})?(?:[/?#][^\s<>"'`{}|\\^]*)?/y;

/** Words at which `urlAt` and `extensionAt` find something. */
export const CONTACT_WORDS: ReadonlySet<string> = new Set([
  ...TLDS,
  ...SHORT_CUES,
  ...words("http https ftp ftps sftp www www2 at"),
]);

/** A web address, found at its scheme, at `www`, or at the top-level domain of a bare one. */
export function urlAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const word = tokens.word[at] as string;
  if (/^(?:https?|s?ftps?)$/.test(word)) return trimmed(matchAt(SCHEMED, tokens.text, start), start);
  if (/^www\d?$/.test(word)) return trimmed(matchAt(WWW, tokens.text, start), start);
  if (!TLDS.has(word) || !isGlued(tokens, at) || wordAt(tokens, at - 1) !== "." || !isGlued(tokens, at - 1))
    return undefined;
  if (isGlued(tokens, at + 1) && tokens.kind[at + 1] !== TOKEN.mark) return undefined;
  let first = at - 2;
  const least = Math.max(2, at - 16);
  while (
    first >= least &&
    isGlued(tokens, first) &&
    /^[.-]$/.test(wordAt(tokens, first - 1)) &&
    isGlued(tokens, first - 1)
  )
    first -= 2;
  if (tokens.kind[first] === TOKEN.mark || (word.length === 2 && at - first < 4 && tokens.shape[at] !== 0))
    return undefined;
  const tail = matchAt(BARE_TAIL, tokens.text, tokens.end[at] as number);
  const text = tokens.text.slice(tokens.start[first] as number, (tokens.end[at] as number) + (tail?.[0].length ?? 0));
  return word.length === 2 && !text.includes("/") && at - first < 4 && !/^(?:uk|us|ca|io)$/.test(word)
    ? undefined
    : trimmed([text], tokens.start[first] as number);
}

function trimmed(match: readonly string[] | null, start: number): Finding | undefined {
  if (match === null) return undefined;
  const text = (match[0] as string).replace(/[.,;:!?)\]]+$/, "");
  return between(start, start + text.length, "URL", 0.97);
}

const IPV4 = /(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)(?:\/\d{1,2}(?!\d))?/y;
const IPV6 = /(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%[a-z0-9]+)?/iy;
const MAC = /[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-f])/iy;

/** An IP address of version 4 or 6, or a network card's address. */
export function networkAt(tokens: Tokens, at: number): Finding | undefined {
  const start = tokens.start[at] as number;
  const four = matchAt(IPV4, tokens.text, start);
  if (four?.slice(1, 5).every((part) => Number(part) <= 255)) {
    return between(start, start + four[0].length, "ID", 0.95, "IP");
  }
  const next = wordAt(tokens, at + 1);
  if (next !== ":" && next !== "-") return undefined;
  const mac = matchAt(MAC, tokens.text, start);
  if (mac !== null) return between(start, start + mac[0].length, "ID", 0.95, "DEVICE");
  const six = matchAt(IPV6, tokens.text, start);
  if (six === null || !isIpv6(six[0])) return undefined;
  return between(start, start + six[0].length, "ID", 0.95, "IP");
}

function isIpv6(text: string): boolean {
  const groups = text.replace(/%.*$/, "").split(":");
  const short = text.includes("::");
  if (text.includes(":::") || (short ? groups.length > 8 || groups.length < 3 : groups.length !== 8)) return false;
  return groups.filter((group) => group.length >= 3).length >= (short ? 1 : 3);
}
