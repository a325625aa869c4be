import { countOf, gather, joinValues, type Values } from "./encodings.ts";
import type { NewRows } from "./page-writer.ts";

/** Bytes and entries at which a dictionary no longer pays; parquet-mr gives up at 1 MB too. */
const MOST_BYTES = 1 << 20;
const MOST_ENTRIES = 1 << 16;

/** Collects the distinct values of a chunk, in order of first use. */
export interface DictionaryBuilder {
  /** The rows with indices for values; undefined, and nothing taken, where the dictionary would grow too large. */
  add(rows: NewRows): NewRows | undefined;
  /** All entries so far; undefined where no rows were added. */
  entries(): Values | undefined;
}

export function openDictionaryBuilder(): DictionaryBuilder {
  const known = new Map<unknown, number>();
  const parts: Values[] = [];
  let bytes = 0;
  return {
    add(rows) {
      const values = rows.values as Values;
      const { indices, firsts, keys } = distinct(values, known);
      const added = gather(values, Int32Array.from(firsts));
      const more = sizeOf(added);
      if (bytes + more > MOST_BYTES || known.size + firsts.length > MOST_ENTRIES) return undefined;
      for (const key of keys) known.set(key, known.size);
      if (firsts.length > 0 || parts.length === 0) parts.push(added);
      bytes += more;
      return { ...rows, values: { kind: "indices", array: indices, entries: known.size } };
    },
    entries: () => (parts.length > 0 ? joinValues(parts) : undefined),
  };
}

/** For each value its index among the distinct values; `firsts`: where each new one is first met. */
export function distinct(
  values: Values,
  known: ReadonlyMap<unknown, number> = new Map(),
): { readonly indices: Int32Array; readonly firsts: readonly number[]; readonly keys: readonly unknown[] } {
  const keyOf = keyReader(values);
  const indices = new Int32Array(countOf(values));
  const seen = new Map<unknown, number>();
  const firsts: number[] = [];
  for (let i = 0; i < indices.length; i++) {
    const key = keyOf(i);
    let index = known.get(key) ?? seen.get(key);
    if (index === undefined) {
      index = known.size + seen.size;
      seen.set(key, index);
      firsts.push(i);
    }
    indices[i] = index;
  }
  return { indices, firsts, keys: [...seen.keys()] };
}

/** A key that two values share only if they are the same bytes. */
function keyReader(values: Values): (index: number) => unknown {
  switch (values.kind) {
    case "bytes": {
      const bytes = Buffer.from(values.bytes.buffer, values.bytes.byteOffset, values.bytes.byteLength);
      return (i) => bytes.toString("latin1", values.offsets[i]!, values.offsets[i + 1]!);
    }
    case "fixed": {
      const bytes = Buffer.from(values.bytes.buffer, values.bytes.byteOffset, values.bytes.byteLength);
      return (i) => bytes.toString("latin1", i * values.width, (i + 1) * values.width);
    }
    case "float":
    case "double": {
      // Bits, so that -0 and 0, and the kinds of NaN, stay apart.
      const { buffer, byteOffset, length } = values.array;
      const bits =
        values.kind === "float"
          ? new Int32Array(buffer, byteOffset, length)
          : new BigInt64Array(buffer, byteOffset, length);
      return (i) => bits[i];
    }
    default:
      return (i) => values.array[i];
  }
}

function sizeOf(values: Values): number {
  if (values.kind === "bytes") return values.offsets.at(-1)! - values.offsets[0]! + countOf(values) * 4;
  return values.kind === "fixed" ? values.bytes.length : values.array.byteLength;
}
