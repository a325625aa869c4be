/** Two readings of one line made into one list of words, each with what the other reader saw at its place. */
import type { Part } from "./parts.ts";

/** A word of a line as both readers see it; places in pixels of the strip. */
export interface Both extends Part {
  readonly also: readonly string[];
}

/** A second reader must be surer than the first by this much to be believed: its scores are no likelihoods. */
const LEAD = 0.1;

/**
 * The words of the surer reading, each with the other's words that lie over it; words of the other that lie over none
 * stand by themselves. Words that both readers saw alike are as sure as anything gets.
 */
export function combined(first: readonly Part[], second: readonly Part[]): readonly Both[] {
  const [main, other] = scoreOf(second) > scoreOf(first) + LEAD ? [second, first] : [first, second];
  const taken = new Set<Part>();
  const words = main.map((part, at): Both => {
    const over = other.filter((each) => !taken.has(each) && nearest(main, each) === at);
    for (const each of over) taken.add(each);
    const said = over.map(({ text }) => text).join(" ");
    const left = Math.min(part.left, ...over.map((each) => each.left));
    const right = Math.max(part.right, ...over.map((each) => each.right));
    const agreed = said !== "" && plain(said) === plain(part.text);
    const score = agreed ? Math.max(part.score, 0.95) : part.score;
    return { text: part.text, left, right, score, also: said === "" || said === part.text ? [] : [said] };
  });
  const alone = other.filter((each) => !taken.has(each)).map((part) => ({ ...part, also: [] }));
  return [...words, ...alone].sort((a, b) => a.left - b.left);
}

/** How sure a reader is of a line, long words counting more; 0 where it saw nothing. */
export function scoreOf(parts: readonly Part[]): number {
  let [sum, count] = [0, 0];
  for (const { text, score } of parts) {
    sum += score * text.length;
    count += text.length;
  }
  return count === 0 ? 0 : sum / count;
}

/** The word that lies over most of the part, where any does. */
function nearest(parts: readonly Part[], { left, right }: Part): number | undefined {
  let [best, most] = [-1, 0];
  for (const [at, part] of parts.entries()) {
    const shared = Math.min(part.right, right) - Math.max(part.left, left);
    if (shared > most) [best, most] = [at, shared];
  }
  return best < 0 ? undefined : best;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
