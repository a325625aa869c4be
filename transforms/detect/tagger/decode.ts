import { FEATURES, type Features } from "./features.ts";
import { LABELS, mayFollow } from "./labels.ts";
import type { Model } from "./model.ts";

/** The best labels of a note's candidates, and how far each is above `outside` there, in the model's units. */
export interface Labelling {
  readonly label: Uint8Array;
  readonly margin: Int32Array;
  /** How far the best label but `outside` is above it at each candidate by itself. */
  readonly chance: Int32Array;
}

const NEVER = -(2 ** 30);

/**
 * The most probable labels (Viterbi). Between candidates that do not touch lies a token that is outside. `bias` is taken
 * from `outside` everywhere: more than 0 finds more and errs more.
 */
export function decode(model: Model, features: Features, bias: number): Labelling {
  const { count, token } = features;
  const label = new Uint8Array(count);
  const margin = new Int32Array(count);
  const scores = emissions(model, features, bias);
  const allowed = allowedTransitions(model.transitions);
  const back = new Uint8Array(count * LABELS);
  let last = new Int32Array(LABELS);
  let now = new Int32Array(LABELS);
  const lead = transitionLead(allowed);
  for (let from = 0; from < count; ) {
    let to = from;
    if (isOutside(scores, from, lead)) {
      while (to < count && (to === from || token[to] === (token[to - 1] as number) + 1) && isOutside(scores, to, lead))
        to += 1;
      if (to === count || token[to] !== (token[to - 1] as number) + 1) {
        from = to;
        continue;
      }
      to = from;
    }
    last.fill(NEVER);
    last[0] = 0;
    do {
      step(scores, to * LABELS, allowed, last, now, back);
      [last, now] = [now, last];
      to += 1;
    } while (to < count && token[to] === (token[to - 1] as number) + 1);
    let best = 0;
    for (let at = 1; at < LABELS; at += 1) {
      // What ends here is followed by a token outside.
      if (
        (last[at] as number) + (allowed[at * LABELS] as number) >
        (last[best] as number) + (allowed[best * LABELS] as number)
      )
        best = at;
    }
    for (let at = to - 1; at >= from; at -= 1) {
      label[at] = best;
      margin[at] = (scores[at * LABELS + best] as number) - (scores[at * LABELS] as number);
      best = back[at * LABELS + best] as number;
    }
    from = to;
  }
  return { label, margin, chance: chances(scores, count) };
}

function chances(scores: Int32Array, count: number): Int32Array {
  const chance = new Int32Array(count);
  for (let which = 0; which < count; which += 1) {
    let best = NEVER;
    for (let at = which * LABELS + 1; at < (which + 1) * LABELS; at += 1) best = Math.max(best, scores[at] as number);
    chance[which] = best - (scores[which * LABELS] as number);
  }
  return chance;
}

/** The most that going through other labels can win over staying outside, at each token. */
function transitionLead(allowed: Int32Array): number {
  return 2 * (allowed.reduce((most, weight) => Math.max(most, weight), NEVER) - (allowed[0] as number));
}

/** True where a token alone is so far outside that no path through it is better. */
function isOutside(scores: Int32Array, which: number, lead: number): boolean {
  const outside = (scores[which * LABELS] as number) - lead;
  for (let label = 1; label < LABELS; label += 1)
    if ((scores[which * LABELS + label] as number) > outside) return false;
  return true;
}

function step(
  scores: Int32Array,
  row: number,
  allowed: Int32Array,
  last: Int32Array,
  now: Int32Array,
  back: Uint8Array,
): void {
  for (let next = 0; next < LABELS; next += 1) {
    let best = NEVER * 2;
    let from = 0;
    for (let label = 0; label < LABELS; label += 1) {
      const score = (last[label] as number) + (allowed[label * LABELS + next] as number);
      if (score > best) {
        best = score;
        from = label;
      }
    }
    now[next] = Math.max(best, NEVER) + (scores[row + next] as number);
    back[row + next] = from;
  }
}

function allowedTransitions(transitions: Int32Array): Int32Array {
  return transitions.map((weight, at) => (mayFollow(Math.floor(at / LABELS), at % LABELS) ? weight : NEVER));
}

/** The labels' sums are variables of their own: that is three times as fast as an array of them. */
function emissions({ weights }: Model, { rows, count }: Features, bias: number): Int32Array {
  const scores = new Int32Array(count * LABELS);
  for (let which = 0; which < count; which += 1) {
    let [a, b, c, d, e, f, g, h, i, j, k] = [-bias, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const end = (which + 1) * FEATURES;
    for (let feature = which * FEATURES; feature < end; feature += 1) {
      const row = (rows[feature] as number) * LABELS;
      a = (a + (weights[row] as number)) | 0;
      b = (b + (weights[row + 1] as number)) | 0;
      c = (c + (weights[row + 2] as number)) | 0;
      d = (d + (weights[row + 3] as number)) | 0;
      e = (e + (weights[row + 4] as number)) | 0;
      f = (f + (weights[row + 5] as number)) | 0;
      g = (g + (weights[row + 6] as number)) | 0;
      h = (h + (weights[row + 7] as number)) | 0;
      i = (i + (weights[row + 8] as number)) | 0;
      j = (j + (weights[row + 9] as number)) | 0;
      k = (k + (weights[row + 10] as number)) | 0;
    }
    const at = which * LABELS;
    scores[at] = a;
    scores[at + 1] = b;
    scores[at + 2] = c;
    scores[at + 3] = d;
    scores[at + 4] = e;
    scores[at + 5] = f;
    scores[at + 6] = g;
    scores[at + 7] = h;
    scores[at + 8] = i;
    scores[at + 9] = j;
    scores[at + 10] = k;
  }
  return scores;
}
