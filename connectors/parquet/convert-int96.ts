/**
 * INT96 timestamps: eight bytes of nanoseconds within the day, four of the Julian day, both little-endian. Deprecated
 * in parquet-format, and what Spark and Impala wrote for years.
 */
import { MaskingError } from "../../src/errors.ts";

/** The Julian day of 1970-01-01. */
const EPOCH_DAY = 2440588n;
const DAY = 86_400_000_000_000n;

/**
 * Timestamps in units of `nanoseconds` each. A time that the unit cannot hold exactly, or in 64 bits, is
 * INPUT_UNSUPPORTED: nanoseconds reach from 1677 to 2262 only.
 */
export function int96ToTimestamps(bytes: Uint8Array, nanoseconds: bigint): BigInt64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stamps = new BigInt64Array(bytes.length / 12);
  for (let i = 0; i < stamps.length; i++) {
    const days = BigInt(view.getInt32(i * 12 + 8, true)) - EPOCH_DAY;
    const total = days * DAY + view.getBigInt64(i * 12, true);
    const stamp = total / nanoseconds;
    if (stamp * nanoseconds !== total || BigInt.asIntN(64, stamp) !== stamp)
      throw new MaskingError("INPUT_UNSUPPORTED", { expected: "an INT96 timestamp from 1678 to 2261" });
    stamps[i] = stamp;
  }
  return stamps;
}

/** The other way about; every 64-bit timestamp of seconds or finer has its INT96 unless the day overflows. */
export function timestampsToInt96(stamps: BigInt64Array, nanoseconds: bigint): Uint8Array {
  const bytes = new Uint8Array(stamps.length * 12);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < stamps.length; i++) {
    const total = stamps[i]! * nanoseconds;
    let days = total / DAY;
    if (days * DAY > total) days -= 1n;
    const julian = days + EPOCH_DAY;
    if (BigInt.asIntN(32, julian) !== julian) throw new MaskingError("COLUMN_TYPE", { expected: "a nearer date" });
    view.setBigInt64(i * 12, total - days * DAY, true);
    view.setInt32(i * 12 + 8, Number(julian), true);
  }
  return bytes;
}
