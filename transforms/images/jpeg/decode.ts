import { type BitReader, bitReader } from "./bits.ts";
import { type Component, type Frame, type FrameLimit, frameOf } from "./frame.ts";
import { type Decoder, decoderOf } from "./huffman.ts";
import { MARKER, type Segment, segmentsOf, unreadable } from "./markers.ts";

/** Scans over one picture: a file with more is made to take time. libjpeg's own tests stop at 500. */
const MOST_SCANS = 500;

/**
 * The coefficients of a picture, every scan of it read. Throws IMAGE_UNREADABLE also where a scan ends too early: what
 * decoders make up for it is not what anybody has looked at. Else as `frameOf`.
 */
export function decodeJpeg(bytes: Uint8Array, limit: FrameLimit): Frame {
  return decodeSegments(segmentsOf(bytes), bytes.length, limit);
}

/** The same for a file whose segments are at hand; `size` is its length in bytes. */
export function decodeSegments(segments: readonly Segment[], size: number, limit: FrameLimit): Frame {
  const frame = frameOf(segments, size, limit);
  const progressive = segments.some(({ marker }) => marker === MARKER.SOF2);
  const decoders = new Map<number, Decoder>();
  const seen = new Set<Component>();
  let [interval, scans] = [0, 0];
  for (const segment of segments) {
    if (segment.marker === MARKER.DHT) readTables(segment.payload, decoders);
    if (segment.marker === MARKER.DRI) interval = (segment.payload[0]! << 8) | segment.payload[1]!;
    if (!segment.scan) continue;
    if (++scans > MOST_SCANS) throw unreadable();
    const scan = scanOf(segment.payload, frame, decoders, progressive);
    for (const { component } of scan.parts) if (scan.from === 0) seen.add(component);
    decodeScan(frame, scan, segment.scan, interval);
  }
  if (seen.size !== frame.components.length) throw unreadable();
  if (frame.components.some(({ table }) => !frame.tables.has(table))) throw unreadable();
  return frame;
}

interface Part {
  readonly component: Component;
  readonly dc: Decoder | undefined;
  readonly ac: Decoder | undefined;
  /** The last DC coefficient: each is coded as its difference from the one before. */
  last: number;
}

interface Scan {
  readonly parts: readonly Part[];
  /** Coefficients from, to (inclusive); 0 and 63 in sequential files. */
  readonly from: number;
  readonly to: number;
  /** Bits that came before (0: none), and bits still to come. */
  readonly high: number;
  readonly low: number;
  readonly progressive: boolean;
  /** Blocks still to come that have no more coefficients in this band. */
  run: number;
}

function readTables(payload: Uint8Array, decoders: Map<number, Decoder>): void {
  for (let at = 0; at < payload.length; ) {
    const counts = payload.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = payload.subarray(at + 17, at + 17 + total);
    if (counts.length < 16 || symbols.length < total || total > 256) throw unreadable();
    decoders.set(payload[at]!, decoderOf({ counts, symbols }));
    at += 17 + total;
  }
}

function scanOf(head: Uint8Array, frame: Frame, decoders: ReadonlyMap<number, Decoder>, progressive: boolean): Scan {
  const count = head[0]!;
  if (head.length !== 4 + 2 * count || count < 1 || count > 4) throw unreadable();
  const parts = Array.from({ length: count }, (_, i): Part => {
    const component = frame.components.find(({ id }) => id === head[1 + 2 * i]);
    const tables = head[2 + 2 * i]!;
    if (!component) throw unreadable();
    return { component, dc: decoders.get(tables >> 4), ac: decoders.get(0x10 | (tables & 15)), last: 0 };
  });
  const [from, to, approximation] = [head[1 + 2 * count]!, head[2 + 2 * count]!, head[3 + 2 * count]!];
  const scan = { parts, from, to, high: approximation >> 4, low: approximation & 15, progressive, run: 0 };
  if (!progressive) return { ...scan, from: 0, to: 63, high: 0, low: 0 };
  const fits = from === 0 ? to === 0 : count === 1 && from <= to && to <= 63;
  if (!fits || scan.low > 13) throw unreadable();
  return scan;
}

function decodeScan(frame: Frame, scan: Scan, pieces: readonly Uint8Array[], interval: number): void {
  const alone = scan.parts.length === 1 ? scan.parts[0]! : undefined;
  const across = alone ? alone.component.ownColumns : Math.ceil(frame.width / (8 * frame.hMax));
  const down = alone ? alone.component.ownRows : Math.ceil(frame.height / (8 * frame.vMax));
  const units = across * down;
  const step = interval || units;
  if (pieces.length !== Math.ceil(units / step)) throw unreadable();
  const decode = decoderFor(scan);
  for (const [index, piece] of pieces.entries()) {
    const reader = bitReader(piece);
    for (const part of scan.parts) part.last = 0;
    scan.run = 0;
    for (let unit = index * step; unit < Math.min(units, (index + 1) * step); unit++) {
      const [x, y] = [unit % across, Math.floor(unit / across)];
      if (alone) decode(alone, (y * alone.component.columns + x) * 64, reader, scan);
      else for (const part of scan.parts) decodeUnit(part, x, y, decode, reader, scan);
      reader.check();
    }
  }
}

type DecodeBlock = (part: Part, at: number, reader: BitReader, scan: Scan) => void;

function decodeUnit(part: Part, x: number, y: number, decode: DecodeBlock, reader: BitReader, scan: Scan): void {
  const { h, v, columns } = part.component;
  for (let row = 0; row < v; row++) {
    for (let column = 0; column < h; column++) {
      decode(part, ((y * v + row) * columns + x * h + column) * 64, reader, scan);
    }
  }
}

function decoderFor({ parts, progressive, from, high }: Scan): DecodeBlock {
  const needs = (which: "dc" | "ac", decode: DecodeBlock): DecodeBlock => {
    if (parts.some((part) => !part[which])) throw unreadable();
    return decode;
  };
  if (!progressive) return needs("ac", needs("dc", sequential));
  if (from === 0) return high === 0 ? needs("dc", firstDc) : moreDc;
  return needs("ac", high === 0 ? firstAc : moreAc);
}

const sequential: DecodeBlock = (part, at, reader, scan) => {
  const { blocks } = part.component;
  firstDc(part, at, reader, scan);
  for (let k = 1; k < 64; ) {
    const symbol = reader.symbol(part.ac!);
    const size = symbol & 15;
    if (size === 0) {
      if (symbol !== 0xf0) return;
      k += 16;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw unreadable();
    blocks[at + k++] = reader.signed(size);
  }
};

const firstDc: DecodeBlock = (part, at, reader, { low }) => {
  const size = reader.symbol(part.dc!);
  if (size > 16) throw unreadable();
  part.last += reader.signed(size);
  const value = part.last * (1 << low);
  if (value < -32768 || value > 32767) throw unreadable();
  part.component.blocks[at] = value;
};

const moreDc: DecodeBlock = ({ component }, at, reader, { low }) => {
  if (reader.bits(1) === 1) component.blocks[at]! |= 1 << low;
};

const firstAc: DecodeBlock = ({ component, ac }, at, reader, scan) => {
  if (scan.run > 0) {
    scan.run--;
    return;
  }
  for (let k = scan.from; k <= scan.to; ) {
    const symbol = reader.symbol(ac!);
    const [skip, size] = [symbol >> 4, symbol & 15];
    if (size === 0) {
      if (skip < 15) {
        scan.run = (1 << skip) + reader.bits(skip) - 1;
        return;
      }
      k += 16;
      continue;
    }
    k += skip;
    if (k > scan.to) throw unreadable();
    component.blocks[at + k++] = reader.signed(size) * (1 << scan.low);
  }
};

/** T.81 G.1.2.3: one more bit of the coefficients that are there, and the new ones between them. */
const moreAc: DecodeBlock = ({ component: { blocks }, ac }, at, reader, scan) => {
  const plus = 1 << scan.low;
  const correct = (index: number): void => {
    const value = blocks[index]!;
    if (reader.bits(1) === 1 && (value & plus) === 0) blocks[index] = value + (value > 0 ? plus : -plus);
  };
  let k = scan.from;
  while (scan.run === 0 && k <= scan.to) {
    const symbol = reader.symbol(ac!);
    let skip = symbol >> 4;
    const size = symbol & 15;
    if (size > 1) throw unreadable();
    const fresh = size === 0 ? 0 : reader.bits(1) === 1 ? plus : -plus;
    if (size === 0 && skip < 15) {
      scan.run = (1 << skip) + reader.bits(skip);
      break;
    }
    for (; k <= scan.to; k++) {
      if (blocks[at + k] !== 0) correct(at + k);
      else if (skip-- === 0) break;
    }
    if (fresh !== 0) {
      if (k > scan.to) throw unreadable();
      blocks[at + k] = fresh;
    }
    k++;
  }
  if (scan.run === 0) return;
  for (; k <= scan.to; k++) if (blocks[at + k] !== 0) correct(at + k);
  scan.run--;
};
