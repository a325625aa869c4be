import type { Finding } from "../../src/types.ts";
import { isOrdinary } from "./grades.ts";
import { KIND } from "./lexicon.ts";
import { between, type Found, tokenAfter, words } from "./matched.ts";
import type { Tokens } from "./tokens.ts";

/** The initials of author and typist alone in their line: `JT/smd`, `KA:ls 3/26/26`. */
const TYPED = /^[ \t]*([A-Z]{2,4} ?[/:] ?[a-z]{2,4})(?=[ \t]*(?:$|\d{1,2}[/-]\d))/gm;
/** A typist's initials after the date or the verb that closes a dictation: `trans. 3/26/26 pjw`. */
const TRANSCRIBED =
  /\b(?:trans|transcribed|typed|dict|dictated|scribed|closed|tr|td|dd|t)\b[.:]?[^\n]{0,24}?[ \t]([a-z]{2,4})[ \t]*$/gim;
/** The last word of a note, after the end of a sentence. */
const LAST = /(?:[.!?)][ \t]+|[-\u2013] ?|\n[ \t]*|\b[A-Z]{2,4} )([a-z]{2,3})[.\s]*$/;
/** `Thank you all,\nM`: one letter under a closing. */
const LETTER =
  /\b(?:thanks|thank you|thx|regards|best|sincerely|love|cheers|yours)(?: [a-z]{1,8}){0,3}[,.!]?[ \t]*\n\s*(?:[-~] ?)?([A-Z])(?=\.?[ \t]*(?:\n|$))/gi;
const TERMS =
  words(`prn bid tid qid qhs qd qam qpm hs po ac pc pt ot st wnl nad cdi ctm rtc fu stat npo dnr tbd na nka nkda iv im sc
  sq ok yes no ago hr hrs min mg ml cm mm kg lb wk wks mo mos yr yrs day am pm as is it us me we so ed er or icu rn md np pa lpn cna
  dc tx rx dx hx sx fx bx cx px abx neg pos abd ext prox dist bil bilat rt lt`);

/**
 * Initials of those who wrote or typed a note, where such initials stand: at the end of a dictation, under a closing, as the last
 * word. Adds to `found`.
 */
export function findSignoffs(tokens: Tokens, found: Found): void {
  const { text } = tokens;
  for (const pattern of [TYPED, TRANSCRIBED, LETTER]) {
    for (const match of text.matchAll(pattern)) {
      const initials = match[1] as string;
      const start = match.index + match[0].lastIndexOf(initials);
      if (pattern === LETTER ? /^[A-Z]$/.test(initials) : pattern === TYPED || isInitials(tokens, start, initials))
        found.push(signed(start, initials));
    }
  }
  const tail = text.slice(-24);
  const last = LAST.exec(tail);
  if (last !== null && text.length > 80) {
    const start = text.length - tail.length + last.index + last[0].lastIndexOf(last[1] as string);
    if (isInitials(tokens, start, last[1] as string)) found.push(signed(start, last[1] as string));
  }
}

function signed(start: number, initials: string): Finding {
  return between(start, start + initials.length, "NAME", 0.9);
}

/** Two to four small letters that are neither a word nor an abbreviation of medicine. */
function isInitials(tokens: Tokens, start: number, initials: string): boolean {
  if (!/^[a-z]{2,4}$/.test(initials) || TERMS.has(initials)) return false;
  if (!/[aeiouy]/.test(initials)) return true;
  const info = tokens.info[tokenAfter(tokens, start, 0)] as number;
  return (info & KIND.medical) === 0 && !isOrdinary(info, 7);
}
