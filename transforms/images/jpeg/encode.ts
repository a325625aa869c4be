import { bitWriter } from "./bits.ts";
import type { Component, Frame } from "./frame.ts";
import { bestTable, type Encoder, encoderOf, type HuffmanTable } from "./huffman.ts";
import { MARKER, unreadable } from "./markers.ts";

/** At most so many blocks may make up one unit of a scan (T.81 B.2.3). */
const MOST_BLOCKS = 10;

/**
 * The frame as a sequential JPEG: baseline where its samples have 8 bits and its tables fit, else extended. The
 * coefficients are those of the frame, so every decoder shows what it would have shown for them before; nothing else of
 * a file is in it but density and colour transform. Huffman codes are made for this picture.
 */
export function encodeJpeg(frame: Frame): Uint8Array {
  const { components } = frame;
  const together = components.length > 1 && components.reduce((sum, { h, v }) => sum + h * v, 0) <= MOST_BLOCKS;
  const scans = together ? [components] : components.map((component) => [component]);
  const parts: Uint8Array[] = [Uint8Array.of(0xff, MARKER.SOI), ...marks(frame), ...tables(frame), start(frame)];
  for (const scan of scans) parts.push(...encodeScan(frame, scan));
  parts.push(Uint8Array.of(0xff, MARKER.EOI));
  return Buffer.concat(parts);
}

function segment(marker: number, ...payload: readonly (number | Uint8Array)[]): Uint8Array {
  const bytes = Buffer.concat(payload.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part)));
  const length = bytes.length + 2;
  return Buffer.concat([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), bytes]);
}

function marks({ density, transform }: Frame): Uint8Array[] {
  const jfif = density && segment(MARKER.APP0, Buffer.from("JFIF\0\x01\x01", "latin1"), density, 0, 0);
  const adobe =
    transform !== undefined && segment(MARKER.APP14, Buffer.from("Adobe\0\x64\0\0\0\0", "latin1"), transform);
  return [...(jfif ? [jfif] : []), ...(adobe ? [adobe] : [])];
}

function tables({ tables: all, components }: Frame): Uint8Array[] {
  return [...new Set(components.map(({ table }) => table))].map((number) => {
    const table = all.get(number)!;
    const wide = table.some((value) => value > 255);
    const bytes = wide
      ? Uint8Array.from([...table].flatMap((value) => [value >> 8, value & 0xff]))
      : Uint8Array.from(table);
    return segment(MARKER.DQT, (wide ? 0x10 : 0) | number, bytes);
  });
}

function start({ precision, width, height, components, tables: all }: Frame): Uint8Array {
  const wide = [...all.values()].some((table) => table.some((value) => value > 255));
  return segment(
    precision === 8 && !wide ? MARKER.SOF0 : MARKER.SOF1,
    ...[precision, height >> 8, height & 0xff, width >> 8, width & 0xff, components.length],
    ...components.flatMap(({ id, h, v, table }) => [id, (h << 4) | v, table]),
  );
}

/** Symbols and extra bits of every block of a scan, in order: counted first, then written. */
type Take = (table: number, symbol: number, extra: number, size: number) => void;

function encodeScan(frame: Frame, scan: readonly Component[]): Uint8Array[] {
  // Tables 0 and 1 are the DC codes, 2 and 3 the AC codes; the first component has its own of each.
  const frequencies = Array.from({ length: 4 }, () => new Uint32Array(256));
  walk(frame, scan, (table, symbol) => {
    frequencies[table]![symbol]! += 1;
  });
  const made = frequencies.map((counts) => (counts.some((count) => count > 0) ? bestTable(counts) : undefined));
  const encoders = made.map((table) => table && encoderOf(table)) as Encoder[];
  const writer = bitWriter((frame.width * frame.height) >> 3);
  walk(frame, scan, (table, symbol, extra, size) => {
    const { codes, lengths } = encoders[table]!;
    writer.put(codes[symbol]!, lengths[symbol]!);
    if (size > 0) writer.put(extra, size);
  });
  const codes = made.flatMap((table, i) => (table ? [segment(MARKER.DHT, ...tableBytes(table, i))] : []));
  const head = scan.flatMap(({ id }) => {
    const which = isFirst(frame, id) ? 0 : 1;
    return [id, (which << 4) | which];
  });
  return [...codes, segment(MARKER.SOS, scan.length, ...head, 0, 63, 0), writer.end()];
}

function isFirst({ components }: Frame, id: number): boolean {
  return components[0]!.id === id;
}

function tableBytes({ counts, symbols }: HuffmanTable, index: number): [number, Uint8Array, Uint8Array] {
  return [((index >> 1) << 4) | (index & 1), counts, symbols];
}

function walk(frame: Frame, scan: readonly Component[], take: Take): void {
  const lasts = scan.map(() => 0);
  const tablesFor = scan.map(({ id }) => (isFirst(frame, id) ? 0 : 1));
  const block = (i: number, at: number): void => {
    lasts[i] = walkBlock(scan[i]!.blocks, at, lasts[i]!, tablesFor[i]!, take);
  };
  if (scan.length === 1) {
    const { columns, ownColumns, ownRows } = scan[0]!;
    for (let y = 0; y < ownRows; y++) for (let x = 0; x < ownColumns; x++) block(0, (y * columns + x) * 64);
    return;
  }
  const across = Math.ceil(frame.width / (8 * frame.hMax));
  const down = Math.ceil(frame.height / (8 * frame.vMax));
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      for (const [i, { h, v, columns }] of scan.entries()) {
        for (let row = 0; row < v; row++) {
          for (let column = 0; column < h; column++) block(i, ((y * v + row) * columns + x * h + column) * 64);
        }
      }
    }
  }
}

/** Gives the DC coefficient, from which the next block's is told. */
function walkBlock(blocks: Int16Array, at: number, last: number, table: number, take: Take): number {
  const dc = blocks[at]!;
  const size = sizeOfNumber(dc - last);
  if (size > 15) throw unreadable();
  take(table, size, extraOf(dc - last), size);
  let skipped = 0;
  for (let k = 1; k < 64; k++) {
    const value = blocks[at + k]!;
    if (value === 0) {
      skipped++;
      continue;
    }
    for (; skipped > 15; skipped -= 16) take(table + 2, 0xf0, 0, 0);
    const bits = sizeOfNumber(value);
    if (bits > 15) throw unreadable();
    take(table + 2, (skipped << 4) | bits, extraOf(value), bits);
    skipped = 0;
  }
  if (skipped > 0) take(table + 2, 0, 0, 0);
  return dc;
}

function sizeOfNumber(value: number): number {
  return 32 - Math.clz32(value < 0 ? -value : value);
}

function extraOf(value: number): number {
  return value < 0 ? value - 1 : value;
}
