import { joinValues, type Values } from "./encodings.ts";

/** Whole rows of one leaf. Levels stand one a value, nulls included, and are absent where their maximum is 0. */
export interface LeafRows {
  readonly rows: number;
  /** The present values alone. */
  readonly values: Values;
  readonly definition?: Uint8Array;
  readonly repetition?: Uint8Array;
}

/** The rows of several parts as one. At least one part. */
export function joinRows(parts: readonly LeafRows[]): LeafRows {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  return {
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    values: joinValues(parts.map((part) => part.values)),
    ...(first.definition && { definition: Buffer.concat(parts.map((part) => part.definition!)) }),
    ...(first.repetition && { repetition: Buffer.concat(parts.map((part) => part.repetition!)) }),
  };
}
