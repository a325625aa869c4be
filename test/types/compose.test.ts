import type { RecordBatch, Schema } from "apache-arrow";
import { describe, expect, it } from "vitest";
import {
  type BatchStream,
  type Detector,
  type Finding,
  type JobFile,
  maskStream,
  maskTable,
  type Operator,
  openRules,
  type TableFormat,
  type Transform,
} from "../../src/index.ts";

/** The type checker reads it, nobody calls it: every `@ts-expect-error` below fails the check where a mistake would pass. */
async function mistakes(stream: BatchStream, schema: Schema, format: TableFormat): Promise<void> {
  const { stepsFor } = await openRules({ version: 1, columns: { note: "text" } });
  const steps = stepsFor(schema);

  // @ts-expect-error there is no such mask
  await openRules({ version: 1, columns: { note: "scramble" } });
  // @ts-expect-error a mask that needs options is not named alone with an option of another
  await openRules({ version: 1, columns: { mrn: { mask: "hash", keep_last: 4 } } });
  // @ts-expect-error a misspelled key
  await openRules({ version: 1, columns: {}, polices: {} });
  // @ts-expect-error there is no such profile
  await openRules({ version: 1, columns: {}, policy: { profile: "safe" } });
  // @ts-expect-error a job without rules is none
  const empty: JobFile = { version: 1 };

  // @ts-expect-error batches without their schema
  maskStream({ batches: stream.batches }, steps);
  // @ts-expect-error rules are not steps: they need a schema
  maskStream(stream, stepsFor);
  // @ts-expect-error a stream is no file
  maskTable(format, stream, steps);
  // @ts-expect-error the answer is a stream of batches, not a batch
  const batch: RecordBatch = maskStream(stream, steps);

  // @ts-expect-error a detector answers for every text, each with a list
  const flat: Detector = { name: "x", version: "1", detect: async (texts) => texts.map(() => ({}) as Finding) };
  // @ts-expect-error an answer may change only with the version
  const unversioned: Detector = { name: "x", detect: async (texts) => texts.map(() => []) };
  // @ts-expect-error an operator gives text
  const numeric: Operator = (text) => text.length;
  // @ts-expect-error a step says whether it works by value
  const step: Transform = { name: "x", reads: [], writes: [], plan: (before) => before, apply: async (rows) => rows };
  // @ts-expect-error what is read is not written to
  steps[0]!.reads.push("note");
  void [empty, batch, flat, unversioned, numeric, step];
}

describe("the library", () => {
  it("takes a whole job as an object, with types that know its keys", async () => {
    const job: JobFile = {
      version: 1,
      policy: { profile: "expert_determination", subject: "patient_id" },
      detect: { min_score: 0.2 },
      columns: {
        patient_id: { mask: "hash", length: 16 },
        seen: { mask: "shift", days: [-30, 30] },
        note: { mask: "text", known: ["patient_id"] },
      },
      operators: { NAME: { mask: "surrogate", type: "NAME" }, default: "label" },
    };
    const { name, rules } = await openRules(job, {
      key: "a made-up key of more than thirty-two bytes",
      name: "visits",
    });
    expect(name).toBe("visits");
    expect([...rules.byColumn.keys()]).toEqual(["patient_id", "seen", "note"]);
    expect(mistakes).toHaveLength(3);
  });
});
