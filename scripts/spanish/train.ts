/** Trains the Spanish tagger: `npm run train:spanish`. The same seed and packages give the same model. */
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import type { GoldDocument } from "../../src/evaluate/gold.ts";
import { openLexicon } from "../../transforms/detect/lexicon.ts";
import { SPANISH } from "../../transforms/detect/spanish/grades.ts";
import { modelBytes } from "../../transforms/detect/tagger/model.ts";
import { corporaFolder, readMeddocan } from "../corpora.ts";
import { chance } from "../train/chance.ts";
import { encode } from "../train/encode.ts";
import { type Filled, fillWith, readLists, readTemplates } from "../train/fill.ts";
import { learn } from "../train/learn.ts";
import { joined, varied } from "../train/variety.ts";
import { spanishValues } from "./values.ts";

const SEED = 20_260_701;
/** Units of a quantised weight in one of log-odds. */
const SCALE = 24;
const TEXTS = 16_000;
const FAMILIES: readonly (readonly [number, string])[] = [
  [34, "notes"],
  [26, "letters"],
  [26, "negatives"],
  [14, "more-negatives"],
];
const FOLDER = new URL("./templates/", import.meta.url);
const TARGET = new URL("../../transforms/detect/model/tagger-es.bin", import.meta.url);

/** What the tagger calls MEDDOCAN's kinds; postal numbers are no towns. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ NOMBRE_SUJETO_ASISTENCIA: "NAME", NOMBRE_PERSONAL_SANITARIO: "NAME", NAME: "NAME" },
  ...{ LOCATION: "CITY", STREET: "STREET", HOSPITAL: "FACILITY", CENTRO_SALUD: "FACILITY", INSTITUCION: "ORG" },
};

function madeTexts(random: ReturnType<typeof chance>): readonly Filled[] {
  const fill = fillWith(random, spanishValues(random), readLists(new URL("words.txt", FOLDER)));
  const families = new Map(FAMILIES.map(([, name]) => [name, readTemplates(new URL(`${name}.txt`, FOLDER))]));
  return Array.from({ length: TEXTS }, () => {
    const parts = Array.from({ length: random.between(1, 6) }, () =>
      fill(random.pick(families.get(random.weighted(FAMILIES))!)),
    );
    const breaks = random.pick([" ", "\n", "\n", "\n\n"]);
    return varied(
      joined(parts, () => breaks),
      random,
    );
  });
}

/** The training part of MEDDOCAN, whole and line by line, so that a line's place teaches nothing. */
function corpusTexts(): readonly Filled[] {
  const folder = corporaFolder();
  const documents = folder === undefined ? [] : readMeddocan(folder, "train").map(relabelled);
  return [...documents, ...documents.flatMap(linesOf)];
}

function relabelled({ text, spans }: GoldDocument): Filled {
  return {
    text,
    spans: spans.flatMap((span) => {
      const type = KINDS[span.type];
      const number = type === "CITY" && !/\p{L}/u.test(text.slice(span.start, span.end));
      return type === undefined || number ? [] : [{ ...span, type }];
    }),
  };
}

function linesOf({ text, spans }: Filled): readonly Filled[] {
  let at = 0;
  return text.split("\n").map((line) => {
    const [from, to] = [at, at + line.length];
    at = to + 1;
    const own = spans.filter(({ start, end }) => start >= from && end <= to);
    return { text: line, spans: own.map((span) => ({ ...span, start: span.start - from, end: span.end - from })) };
  });
}

const random = chance(SEED);
const texts = [...madeTexts(random), ...corpusTexts()];
const lexicon = openLexicon(readFileSync(new URL("../../transforms/detect/spanish/lexicons-es.bin", import.meta.url)));
const encoded = encode(texts, lexicon, random, SPANISH);
console.log(`${texts.length} texts, ${encoded.labels.reduce((so, each) => so + each.length, 0)} candidates`);
const { weights, transitions } = learn(encoded, { epochs: 4, rate: 0.1, decay: 1e-4, dropout: 0.1 }, random, (loss) =>
  console.log(`loss ${loss.toFixed(4)}, ${process.uptime().toFixed(0)} s`),
);
const bytes = modelBytes({
  scale: SCALE,
  weights: Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round(weight * SCALE)))),
  transitions: Int32Array.from(transitions, (weight) => Math.round(weight * SCALE)),
});
const packed = brotliCompressSync(bytes);
writeFileSync(TARGET, packed);
console.log(`${packed.length} bytes`);
