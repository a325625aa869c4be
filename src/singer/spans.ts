import { MaskingError } from "../errors.ts";

/** A member of a JSON object by its place in the text: `at` is the quote of its key, `start` and `end` its value's. */
export interface Member {
  readonly key: string;
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** What becomes of a member: the text of another value, undefined where it leaves, null where it stays as it is. */
export type Edit = string | undefined | null;

const BLANK = /[ \t\n\r]*/y;
const PRIMITIVE = /[^,\]} \t\n\r]+/y;

/**
 * The members of the object whose brace is at `start`, in a text that `JSON.parse` accepts. Throws INPUT_MALFORMED for
 * a key that stands twice: readers do not agree on which of the two counts.
 */
export function membersOf(text: string, start: number): readonly Member[] {
  const members: Member[] = [];
  const seen = new Set<string>();
  for (let at = blank(text, start + 1); text[at] !== "}"; ) {
    if (text[at] === ",") at = blank(text, at + 1);
    const afterKey = afterString(text, at);
    const key = JSON.parse(text.slice(at, afterKey)) as string;
    if (seen.has(key)) throw new MaskingError("INPUT_MALFORMED", { expected: "each key of a record once" });
    seen.add(key);
    const value = blank(text, blank(text, afterKey) + 1);
    const end = afterValue(text, value);
    members.push({ key, at, start: value, end });
    at = blank(text, end);
  }
  return members;
}

/** The object's text with its members edited; what stays is copied as it stands, so that no number changes. */
export function edited(
  text: string,
  start: number,
  members: readonly Member[],
  edit: (member: Member) => Edit,
): string {
  const edits = members.map(edit);
  const end = blank(text, members.at(-1)?.end ?? start + 1) + 1;
  if (edits.includes(undefined)) {
    const left = members.flatMap(({ at, start, end }, i) => {
      if (edits[i] === undefined) return [];
      return edits[i] === null ? [text.slice(at, end)] : [text.slice(at, start) + edits[i]];
    });
    return `{${left.join(", ")}}`;
  }
  let [answer, done] = ["", start];
  for (const [i, { start, end }] of members.entries()) {
    if (typeof edits[i] !== "string") continue;
    answer += text.slice(done, start) + edits[i];
    done = end;
  }
  return answer + text.slice(done, end);
}

/** The members of a nested object by its key, or undefined where there is no object. */
export function nested(text: string, members: readonly Member[], key: string): readonly Member[] | undefined {
  const member = members.find((each) => each.key === key);
  return member && text[member.start] === "{" ? membersOf(text, member.start) : undefined;
}

function blank(text: string, at: number): number {
  BLANK.lastIndex = at;
  BLANK.test(text);
  return BLANK.lastIndex;
}

function afterString(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); ; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
}

function afterValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return afterString(text, start);
  if (first !== "{" && first !== "[") {
    PRIMITIVE.lastIndex = start;
    PRIMITIVE.test(text);
    return PRIMITIVE.lastIndex;
  }
  for (let depth = 0, at = start; ; ) {
    const each = text[at];
    if (each === '"') {
      at = afterString(text, at);
      continue;
    }
    if (each === "{" || each === "[") depth++;
    if (each === "}" || each === "]") depth--;
    at++;
    if (depth === 0) return at;
  }
}
