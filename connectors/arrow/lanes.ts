/** Batches to a mask and its answers back, with several masks fed from one source. */
import type { RecordBatch, Schema } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream } from "../../src/types.ts";

/** One call of the mask. */
export interface Lane {
  readonly schema: Schema;
  give(batch: RecordBatch): void;
  /** The answer to the oldest batch given and not yet answered. */
  take(): Promise<RecordBatch>;
  /** Waits for the end of the mask's stream, whose source has ended; it may have something to say there. */
  finish(): Promise<void>;
  /** Gives the mask's stream up. */
  close(): Promise<void>;
}

/**
 * Opens a stream to the mask. When the mask wants a batch and none is waiting, `refill` reads on in the source and
 * gives batches to this lane and others; false means there is nothing more. So a mask may look ahead as far as it
 * likes, and nothing is read that no mask has asked for.
 */
export function openLane(
  schema: Schema,
  mask: (stream: BatchStream) => BatchStream,
  refill: () => Promise<boolean>,
): Lane {
  const waiting: RecordBatch[] = [];
  const sizes: number[] = [];
  async function* source(): AsyncGenerator<RecordBatch> {
    for (;;) {
      const next = waiting.shift();
      if (next) yield next;
      else if (!(await refill())) return;
    }
  }
  const answers = mask({ schema, batches: source() });
  const iterator = answers.batches[Symbol.asyncIterator]();
  return {
    schema: answers.schema,
    give(batch) {
      waiting.push(batch);
      sizes.push(batch.numRows);
    },
    async take() {
      const next = await iterator.next();
      if (next.done || next.value.numRows !== sizes.shift()) throw answered();
      return next.value;
    },
    async finish() {
      if (!(await iterator.next()).done) throw answered();
    },
    async close() {
      await iterator.return?.();
    },
  };
}

function answered(): MaskingError {
  return new MaskingError("CHECK_FAILED", { expected: "one masked batch for each batch, of the same rows" });
}
