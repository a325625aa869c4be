/**
 * Values and levels of a page, to and from their bytes. Every read is held to the bytes that are there: a page that
 * promises more, or something else, is INPUT_MALFORMED before anything is allocated for the promise.
 */
import { MaskingError } from "../../src/errors.ts";
import { deltaLengths, deltaStrings, unpackDelta } from "./encodings-delta.ts";
import { decodeRleBooleans } from "./encodings-levels.ts";
import { decodePlain, decodeSplit } from "./encodings-plain.ts";
import { PHYSICAL, type Physical, type Values } from "./encodings-values.ts";

export {
  bitPackedLength,
  decodeBitPackedLevels,
  decodeIndices,
  decodeLevels,
  encodeIndices,
  encodeLevels,
} from "./encodings-levels.ts";
export { closedUp, encodePlain, plainSize, putPlain } from "./encodings-plain.ts";
export { countOf, gather, joinValues, PHYSICAL, type Physical, sliceValues, type Values } from "./encodings-values.ts";

/** Numbers of the Thrift enum `Encoding` of parquet-format that are in use. */
export const ENCODING: {
  readonly PLAIN: 0;
  readonly PLAIN_DICTIONARY: 2;
  readonly RLE: 3;
  readonly BIT_PACKED: 4;
  readonly DELTA_BINARY_PACKED: 5;
  readonly DELTA_LENGTH_BYTE_ARRAY: 6;
  readonly DELTA_BYTE_ARRAY: 7;
  readonly RLE_DICTIONARY: 8;
  readonly BYTE_STREAM_SPLIT: 9;
} = {
  PLAIN: 0,
  PLAIN_DICTIONARY: 2,
  RLE: 3,
  BIT_PACKED: 4,
  DELTA_BINARY_PACKED: 5,
  DELTA_LENGTH_BYTE_ARRAY: 6,
  DELTA_BYTE_ARRAY: 7,
  RLE_DICTIONARY: 8,
  BYTE_STREAM_SPLIT: 9,
};

/**
 * The `count` values (nulls not counted) of a page without a dictionary: `bytes` is what follows the levels. The
 * answer may be a view of `bytes`. An encoding that the format does not allow for the type is INPUT_MALFORMED, one
 * that is not known INPUT_UNSUPPORTED; indices of a dictionary are `decodeIndices` and `gather`.
 */
export function decodeValues(encoding: number, leaf: Physical, bytes: Uint8Array, count: number): Values {
  switch (encoding) {
    case ENCODING.PLAIN:
      return decodePlain(bytes, leaf, count);
    case ENCODING.RLE:
      if (leaf.physical !== PHYSICAL.BOOLEAN) break;
      return { kind: "boolean", array: decodeRleBooleans(bytes, count) };
    case ENCODING.DELTA_BINARY_PACKED:
      return unpackDelta(bytes, leaf.physical, count);
    case ENCODING.DELTA_LENGTH_BYTE_ARRAY:
      if (leaf.physical !== PHYSICAL.BYTE_ARRAY) break;
      return deltaLengths(bytes, count);
    case ENCODING.DELTA_BYTE_ARRAY:
      if (leaf.physical !== PHYSICAL.BYTE_ARRAY && leaf.physical !== PHYSICAL.FIXED_LEN_BYTE_ARRAY) break;
      return deltaStrings(bytes, leaf, count);
    case ENCODING.BYTE_STREAM_SPLIT:
      return decodeSplit(bytes, leaf, count);
    case ENCODING.PLAIN_DICTIONARY:
    case ENCODING.RLE_DICTIONARY:
    case ENCODING.BIT_PACKED:
      break;
    default:
      throw new MaskingError("INPUT_UNSUPPORTED");
  }
  throw new MaskingError("INPUT_MALFORMED");
}
