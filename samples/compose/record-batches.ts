/**
 * Masks Arrow record batches from anywhere: `npx tsx samples/compose/record-batches.ts` after `npm run build`.
 *
 * Any async iterable of record batches will do: a database driver's cursor, a Flight stream, a generator. Nothing is
 * read until the result is, and at most two batches are under way.
 */
import { type RecordBatch, type Schema, tableFromArrays } from "apache-arrow";
import { maskStream, newTally, openRules } from "phimask";

async function* visits(): AsyncGenerator<RecordBatch> {
  for (let day = 1; day <= 3; day++) yield* dayOfVisits(day).batches;
}

function dayOfVisits(day: number) {
  return tableFromArrays({
    patient: [`P100${day}`, `P200${day}`],
    age: Int32Array.of(40 + day, 90 + day),
    note: [`Seen on 3/${day}/2025 by Dr. Feeney.`, `P200${day} called from 617-555-010${day}.`],
  });
}

// The rules of a job without a source or a target. A rule that cannot be built throws here.
const { stepsFor } = await openRules(
  {
    version: 1,
    policy: { profile: "safe_harbor", as_of: "2026-01-01" },
    columns: {
      patient: { mask: "hash", length: 12 },
      age: "age",
      note: { mask: "text", known: ["patient"] },
    },
  },
  { key: process.env["PHIMASK_KEY"] || "for this sample alone: 32 bytes or more" },
);

// A column without a rule, or a rule that its column's type does not fit, throws here: before a row is read.
const schema: Schema = dayOfVisits(1).schema;
const steps = stepsFor(schema);

const run = { tally: newTally(), signal: AbortSignal.timeout(60_000) };
const masked = maskStream({ schema, batches: visits() }, steps, run);

for await (const batch of masked.batches) {
  for (const row of batch) console.log(JSON.stringify(row));
}
console.log(JSON.stringify(run.tally.counts().columns));
