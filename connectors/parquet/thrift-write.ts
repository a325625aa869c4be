import { T, type ThriftStruct, type ThriftValue } from "./thrift.ts";

interface Sink {
  bytes: Uint8Array;
  view: DataView;
  at: number;
}

/** The struct in the compact protocol. */
export function writeThrift(struct: ThriftStruct): Uint8Array {
  const bytes = new Uint8Array(256);
  const to: Sink = { bytes, view: new DataView(bytes.buffer), at: 0 };
  writeStruct(to, struct);
  return to.bytes.subarray(0, to.at);
}

function writeStruct(to: Sink, struct: ThriftStruct): void {
  let last = 0;
  for (const { id, type, value } of struct.fields) {
    const wire = type === T.true && value === false ? T.false : type;
    const delta = id - last;
    reserve(to, 16);
    if (delta > 0 && delta < 16) to.bytes[to.at++] = (delta << 4) | wire;
    else {
      to.bytes[to.at++] = wire;
      writeZigzag(to, id);
    }
    last = id;
    if (type !== T.true) writeValue(to, type, value);
  }
  reserve(to, 1);
  to.bytes[to.at++] = 0;
}

function writeValue(to: Sink, type: number, value: ThriftValue): void {
  reserve(to, 16);
  if (typeof value === "boolean") to.bytes[to.at++] = value ? T.true : T.false;
  else if (type === T.double) {
    to.view.setFloat64(to.at, value as number, true);
    to.at += 8;
  } else if (type === T.i8) to.bytes[to.at++] = value as number;
  else if (typeof value === "number" || typeof value === "bigint") writeZigzag(to, value);
  else if (value instanceof Uint8Array) {
    if (type === T.binary) writeVarint(to, value.length);
    reserve(to, value.length);
    to.bytes.set(value, to.at);
    to.at += value.length;
  } else if ("fields" in value) writeStruct(to, value);
  else if ("items" in value) {
    const { element, items } = value;
    to.bytes[to.at++] = (Math.min(items.length, 15) << 4) | element;
    if (items.length >= 15) writeVarint(to, items.length);
    for (const item of items) writeValue(to, element, item);
  } else {
    writeVarint(to, value.entries.length);
    if (value.entries.length === 0) return;
    to.bytes[to.at++] = (value.key << 4) | value.value;
    for (const [key, item] of value.entries) {
      writeValue(to, value.key, key);
      writeValue(to, value.value, item);
    }
  }
}

function reserve(to: Sink, more: number): void {
  if (to.at + more <= to.bytes.length) return;
  const wider = new Uint8Array(Math.max(to.bytes.length * 2, to.at + more));
  wider.set(to.bytes.subarray(0, to.at));
  to.bytes = wider;
  to.view = new DataView(wider.buffer);
}

function writeZigzag(to: Sink, value: number | bigint): void {
  if (typeof value === "number" && Math.abs(value) < 2 ** 51) {
    writeVarint(to, value >= 0 ? value * 2 : -value * 2 - 1);
    return;
  }
  const wide = BigInt(value);
  let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
  for (; rest > 127n; rest >>= 7n) to.bytes[to.at++] = Number(rest & 127n) | 128;
  to.bytes[to.at++] = Number(rest);
}

function writeVarint(to: Sink, value: number): void {
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) to.bytes[to.at++] = (rest % 128) | 128;
  to.bytes[to.at++] = rest;
}
