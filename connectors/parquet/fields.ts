import { MaskingError } from "../../src/errors.ts";
import { T, type ThriftField, type ThriftList, type ThriftStruct, type ThriftValue } from "./thrift.ts";

// Reading and changing the fields of a Thrift struct. A field of another type than asked for is INPUT_MALFORMED.

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Undefined where the field is absent. Beyond 2^53 is INPUT_MALFORMED: no offset or count of a real file is. */
export function numberOf(struct: ThriftStruct, id: number): number | undefined {
  const value = fieldOf(struct, id);
  if (value === undefined || typeof value === "number") return value;
  throw malformed();
}

/** A number that the format requires, zero or above. */
export function sizeOf(struct: ThriftStruct, id: number): number {
  const value = numberOf(struct, id);
  if (value === undefined || value < 0 || !Number.isInteger(value)) throw malformed();
  return value;
}

export function flagOf(struct: ThriftStruct, id: number): boolean | undefined {
  const value = fieldOf(struct, id);
  if (value === undefined || typeof value === "boolean") return value;
  throw malformed();
}

/** Text; invalid UTF-8 reads as U+FFFD and is written back as it was as long as the field is not replaced. */
export function textOf(struct: ThriftStruct, id: number): string | undefined {
  const value = fieldOf(struct, id);
  if (value === undefined) return undefined;
  if (value instanceof Uint8Array) return decoder.decode(value);
  throw malformed();
}

export function structOf(struct: ThriftStruct, id: number): ThriftStruct | undefined {
  const value = fieldOf(struct, id);
  if (value === undefined || isStruct(value)) return value;
  throw malformed();
}

/** The structs of a list; empty where the field is absent. */
export function structsOf(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
  const value = fieldOf(struct, id);
  if (value === undefined) return [];
  if (!isList(value) || !value.items.every(isStruct)) throw malformed();
  return value.items as readonly ThriftStruct[];
}

/** The texts of a list; empty where the field is absent. */
export function textsOf(struct: ThriftStruct, id: number): readonly string[] {
  const value = fieldOf(struct, id);
  if (value === undefined) return [];
  if (!isList(value)) throw malformed();
  return value.items.map((item) => {
    if (item instanceof Uint8Array) return decoder.decode(item);
    throw malformed();
  });
}

export function has(struct: ThriftStruct, id: number): boolean {
  return struct.fields.some((field) => field.id === id);
}

/** The struct with one field set, in order of its id. */
export function withField(struct: ThriftStruct, id: number, type: number, value: ThriftValue): ThriftStruct {
  const fields = struct.fields.filter((field) => field.id !== id);
  const before = fields.findIndex((field) => field.id > id);
  fields.splice(before < 0 ? fields.length : before, 0, { id, type, value });
  return { fields };
}

export function withoutFields(struct: ThriftStruct, ...ids: readonly number[]): ThriftStruct {
  return { fields: struct.fields.filter((field) => !ids.includes(field.id)) };
}

/** Only the fields named: what is not known to be harmless does not stay. */
export function onlyFields(struct: ThriftStruct, ...ids: readonly number[]): ThriftStruct {
  return { fields: struct.fields.filter((field) => ids.includes(field.id)) };
}

/** A struct of the fields given, those undefined left out. */
export function structFrom(...fields: readonly (ThriftField | undefined)[]): ThriftStruct {
  return { fields: fields.filter((field) => field !== undefined) };
}

export function i32(id: number, value: number): ThriftField {
  return { id, type: T.i32, value };
}

export function i64(id: number, value: number): ThriftField {
  return { id, type: T.i64, value };
}

export function flag(id: number, value: boolean): ThriftField {
  return { id, type: T.true, value };
}

export function text(id: number, value: string): ThriftField {
  return { id, type: T.binary, value: encoder.encode(value) };
}

export function struct(id: number, value: ThriftStruct): ThriftField {
  return { id, type: T.struct, value };
}

export function list(id: number, element: number, items: readonly ThriftValue[]): ThriftField {
  return { id, type: T.list, value: { element, items } };
}

function fieldOf(struct: ThriftStruct, id: number): ThriftValue | undefined {
  return struct.fields.find((field) => field.id === id)?.value;
}

function isStruct(value: ThriftValue): value is ThriftStruct {
  return typeof value === "object" && "fields" in value;
}

function isList(value: ThriftValue): value is ThriftList {
  return typeof value === "object" && "items" in value;
}

function malformed(): MaskingError {
  return new MaskingError("INPUT_MALFORMED", { expected: "Parquet metadata" });
}
