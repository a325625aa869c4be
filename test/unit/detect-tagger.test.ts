import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { longNotes } from "../../scripts/long-notes.ts";
import { chance } from "../../scripts/train/chance.ts";
import { madeTexts } from "../../scripts/train/data.ts";
import { encode } from "../../scripts/train/encode.ts";
import { learn } from "../../scripts/train/learn.ts";
import { embeddedDetector } from "../../transforms/detect/embedded.ts";
import { openLexicon } from "../../transforms/detect/lexicon.ts";
import { decode } from "../../transforms/detect/tagger/decode.ts";
import { BITS, FEATURES } from "../../transforms/detect/tagger/features.ts";
import { LABELS, mayFollow } from "../../transforms/detect/tagger/labels.ts";
import { type Model, modelBytes, openModel } from "../../transforms/detect/tagger/model.ts";
import { lexiconBytes, marked, quietRun, testDetector, unmarked } from "../corpus/lexicons.ts";

const FILE = "transforms/detect/model/tagger.bin";

/** A model whose weights are drawn, on the first rows alone. */
function drawn(seed: number, rows: number): Model {
  const random = chance(seed);
  const weights = new Int8Array(LABELS << BITS);
  for (let at = 0; at < rows * LABELS; at += 1) weights[at] = random.between(-60, 60);
  return {
    digest: "",
    scale: 24,
    weights,
    transitions: Int32Array.from({ length: LABELS ** 2 }, () => random.between(-40, 40)),
  };
}

/** Every allowed sequence of labels, tried one by one. */
function bestByTrial(model: Model, rows: Int32Array, length: number): number {
  const score = (labels: readonly number[]): number => {
    let total = 0;
    for (let at = 0; at <= length; at += 1) {
      const [from, to] = [at === 0 ? 0 : labels[at - 1]!, at === length ? 0 : labels[at]!];
      if (!mayFollow(from, to)) return -Infinity;
      total += model.transitions[from * LABELS + to]!;
      if (at === length) continue;
      for (let f = 0; f < FEATURES; f += 1) total += model.weights[rows[at * FEATURES + f]! * LABELS + to]!;
    }
    return total;
  };
  const grow = (labels: readonly number[]): number =>
    labels.length === length
      ? score(labels)
      : Math.max(...Array.from({ length: LABELS }, (_, label) => grow([...labels, label])));
  return grow([]);
}

describe("decode", () => {
  it.each([1, 2, 3, 4, 5, 6])("finds the best of all allowed labellings (%i)", (seed) => {
    const random = chance(seed);
    const length = random.between(1, 4);
    const model = drawn(seed, 500);
    const rows = Int32Array.from({ length: length * FEATURES }, () => random.below(500));
    const { label } = decode(model, { token: Int32Array.from({ length }, (_, at) => at + 3), count: length, rows }, 0);
    let total = 0;
    for (let at = 0; at <= length; at += 1) {
      const [from, to] = [at === 0 ? 0 : label[at - 1]!, at === length ? 0 : label[at]!];
      expect(mayFollow(from, to)).toBe(true);
      total += model.transitions[from * LABELS + to]!;
      for (let f = 0; f < FEATURES && at < length; f += 1)
        total += model.weights[rows[at * FEATURES + f]! * LABELS + to]!;
    }
    expect(total).toBe(bestByTrial(model, rows, length));
  });

  it("keeps apart what a token outside parts", () => {
    const model = drawn(9, 200);
    const rows = Int32Array.from({ length: 2 * FEATURES }, (_, at) => at % 200);
    const apart = decode(model, { token: Int32Array.of(1, 5), count: 2, rows }, 0);
    const [one, two] = [rows.slice(0, FEATURES), rows.slice(FEATURES)].map(
      (own) => decode(model, { token: Int32Array.of(1), count: 1, rows: own }, 0).label[0],
    );
    expect([...apart.label]).toEqual([one, two]);
  });
});

describe("the model", () => {
  it("is read back as it was written", () => {
    const { weights, transitions, scale } = drawn(3, 1000);
    const read = openModel(brotliCompressSync(modelBytes({ weights, transitions, scale })));
    expect(read.scale).toBe(scale);
    expect(read.transitions).toEqual(transitions);
    expect(
      Buffer.from(read.weights.buffer, read.weights.byteOffset, 11_000).equals(Buffer.from(weights.buffer, 0, 11_000)),
    ).toBe(true);
  });

  it("refuses other bytes, and those of another version", () => {
    const bytes = modelBytes(drawn(3, 10));
    bytes[4] = 99;
    expect(() => openModel(brotliCompressSync(bytes))).toThrow(TypeError);
    expect(() => openModel(brotliCompressSync(new Uint8Array(64)))).toThrow(TypeError);
  });

  it("takes less than 3 MB, and changes the detector's version", () => {
    expect(readFileSync(FILE).length).toBeLessThan(3_000_000);
    expect(embeddedDetector({ lexicons: lexiconBytes() }).version).not.toBe(testDetector().version);
  });

  it("holds no word", () => {
    const text = Buffer.from(openModel(readFileSync(FILE)).weights)
      .toString("latin1")
      .toLowerCase();
    for (const word of ["kowalczyk", "maria", "boston", "rodriguez"]) expect(text).not.toContain(word);
  });
});

describe("training", () => {
  it("learns from made-up texts, and the same each time", () => {
    const once = () => {
      const losses: number[] = [];
      const encoded = encode(madeTexts(30, 5), openLexicon(lexiconBytes()), chance(6));
      const how = { epochs: 2, rate: 0.1, decay: 1e-4, dropout: 0.1 };
      const { weights, transitions } = learn(encoded, how, chance(7), (loss) => losses.push(loss));
      return {
        losses,
        weights: weights.reduce((so, weight) => so + Math.abs(weight), 0),
        transitions: [...transitions],
      };
    };
    const first = once();
    expect(first.losses[1]).toBeLessThan(first.losses[0]! / 2);
    expect(once()).toEqual(first);
  });

  it("never sees a name, a town or a template of the long notes", () => {
    const seen = new Set(
      madeTexts(400, 8).flatMap(({ text, spans }) =>
        spans.filter(({ type }) => type === "CITY").map(({ start, end }) => text.slice(start, end)),
      ),
    );
    const long = longNotes();
    const towns = long.flatMap(({ text, spans }) =>
      spans.filter(({ type }) => type === "CITY").map(({ start, end }) => text.slice(start, end)),
    );
    // Towns of other languages come from generators that cannot be parted.
    expect(towns.filter((town) => seen.has(town)).length).toBeLessThan(towns.length * 0.03);
    expect(long).toHaveLength(70);
    expect(long.every(({ text }) => text.length > 1500)).toBe(true);
    expect(longNotes()).toEqual(long);
  });
});

/** What the lists do not know: the tagger finds it by how it is written and by what stands around it. */
describe("names that no list holds", () => {
  it.each([
    "Then it was {NAME:Vashtikel} who asked whether {NAME:Brumidora} could drive.",
    "Her neighbor, {NAME:Oskavel Trindermoor}, drove her from {CITY:Duluth}.",
    "Siblings {NAME:Zevindra}, {NAME:Olkut} and {NAME:Marra} are healthy.",
    "The package went to {STREET:Lindenweg 14}, {CITY:Dresden}.",
    "Ship to: {STREET:Csabai kapu 39}, {CITY:Miskolc}",
    "{NAME:Lenny Hand} and {NAME:Doris Toy} recorded the song in {YEAR:1988}.",
  ])("%s", async (expected) => {
    const text = unmarked(expected);
    const [found] = await testDetector().detect([text], quietRun());
    expect(marked(text, found!)).toBe(expected);
  });
});

describe("words that are names elsewhere", () => {
  it.each([
    "May need to rest. Will see in spring. Hope and grace helped.",
    "Long case of cough; young, brown rash on the right hand.",
    "Grant funding was discussed. Art therapy, toy box, rose bush.",
    "Wound of the left hand, will dress daily.",
    "Osgood-Schlatter disease, Kernig sign negative, Jackson-Pratt drain removed.",
    "Started Zalprivex 20 mg. UOP adequate, NEC resolved.",
  ])("%s", async (text) => {
    const [found] = await testDetector().detect([text], quietRun());
    expect(found!.filter(({ type }) => type !== "AGE" && type !== "DATE")).toEqual([]);
  });
});
