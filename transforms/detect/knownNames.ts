import { form } from "./knownForms.ts";
import { addAll, type Page, type Span } from "./page.ts";
import { isOneEdit, NAME_WORDS } from "./similar.ts";

const NOT_NAMES: ReadonlySet<string> = new Set(
  "mr mrs ms miss dr prof jr sr ii iii iv md rn phd the and of de la le el al van von der den del di da dos bin ibn san st".split(
    " ",
  ),
);

/** The parts of a name that count alone, and the whole of it joined. Particles count where there is nothing else: Al. */
export function nameParts(value: string): readonly string[] {
  const parts = value.toLowerCase().split(/[^\p{L}\p{N}']+/u);
  const words = parts.map((part) => part.replaceAll("'", "")).filter((part) => part !== "");
  const names = words.filter((word) => !NOT_NAMES.has(word));
  const plain = names.length > 0 ? names : words;
  const whole = form(value).letters;
  const pairs = parts.length > 1 && parts.length <= 3 && !value.includes(",") ? [whole] : [];
  return [...new Set([...plain, ...pairs])];
}

/** A word of the text, or several that a value joins, that may be part of a name. */
interface Hit extends Span {
  /** Enough by itself; the others count only beside another hit. */
  readonly sure: boolean;
}

/** Adds every place where the row's names stand, as `findKnown` says. */
export function addNames(page: Page, names: readonly string[], found: Span[]): void {
  const hits: Hit[] = [];
  for (const name of new Set(names)) {
    const spans: Span[] = [];
    if (name.length > 1) addAll(page, { letters: name }, "NAME", spans);
    for (const span of spans) hits.push({ ...span, sure: isSure(page, name, span) });
  }
  const initials = new Set(names.map((name) => name[0] as string));
  for (const word of wordsOf(page)) {
    if (word.letters.length === 1) {
      if (initials.has(word.letters)) hits.push({ ...word, type: "NAME", sure: false });
    } else if (names.some((name) => isMisspelt(page, name, word))) hits.push({ ...word, type: "NAME", sure: true });
  }
  hits.sort((a, b) => a.start - b.start || b.end - a.end);
  found.push(...joinHits(page, hits));
}

interface Word {
  readonly letters: string;
  readonly start: number;
  readonly end: number;
}

function* wordsOf(page: Page): Generator<Word> {
  for (const match of page.folded.text.matchAll(/[A-Za-z\u00c0-\uffff]+/g)) {
    yield { letters: match[0].toLowerCase(), start: match.index, end: match.index + match[0].length };
  }
}

function isMisspelt(page: Page, name: string, word: Word): boolean {
  const { length } = word.letters;
  const ends = name[0] === word.letters[0] || name.at(-1) === word.letters.at(-1);
  if (
    !ends ||
    name === word.letters ||
    name.length < 5 ||
    Math.abs(length - name.length) > 1 ||
    length < 4 ||
    NAME_WORDS.has(word.letters) ||
    NAME_WORDS.has(name)
  )
    return false;
  const capital = isCapital(page.folded.text, word.start);
  return (capital || name.length >= 7) && isOneEdit(name, word.letters);
}

function isCapital(text: string, at: number): boolean {
  const letter = text[at] as string;
  return letter !== letter.toLowerCase();
}

const TITLE_BEFORE =
  /\b(?:mr|mrs|ms|miss|dr|prof|patient|pt|name|dear|hi|hello|son|daughter|wife|husband|mother|father|mom|dad|sister|brother)\.?[\s:,]{1,3}$/i;

/** What follows the subject of a sentence, and never `May` or `Will` as a verb; `need` and `proceed` do. */
const VERB_AFTER =
  /^\s+(?:was|is|has|had|did|does|went|came|felt|slept|ate|told|took|got|says|said|states|reports|denies|wants|lives|asks|[a-z]+(?<!e)ed)\b/;

/**
 * Long enough and no ordinary word; or written as a name: capitalised where a sentence does not ask for it, before its
 * verb where it does, or after a title.
 */
function isSure(page: Page, name: string, span: Span): boolean {
  const ordinary = name.length < 3 || NAME_WORDS.has(name);
  if (!ordinary) return true;
  const { text } = page.folded;
  const before = text.slice(Math.max(0, span.start - 16), span.start);
  if (TITLE_BEFORE.test(before)) return true;
  if (!isCapital(text, span.start)) return false;
  if (/(?:^|[.!?:\n]["')\s]*)$/.test(before)) {
    const after = text.slice(span.end, span.end + 24);
    return /^'s\b/.test(after) || VERB_AFTER.test(after);
  }
  const shouted = span.end - span.start > 1 && !isLower(text, span.end - 1);
  return !shouted || (name.length >= 3 && !/[A-Z]{2,}\W*$/.test(before));
}

function isLower(text: string, at: number): boolean {
  const letter = text[at] as string;
  return letter !== letter.toUpperCase();
}

/** Between the parts of one name; a comma only after its first part. */
const NAME_GAP = /^(?:[\s,.'-]{1,3}|\.?\s[A-Za-z]\.?\s)$/;
const SAME_NAME_GAP = /^(?:[\s.'-]{1,3}|\.?\s[A-Za-z]\.?\s)$/;

/** Hits that stand beside each other, an initial between them allowed, are one name; unsure ones need a neighbour. */
function joinHits(page: Page, hits: readonly Hit[]): Span[] {
  const joined: Span[] = [];
  let group: Hit[] = [];
  let end = -1;
  const close = (): void => {
    const first = group[0];
    const spread = group.some((hit) => hit.start >= (first as Hit).end);
    const long = group.some((hit) => hit.end - hit.start > 1);
    if (first !== undefined && (group.some((hit) => hit.sure) || (spread && long))) {
      joined.push({ start: first.start, end, type: "NAME" });
    }
    group = [];
  };
  for (const hit of hits) {
    const between = page.folded.text.slice(end, hit.start);
    const joins = group.length === 1 ? NAME_GAP : SAME_NAME_GAP;
    if (group.length > 0 && hit.start >= end && !joins.test(between)) close();
    group.push(hit);
    end = group.length === 1 ? hit.end : Math.max(end, hit.end);
  }
  close();
  return joined;
}
