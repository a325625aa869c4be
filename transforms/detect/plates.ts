import type { Finding } from "../../src/types.ts";
import { between, matchAt, wordAt, words } from "./matched.ts";
import type { Tokens } from "./tokens.ts";

/** Words at which `plateAt` or `loginAt` finds something. */
export const PLATE_WORDS: ReadonlySet<string> = words("plate plates tag tags");
export const LOGIN_WORDS: ReadonlySet<string> = words(
  "portal user username userid login screen mychart handle password passcode pwd last ends ending code logged signed",
);

const PLATE =
  /(?: (?:number|numbers|no\.?|nos\.?|is|was|reads?|on|of|the|a|his|her|their|my|truck|car|van|vehicle|suv|sedan|pickup|[A-Z]{2})\b| ?[:#])* ?((?=[\d -]*[A-Z])(?=(?:[A-Z -]*\d){3})[A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,5})(?![\w-])/y;

/** `plates on truck 482 KXR`, `tag no. 7ABC123`: three digits or more and a letter, capitals all. */
export function plateAt(tokens: Tokens, at: number): Finding | undefined {
  if (!PLATE_WORDS.has(tokens.word[at] as string)) return undefined;
  const value = matchAt(PLATE, tokens.text, tokens.end[at] as number);
  const text = value?.[1];
  if (value === null || text === undefined || !/[A-Z]/.test(text) || text.replace(/\D/g, "").length < 3)
    return undefined;
  // Vertebrae are written so: `plates T10-T12`.
  if (/^[CTLS]\d{1,2}-[CTLS]?\d{1,2}$/.test(text)) return undefined;
  const end = value.index + value[0].length;
  return between(end - text.length, end, "ID", 0.85, "PLATE");
}

/** `logged in as mhuerta22`, `logged into Epic under roe_j`. */
const LOGGED =
  /(?: in| on| into(?: [A-Z]\w*){1,2})(?: to [A-Z]\w*)? (?:as|under|with)(?: user(?:name)?| id)? (?=\S*(?:\d|_))([A-Za-z][\w.-]*\w)(?![@\w])/y;

const LOGIN =
  /(?: ?(?:user ?)?(?:name|id|login|handle|account|acct))?(?: is| was| ?[:=])? ?([A-Za-z][\w.-]*\w)(?!@|\w)/iy;

/** `Portal name j.roe90`, `login: jroe_2`: letters with a digit, a point or a line in them. */
export function loginAt(tokens: Tokens, at: number): Finding | undefined {
  if (!LOGIN_WORDS.has(tokens.word[at] as string)) return undefined;
  const secret = secretAt(tokens, at);
  if (secret !== undefined) return secret;
  const logged = matchAt(LOGGED, tokens.text, tokens.end[at] as number);
  const value = logged ?? matchAt(LOGIN, tokens.text, tokens.end[at] as number);
  const text = value?.[1];
  if (value === null || text === undefined || text.length < 4) return undefined;
  const said = value[0].slice(0, -text.length);
  const named =
    logged !== null ||
    /name|id|login|handle|acc|[:=]/i.test(said) ||
    /^(?:username|userid|login)$/.test(tokens.word[at] as string);
  if (!named || !/\d|[a-z]_[a-z]|[a-z]\.[a-z]/.test(text) || /^v?\d|^[A-Z][a-z]+\.[A-Z]/.test(text)) return undefined;
  const end = value.index + value[0].length;
  return between(end - text.length, end, "ID", 0.85, "ID");
}

const LAST_FOUR =
  /(?: (?:4|four)(?: (?:digits|of|the|her|his|ssn|social|card|account|are|is|#)){0,4}| (?:in|with)) ?[:#]? ?(\d{4})(?![\d/.-])/iy;
const PASSWORD = /(?: is| was| ?[:=])? ?((?=\S*\d)[\w!$%&*?#@.-]{4,24})(?=[\s,;)]|\.(?:\s|$)|$)/iy;
const DOOR = /(?: is| was| ?[:=#])? ?(\d{3,6})[#*]?(?![\w/.-])/iy;

/** The last four of a number, a password, the code of a door. */
function secretAt(tokens: Tokens, at: number): Finding | undefined {
  const word = tokens.word[at] as string;
  const end = tokens.end[at] as number;
  const door =
    word === "code" && /^(?:door|gate|entry|access|garage|lock|lockbox|alarm|buzzer)$/.test(wordAt(tokens, at - 1));
  const pattern = /^(?:last|ends|ending)$/.test(word)
    ? LAST_FOUR
    : /^pass|^pwd$/.test(word)
      ? PASSWORD
      : door
        ? DOOR
        : undefined;
  const value = pattern && matchAt(pattern, tokens.text, end);
  const text = value?.[1];
  if (!value || text === undefined || (word === "ending" && /^(?:19|20)/.test(text))) return undefined;
  const start = value.index + value[0].indexOf(text);
  return between(start, start + text.length, "ID", 0.85, "ID");
}
