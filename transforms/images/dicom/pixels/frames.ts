import { MaskingError } from "../../../../src/errors.ts";
import type { Attributes } from "../attributes.ts";
import type { Element } from "../element.ts";
import type { DicomFile } from "../file.ts";

/** A compressed frame's fragments, in order. */
export type FrameFragments = readonly Uint8Array[];

const EXTENDED_OFFSETS = 0x7fe00001;

/**
 * Which fragments each frame of encapsulated pixel data is made of: by the extended or basic offset table, else one each,
 * else by where a compressed stream starts. Throws IMAGE_UNREADABLE where none of these gives the number of frames.
 */
export function fragmentsByFrame(
  file: DicomFile,
  pixels: Element,
  header: Attributes,
  frames: number,
): readonly FrameFragments[] {
  const [table, ...rest] = pixels.fragments!;
  if (!table) throw new MaskingError("IMAGE_UNREADABLE");
  const fragments = rest.map(({ from, to }) => file.data.subarray(from, to));
  const starts = extendedOffsets(file, header) ?? basicOffsets(file.data.subarray(table.from, table.to));
  if (frames === 1) return [fragments];
  if (starts.length === frames)
    return cut(
      fragments,
      rest.map(({ from }) => from - 8 - (rest[0]!.from - 8)),
      starts,
    );
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  return byStreams(fragments, frames);
}

function basicOffsets(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => view.getUint32(i * 4, true));
}

function extendedOffsets({ data }: DicomFile, header: Attributes): readonly number[] | undefined {
  const element = header.element(EXTENDED_OFFSETS);
  if (!element || element.to === element.from) return undefined;
  const view = new DataView(data.buffer, data.byteOffset + element.from, element.to - element.from);
  return Array.from({ length: view.byteLength >> 3 }, (_, i) => Number(view.getBigUint64(i * 8, true)));
}

/** Frames that start at these offsets, each of which must be a fragment's. */
function cut(
  fragments: readonly Uint8Array[],
  offsets: readonly number[],
  starts: readonly number[],
): readonly FrameFragments[] {
  const firsts = starts.map((start) => offsets.indexOf(start));
  const inOrder = firsts[0] === 0 && firsts.every((first, i) => i === 0 || first > firsts[i - 1]!);
  if (!inOrder) throw new MaskingError("IMAGE_UNREADABLE");
  return firsts.map((first, i) => fragments.slice(first, firsts[i + 1] ?? fragments.length));
}

function byStreams(fragments: readonly Uint8Array[], frames: number): readonly FrameFragments[] {
  const found: Uint8Array[][] = [];
  for (const fragment of fragments) {
    const starts = fragment[0] === 0xff && (fragment[1] === 0xd8 || fragment[1] === 0x4f);
    if (starts) found.push([fragment]);
    else if (found.length > 0) found.at(-1)!.push(fragment);
    else throw new MaskingError("IMAGE_UNREADABLE");
  }
  if (found.length !== frames) throw new MaskingError("IMAGE_UNREADABLE");
  return found;
}

/** The frame as one stream. */
export function joinedFrame(fragments: FrameFragments): Uint8Array {
  return fragments.length === 1 ? fragments[0]! : Buffer.concat(fragments);
}

/**
 * The fragments of all frames, the basic offset table first: filled where the original's was, or empty. Each fragment has
 * an even length.
 */
export function encapsulated(frames: readonly FrameFragments[], withTable: boolean): readonly Uint8Array[] {
  const even = frames.map((fragments) => fragments.map(padded));
  const table = new Uint8Array(withTable ? frames.length * 4 : 0);
  const view = new DataView(table.buffer);
  let at = 0;
  for (const [i, fragments] of even.entries()) {
    if (withTable) view.setUint32(i * 4, at, true);
    for (const fragment of fragments) at += 8 + fragment.length;
  }
  return [table, ...even.flat()];
}

/** The extended offset table and lengths of encapsulated frames, which are one fragment each. */
export function extendedTables(frames: readonly FrameFragments[]): readonly [offsets: Uint8Array, lengths: Uint8Array] {
  const offsets = new BigUint64Array(frames.length);
  const lengths = new BigUint64Array(frames.length);
  let at = 0n;
  for (const [i, fragments] of frames.entries()) {
    const length = fragments.reduce((sum, fragment) => sum + fragment.length, 0);
    offsets[i] = at;
    lengths[i] = BigInt(length);
    at += BigInt(8 + length + (length % 2));
  }
  return [new Uint8Array(offsets.buffer), new Uint8Array(lengths.buffer)];
}

function padded(bytes: Uint8Array): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Uint8Array.of(0)]);
}
