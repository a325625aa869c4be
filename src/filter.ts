import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Schema } from "apache-arrow";
import { MaskingError } from "./errors.ts";
import type { OpenRules } from "./job.ts";
import { maskPart, touchedBy } from "./pipeline.ts";
import { newTally, type RunReport } from "./report.ts";
import { planTable } from "./rules.ts";
import type { BatchStream, Touched } from "./types.ts";
import type { Workers } from "./workers/workers.ts";

/** An Arrow IPC stream whose schema has been read and whose batches have not. */
export interface OpenArrowStream {
  readonly schema: Schema;
  rewrite(
    touched: Touched,
    mask: (stream: BatchStream) => BatchStream,
    onRows?: (count: number) => void,
  ): AsyncIterable<Uint8Array>;
}

/**
 * Masks an Arrow stream as it comes: the reader of `output` sets the pace. An error ends `output` without the mark of
 * a valid end, so that whoever reads it sees that rows are missing.
 */
export async function maskArrow(
  { rules }: OpenRules,
  { spread, width }: Workers,
  input: OpenArrowStream,
  output: Writable,
  signal: AbortSignal,
): Promise<Pick<RunReport, "rows" | "columns">> {
  const run = { tally: newTally(), signal };
  const { transforms } = planTable(input.schema, [], rules);
  const steps = spread(transforms);
  const mask = (stream: BatchStream) => maskPart(stream, steps, run, width);
  for await (const chunk of input.rewrite(touchedBy(transforms), mask, (count) => run.tally.addRows(count))) {
    if (signal.aborted) throw new MaskingError("STOPPED");
    if (!output.write(chunk)) await once(output, "drain", { signal }).catch(stopped);
  }
  await new Promise<void>((done, failed) => {
    output.write("", (error) => (error ? failed(error) : done()));
    signal.addEventListener("abort", failed, { once: true });
  }).catch(stopped);
  return run.tally.counts();
}

/** Whoever reads the output is gone, or the run was told to end while the reader stood still. */
function stopped(): never {
  throw new MaskingError("STOPPED");
}
