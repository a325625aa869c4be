/** Turns texts into what the learner reads: rows of features and labels, candidate by candidate. */
import { fold } from "../../transforms/detect/fold.ts";
import { type Grading, gradeNote } from "../../transforms/detect/grades.ts";
import { KIND, type Lexicon } from "../../transforms/detect/lexicon.ts";
import { FEATURES, featuresOf, OWN_WORD } from "../../transforms/detect/tagger/features.ts";
import { beginning, KINDS, type Kind } from "../../transforms/detect/tagger/labels.ts";
import { SHAPE, TOKEN, type Tokens, tokenizer } from "../../transforms/detect/tokens.ts";
import type { Chance } from "./chance.ts";
import type { Filled } from "./fill.ts";

/** Candidates of many texts, one after the other. */
export interface Encoded {
  readonly rows: readonly Int32Array[];
  readonly labels: readonly Uint8Array[];
}

/**
 * How often a name's own word, and what the lists say of it, are hidden, so that neither is all that is learnt; and how
 * often the word of what is no name is, so that an unknown word is not taken for a name by that alone.
 */
const HIDDEN = { word: 0.4, lists: 0.22, plain: 0.1 };

/** Each stretch of neighbouring candidates becomes one entry; English unless told. Rows below 0 are hidden features. */
export function encode(texts: readonly Filled[], lexicon: Lexicon, chance: Chance, grading?: Grading): Encoded {
  const tokenize = tokenizer(lexicon);
  const rows: Int32Array[] = [];
  const labels: Uint8Array[] = [];
  for (const { text, spans } of texts) {
    const folded = fold(text);
    const tokens = tokenize(folded.text);
    const gold = goldLabels(tokens, spans, folded.from);
    const hidden = hide(tokens, gold, chance);
    const features = featuresOf(gradeNote(tokens, grading));
    for (let from = 0; from < features.count; ) {
      let to = from + 1;
      while (to < features.count && features.token[to] === features.token[to - 1]! + 1) to += 1;
      const stretch = features.rows.slice(from * FEATURES, to * FEATURES);
      const own = Uint8Array.from({ length: to - from }, (_, at) => gold[features.token[from + at]!]!);
      for (let at = from; at < to; at += 1) {
        if (hidden[features.token[at]!] === 1)
          stretch.fill(-1, (at - from) * FEATURES, (at - from) * FEATURES + OWN_WORD);
      }
      // A part whose head is no candidate begins anew.
      for (let at = 0; at < own.length; at += 1) {
        const label = own[at]!;
        if (label > 0 && label % 2 === 0 && (at === 0 || (own[at - 1] !== label && own[at - 1] !== label - 1)))
          own[at] = label - 1;
      }
      rows.push(stretch);
      labels.push(own);
      from = to;
    }
  }
  return { rows, labels };
}

function goldLabels(tokens: Tokens, spans: Filled["spans"], from: Int32Array | undefined): Uint8Array {
  const labels = new Uint8Array(tokens.count);
  for (let at = 0; at < tokens.count; at += 1) {
    const start = from === undefined ? tokens.start[at]! : from[tokens.start[at]!]!;
    const span = spans.find((each) => start >= each.start && start < each.end);
    if (span === undefined || !KINDS.includes(span.type as Kind)) continue;
    const before = at > 0 ? (from === undefined ? tokens.start[at - 1]! : from[tokens.start[at - 1]!]!) : -1;
    labels[at] = beginning(span.type as Kind) + (before >= span.start ? 1 : 0);
  }
  return labels;
}

/** Changes the tokens' lists in place, and tells whose own words are not to be learnt. */
function hide(tokens: Tokens, gold: Uint8Array, chance: Chance): Uint8Array {
  const hidden = new Uint8Array(tokens.count);
  const telling = KIND.facility | KIND.generic | KIND.streetSuffix | KIND.medical;
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== TOKEN.word || tokens.shape[at] === SHAPE.initial) continue;
    if (gold[at] === 0) {
      if (chance.in(HIDDEN.plain)) hidden[at] = 1;
      continue;
    }
    if ((tokens.info[at]! & telling) !== 0) continue;
    if (chance.in(HIDDEN.word)) hidden[at] = 1;
    if (chance.in(HIDDEN.lists)) tokens.info[at] = 0;
  }
  return hidden;
}
