/**
 * A detector, an operator and a step of your own, composed with phimask's steps, a store and a format:
 * `npx tsx samples/compose/own-parts.ts` after `npm run build`. A port is a plain object: nothing is registered.
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Schema, tableFromArrays } from "apache-arrow";
import {
  cellsOf,
  type Detector,
  leafType,
  type MaskedValue,
  maskTable,
  type Operator,
  openEmbedded,
  policyOf,
  readable,
  type Transform,
  withCells,
  withLeafType,
} from "phimask";
import { fileStore } from "phimask/connectors/files";
import { parquetFormat } from "phimask/connectors/parquet/format";
import { keyOf } from "phimask/transforms/operators/key";
import { findingOperators } from "phimask/transforms/operators/operators";
import { maskText } from "phimask/transforms/text";

/** Finds the study numbers of one house, such as `HF-2041/7`. A detector answers for every text, in order. */
const studyNumbers: Detector = {
  name: "study-numbers",
  version: "1", // another version, and files that were masked before are masked anew
  async detect(texts) {
    return texts.map((text) =>
      [...text.matchAll(/\b[A-Z]{2}-\d{4}\/\d\b/g)].map(({ index, 0: found }) => ({
        ...({ type: "ID", start: index, end: index + found.length, score: 1 } as const),
      })),
    );
  },
};

/** `HF-....`: the study stays, the participant goes. */
const studyAlone: Operator = (text, { type }) =>
  /^[A-Z]{2}-\d{4}\/\d$/.test(text) ? `${text.slice(0, 3)}****/*` : `[${type}]`;

/** A step around another: where the row's person has not consented, the note goes whole. */
function consented(step: Transform, note: string, consent: string): Transform {
  const emptied = (schema: Schema) => withLeafType(schema, note, leafType(schema, note)!.type, true);
  return {
    ...step,
    name: `consented ${step.name}`,
    reads: [...step.reads, consent],
    byValue: false, // equal notes of two rows may end differently
    plan: (schema) => emptied(step.plan(schema)),
    async apply(batch, run) {
      const masked = await step.apply(batch, run);
      const given = cellsOf(batch, consent).cells;
      const cells = cellsOf(masked, note).cells.map((cell, row) => (given[row] === true ? cell : null));
      // The cast is where you vouch for it: what is written here has been masked.
      return withCells(masked, note, cells as (MaskedValue | null)[], leafType(masked.schema, note)!.type);
    },
  };
}

const policy = policyOf("safe_harbor", { asOf: "2026-01-01" });
const masking = {
  key: keyOf(process.env["PHIMASK_KEY"] || "for this sample alone: 32 bytes or more"),
  policy,
  subject: false,
};
const { types, ...operators } = findingOperators({ NAME: { mask: "surrogate" } }, masking);
const notes = maskText({
  leaf: "note",
  detectors: [await openEmbedded(), studyNumbers], // the union of what they find is masked
  policy,
  operators: { ...operators, types: new Map([...types, ["ID", studyAlone]]) },
  onError: "fail",
});

const store = fileStore();
const folder = await mkdtemp(join(tmpdir(), "phimask-compose-"));
const table = tableFromArrays({
  consent: [true, false, true],
  note: ["HF-2041/7, seen by Dr. Feeney on 3/14/2025.", "HF-2041/8 declined.", "Potassium 4.1, no change."],
  charge: [120.5, 80, 99.95],
});
const source = await store.write(
  join(folder, "visits.parquet"),
  parquetFormat().write({ schema: table.schema, batches: each(table.batches) }),
);

// Only the column `note` is decoded; `charge` is copied byte for byte.
const steps = [consented(notes, "note", "consent")];
const target = await store.write(
  join(folder, "masked.parquet"),
  maskTable(parquetFormat(), readable(store, source), steps),
);

for await (const batch of (await parquetFormat().read(readable(store, target))).batches) {
  for (const row of batch) console.log(JSON.stringify(row));
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}
