import { DataType } from "apache-arrow";
import { MaskingError } from "../errors.ts";
import type { Cell } from "../types.ts";

/** A JSON value as a column of `type` holds it. Throws CELL_UNEXAMINED where it is none. */
export function cellOf(raw: string, type: DataType, column: string): Cell | null {
  if (raw === "null") return null;
  const [first] = raw;
  if (DataType.isBinary(type)) return new TextEncoder().encode(raw);
  if (DataType.isUtf8(type) && first !== "{" && first !== "[") return first === '"' ? (JSON.parse(raw) as string) : raw;
  if (DataType.isBool(type) && (raw === "true" || raw === "false")) return raw === "true";
  if (DataType.isInt(type) && /^-?\d/.test(raw)) {
    const whole = /^-?\d+$/.test(raw)
      ? BigInt(raw)
      : Number.isSafeInteger(Number(raw))
        ? BigInt(Number(raw))
        : undefined;
    if (whole !== undefined && BigInt.asIntN(64, whole) === whole) return whole;
  }
  if (DataType.isFloat(type) && /^-?\d/.test(raw) && Number.isFinite(Number(raw))) return Number(raw);
  throw new MaskingError("CELL_UNEXAMINED", { column, expected: "a value of the type that SCHEMA declares" });
}

/** A masked value as JSON. */
export function jsonOf(cell: Cell | null): string {
  if (cell === null) return "null";
  if (typeof cell === "string") return JSON.stringify(cell);
  if (typeof cell === "number" && !Number.isFinite(cell)) return "null";
  return String(cell);
}

/** A type's name in JSON Schema. */
export function jsonTypeOf(type: DataType): string {
  if (DataType.isInt(type)) return "integer";
  if (DataType.isFloat(type)) return "number";
  return DataType.isBool(type) ? "boolean" : "string";
}
