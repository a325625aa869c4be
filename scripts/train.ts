/**
 * Trains the tagger: `npm run train`. The same seeds and packages give the same model. `-- --texts=n` makes fewer texts,
 * `--without=f` leaves fold f of the seen halves out, `--made` all of them, `--out=file` writes elsewhere.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { openLexicon } from "../transforms/detect/lexicon.ts";
import { modelBytes } from "../transforms/detect/tagger/model.ts";
import { chance } from "./train/chance.ts";
import { corpusTexts, madeTexts } from "./train/data.ts";
import { encode } from "./train/encode.ts";
import { learn } from "./train/learn.ts";

const SEED = 20_260_101;
/** Units of a quantised weight in one of log-odds. */
const SCALE = 24;

function option(name: string): string | undefined {
  return process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const target = option("out") ?? new URL("../transforms/detect/model/tagger.bin", import.meta.url);
const lexicon = openLexicon(readFileSync(new URL("../transforms/detect/lexicons.bin", import.meta.url)));
const made = madeTexts(Number(option("texts") ?? 46_000), SEED);
const without = option("without");
const corpora = process.argv.includes("--made") ? [] : corpusTexts(without === undefined ? undefined : Number(without));
const texts = [...made, ...corpora, ...corpora, ...corpora];
const random = chance(SEED + 1);
const encoded = encode(texts, lexicon, random);
const candidates = encoded.labels.reduce((so, each) => so + each.length, 0);
console.log(`${made.length} made texts, ${corpora.length} of the corpora's seen halves, ${candidates} candidates`);
const { weights, transitions } = learn(
  encoded,
  {
    epochs: Number(option("epochs") ?? 5),
    rate: Number(option("rate") ?? 0.1),
    decay: Number(option("decay") ?? 1e-4),
    dropout: Number(option("dropout") ?? 0.1),
  },
  random,
  (loss) => console.log(`loss ${loss.toFixed(4)}, ${process.uptime().toFixed(0)} s`),
);
const bytes = modelBytes({
  scale: SCALE,
  weights: Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round(weight * SCALE)))),
  transitions: Int32Array.from(transitions, (weight) => Math.round(weight * SCALE)),
});
const packed = brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: Number(option("quality") ?? 11), [constants.BROTLI_PARAM_LGWIN]: 24 },
});
writeFileSync(target, packed);
console.log(`${packed.length} bytes, ${process.uptime().toFixed(0)} s`);
