import { DataType } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import { canonicalOf, textType } from "./canonical.ts";
import type { Key } from "./key.ts";
import { type ValueOperator, valueOperator } from "./value.ts";

/**
 * HMAC-SHA-256 of the value's canonical text (of the bytes where the column is binary) under the key: the first
 * `length` lower-case hex characters, 8 to 64, 32 where left out. 32 keep any table's values apart; at 8, two
 * of 77,000 values meet more likely than not. Equal values have equal hashes in every table, whatever type holds them.
 */
export function hash({ length = 32 }: { readonly length?: number }, key: Key): ValueOperator {
  if (!Number.isInteger(length) || length < 8 || length > 64) {
    throw new MaskingError("RULE_UNFIT", { expected: "hash with a length of 8 to 64" });
  }
  return valueOperator({
    name: "hash",
    on(type) {
      const canonical = canonicalOf(type);
      if (!canonical && !isBinary(type)) throw new MaskingError("COLUMN_TYPE");
      return {
        type: textType(type),
        nulls: false,
        mask: (value) => key.hex(value instanceof Uint8Array ? value : canonical!(value)).slice(0, length),
      };
    },
  });
}

function isBinary(type: DataType): boolean {
  return (
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isBinaryView(type) ||
    DataType.isFixedSizeBinary(type)
  );
}
