import { type DataType, Field, Int32, type RecordBatch, Schema, Utf8, vectorFromArray } from "apache-arrow";
import { batchOf, COUNTS, cellsOf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import { newTally, type ReadableTally } from "../../src/report.ts";
import type { Cell, Detector, Finding, Leaf, PhiType, RunContext, Transform } from "../../src/types.ts";

/** Columns of one batch, text unless a type is told. */
export function batchFrom(
  columns: Readonly<Record<string, readonly unknown[]>>,
  types: Readonly<Record<string, DataType>> = {},
): RecordBatch {
  const fields = Object.keys(columns).map((name) => new Field(name, types[name] ?? new Utf8(), true));
  const data = fields.map(({ name, type }) => vectorFromArray(columns[name] as unknown[], type).data[0]!);
  return batchOf(new Schema(fields), data, Object.values(columns)[0]?.length ?? 0);
}

/** A batch of distinct values and how often each occurs. */
export function distinctFrom(leaf: Leaf, values: readonly unknown[], counts: readonly number[]): RecordBatch {
  return batchFrom({ [leaf]: values, [COUNTS]: counts }, { [COUNTS]: new Int32() });
}

export interface Applied {
  readonly cells: readonly (Cell | null)[];
  readonly batch: RecordBatch;
  readonly tally: ReadableTally;
}

/** The step planned on the batch's schema and applied to it. */
export async function applied(step: Transform, batch: RecordBatch, leaf: Leaf): Promise<Applied> {
  const tally = newTally();
  step.plan(batch.schema);
  const masked = await step.apply(batch, runOf(tally));
  return { cells: cellsOf(masked, leaf).cells, batch: masked, tally };
}

export function runOf(
  tally: ReadableTally = newTally(),
  signal: AbortSignal = new AbortController().signal,
): RunContext {
  return { tally, signal };
}

/** A detector that finds what the patterns match, and keeps the texts that it was given. */
export function patternDetector(
  patterns: readonly (readonly [PhiType, RegExp, number?, string?])[],
): Detector & { readonly seen: string[][] } {
  const seen: string[][] = [];
  return {
    name: "patterns",
    version: "1",
    seen,
    async detect(texts) {
      seen.push([...texts]);
      return texts.map((text) =>
        patterns.flatMap(([type, pattern, score = 0.9, detail]) =>
          [...text.matchAll(pattern)].map((match): Finding => {
            const place = { start: match.index, end: match.index + match[0].length };
            return { type, ...place, score, ...(detail !== undefined && { detail }) };
          }),
        ),
      );
    },
  };
}

/** The error that a call throws, as `[code, place]`. */
export async function thrown(call: () => unknown): Promise<readonly [string, object] | "nothing"> {
  try {
    await call();
    return "nothing";
  } catch (error) {
    if (!(error instanceof MaskingError)) throw error;
    return [error.code, error.place];
  }
}
