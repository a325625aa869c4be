/** A linear-chain conditional random field, trained by AdaGrad on one core. */
import { BITS, FEATURES } from "../../transforms/detect/tagger/features.ts";
import { LABELS, mayFollow } from "../../transforms/detect/tagger/labels.ts";
import type { Chance } from "./chance.ts";
import type { Encoded } from "./encode.ts";

/** Weights in log-odds. */
export interface Weights {
  readonly weights: Float32Array;
  readonly transitions: Float32Array;
}

export interface Learning {
  readonly epochs: number;
  readonly rate: number;
  /** Pull towards zero at each touch of a weight. */
  readonly decay: number;
  /** Share of features left out at each look, so that no single one is relied on. */
  readonly dropout: number;
}

/** Learns; `onEpoch` is told the mean loss of a candidate. */
export function learn(
  { rows, labels }: Encoded,
  how: Learning,
  chance: Chance,
  onEpoch: (loss: number) => void,
): Weights {
  const weights = new Float32Array(LABELS << BITS);
  const transitions = new Float32Array(LABELS * LABELS);
  const seen = new Float32Array(weights.length).fill(1e-2);
  const seenTransitions = new Float32Array(transitions.length).fill(1e-2);
  const order = Int32Array.from(rows, (_, at) => at);
  const longest = rows.reduce((most, each) => Math.max(most, each.length / FEATURES), 0);
  const work = room(longest);
  for (let epoch = 0; epoch < how.epochs; epoch += 1) {
    shuffle(order, chance);
    const rate = how.rate * (1 - (0.8 * epoch) / how.epochs);
    let [loss, candidates] = [0, 0];
    for (const which of order) {
      const own = labels[which]!;
      loss += expectations(rows[which]!, own, weights, transitions, work, how.dropout, chance);
      candidates += own.length;
      for (let at = 0; at < own.length; at += 1) {
        if (Math.abs(work.gradient[at * LABELS + own[at]!]!) < 2e-3) continue;
        for (let feature = at * FEATURES; feature < (at + 1) * FEATURES; feature += 1) {
          const row = work.kept[feature]!;
          if (row < 0) continue;
          for (let label = 0; label < LABELS; label += 1) {
            const gradient = work.gradient[at * LABELS + label]!;
            if (gradient > -1e-4 && gradient < 1e-4) continue;
            const where = row * LABELS + label;
            const slope = gradient + how.decay * weights[where]!;
            seen[where]! += slope * slope;
            weights[where]! -= (rate * slope) / Math.sqrt(seen[where]!);
          }
        }
      }
      for (let at = 0; at < transitions.length; at += 1) {
        const slope = work.transitions[at]!;
        if (slope === 0) continue;
        seenTransitions[at]! += slope * slope;
        transitions[at]! -= (rate * slope) / Math.sqrt(seenTransitions[at]!);
      }
    }
    onEpoch(loss / candidates);
  }
  return { weights, transitions };
}

type Work = ReturnType<typeof room>;

function room(longest: number) {
  const cells = (longest + 1) * LABELS;
  return {
    kept: new Int32Array(longest * FEATURES),
    scores: new Float64Array(cells),
    forward: new Float64Array(cells),
    backward: new Float64Array(cells),
    gradient: new Float64Array(cells),
    steps: new Float64Array(LABELS * LABELS),
    transitions: new Float64Array(LABELS * LABELS),
  };
}

/** Fills the gradients of one stretch and gives its loss. Before and after a stretch stands `outside`. */
function expectations(
  rows: Int32Array,
  gold: Uint8Array,
  weights: Float32Array,
  transitions: Float32Array,
  work: Work,
  dropout: number,
  chance: Chance,
): number {
  const { kept, scores, forward, backward, gradient, steps } = work;
  const length = gold.length;
  for (let at = 0; at < steps.length; at += 1)
    steps[at] = mayFollow(Math.floor(at / LABELS), at % LABELS) ? Math.exp(transitions[at]!) : 0;
  for (let at = 0; at < length; at += 1) {
    const into = at * LABELS;
    scores.fill(0, into, into + LABELS);
    for (let feature = at * FEATURES; feature < (at + 1) * FEATURES; feature += 1) {
      const row = dropout > 0 && chance.float() < dropout ? -1 : rows[feature]!;
      kept[feature] = row;
      if (row < 0) continue;
      for (let label = 0; label < LABELS; label += 1) scores[into + label]! += weights[row * LABELS + label]!;
    }
  }
  let loss = 0;
  for (let at = 0; at < length; at += 1) {
    const into = at * LABELS;
    let most = -Infinity;
    for (let label = 0; label < LABELS; label += 1) most = Math.max(most, scores[into + label]!);
    loss += most - scores[into + gold[at]!]! - transitions[(at === 0 ? 0 : gold[at - 1]!) * LABELS + gold[at]!]!;
    for (let label = 0; label < LABELS; label += 1) scores[into + label] = Math.exp(scores[into + label]! - most);
    let total = 0;
    for (let label = 0; label < LABELS; label += 1) {
      let reach = 0;
      if (at === 0) reach = steps[label]!;
      else
        for (let from = 0; from < LABELS; from += 1)
          reach += forward[into - LABELS + from]! * steps[from * LABELS + label]!;
      forward[into + label] = reach * scores[into + label]!;
      total += forward[into + label]!;
    }
    loss += Math.log(total);
    for (let label = 0; label < LABELS; label += 1) forward[into + label]! /= total;
  }
  let close = 0;
  const end = (length - 1) * LABELS;
  for (let label = 0; label < LABELS; label += 1) {
    backward[end + label] = steps[label * LABELS]!;
    close += forward[end + label]! * steps[label * LABELS]!;
  }
  loss += Math.log(close) - transitions[gold[length - 1]! * LABELS]!;
  for (let at = length - 2; at >= 0; at -= 1) {
    const into = at * LABELS;
    let total = 0;
    for (let label = 0; label < LABELS; label += 1) {
      let reach = 0;
      for (let next = 0; next < LABELS; next += 1)
        reach += steps[label * LABELS + next]! * scores[into + LABELS + next]! * backward[into + LABELS + next]!;
      backward[into + label] = reach;
      total += reach;
    }
    for (let label = 0; label < LABELS; label += 1) backward[into + label]! /= total;
  }
  work.transitions.fill(0);
  for (let at = 0; at < length; at += 1) {
    const into = at * LABELS;
    let total = 0;
    for (let label = 0; label < LABELS; label += 1) {
      gradient[into + label] = forward[into + label]! * backward[into + label]!;
      total += gradient[into + label]!;
    }
    for (let label = 0; label < LABELS; label += 1) gradient[into + label]! /= total;
    pairs(at, work, gradient);
    gradient[into + gold[at]!]! -= 1;
    work.transitions[(at === 0 ? 0 : gold[at - 1]!) * LABELS + gold[at]!]! -= 1;
  }
  return loss;
}

/** Adds how probable each pair of labels is that ends at a candidate. */
function pairs(at: number, { forward, backward, scores, steps, transitions }: Work, _marginals: Float64Array): void {
  const into = at * LABELS;
  let total = 0;
  const probable = PAIRS;
  for (let from = 0; from < LABELS; from += 1) {
    const before = at === 0 ? (from === 0 ? 1 : 0) : forward[into - LABELS + from]!;
    for (let to = 0; to < LABELS; to += 1) {
      const weight = before * steps[from * LABELS + to]! * scores[into + to]! * backward[into + to]!;
      probable[from * LABELS + to] = weight;
      total += weight;
    }
  }
  for (let pair = 0; pair < probable.length; pair += 1) transitions[pair]! += probable[pair]! / total;
}

const PAIRS = new Float64Array(LABELS * LABELS);

function shuffle(order: Int32Array, chance: Chance): void {
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = chance.below(at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
}
