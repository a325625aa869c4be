import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { MaskingError } from "./errors.ts";

/** Bytes that compression hands over at once. */
const CHUNK = 1 << 18;

/** How files begin that hold another file, packed. Text does not: each has a control character or an impossible length. */
const PACKED: readonly (readonly [name: string, start: RegExp])[] = [
  ["gzip", /^1f8b08/],
  ["zstd", /^28b52ffd/],
  ["bzip2", /^425a683\d314159265359/],
  ["xz", /^fd377a585a00/],
  ["zip", /^504b0304/],
  ["7z", /^377abcaf271c/],
];
/** Bytes that tell them apart. */
const LONGEST = 10;

/**
 * The content of a file: as it is, or where it begins as gzip does, unpacked, all members of it. Throws
 * INPUT_UNSUPPORTED for packing of another kind, INPUT_TRUNCATED where gzip ends too early, INPUT_MALFORMED where it
 * is damaged or other bytes follow it.
 */
export async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = chunks[Symbol.asyncIterator]();
  let unread = true;
  try {
    const { start, ended } = await startOf(iterator);
    const packing = PACKED.find(([, first]) =>
      first.test(Buffer.from(start.subarray(0, LONGEST)).toString("hex")),
    )?.[0];
    if (packing !== undefined && packing !== "gzip") {
      throw new MaskingError("INPUT_UNSUPPORTED", { expected: `gzip or no compression, not ${packing}` });
    }
    async function* whole() {
      if (start.length > 0) yield start;
      unread = false;
      if (!ended) yield* { [Symbol.asyncIterator]: () => iterator };
    }
    yield* packing ? gunzipped(whole()) : whole();
  } finally {
    if (unread) await iterator.return?.();
  }
}

/** The bytes as one member of gzip. It says nothing of where they come from: no name, no time. */
export async function* gzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield* through(chunks, createGzip({ chunkSize: CHUNK }));
}

async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  let [fed, solid] = [0, 0]; // bytes, and those of them up to the last one that is not zero
  async function* counted() {
    for await (const chunk of withoutPadding(chunks)) {
      fed += chunk.length;
      if (chunk[chunk.length - 1] !== 0) solid = fed;
      yield chunk;
    }
  }
  try {
    yield* through(counted(), gunzip);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "Z_BUF_ERROR") throw new MaskingError("INPUT_TRUNCATED", { expected: "the end of the gzip stream" });
    if (code.startsWith("Z_") || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ABORT_ERR") throw damaged();
    throw error;
  }
  // zlib stops at a zero behind a member, and passes over whatever follows it.
  if (solid > gunzip.bytesWritten) throw damaged();
}

function damaged(): MaskingError {
  return new MaskingError("INPUT_MALFORMED", { expected: "members of gzip, and nothing behind them" });
}

/** More zeros than a member ends with. */
const ZEROS = 64;

/** The bytes without the zeros that tapes and block devices fill a file up with. A member's own last bytes may be zeros. */
async function* withoutPadding(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let zeros = 0;
  for await (const chunk of chunks) {
    let end = chunk.length;
    while (end > 0 && chunk[end - 1] === 0) end -= 1;
    if (end > 0) {
      for (; zeros > 0; zeros -= Math.min(zeros, CHUNK)) yield new Uint8Array(Math.min(zeros, CHUNK));
      yield chunk.subarray(0, end);
    }
    zeros += chunk.length - end;
  }
  if (zeros > 0) yield new Uint8Array(Math.min(zeros, ZEROS));
}

/** What comes out of a stream; a reader that stops early stops its source too. */
async function* through(
  chunks: AsyncIterable<Uint8Array>,
  stream: NodeJS.ReadWriteStream,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(chunks, { objectMode: true, highWaterMark: 1 });
  const done = pipeline(source, stream);
  done.catch(() => {}); // thrown by the stream itself
  try {
    yield* stream as AsyncIterable<Buffer>;
    await done;
  } finally {
    source.destroy();
  }
}

/** The first bytes: as many as tell the packing, and what came with them. */
async function startOf(iterator: AsyncIterator<Uint8Array>): Promise<{ start: Uint8Array; ended: boolean }> {
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < LONGEST) {
    const next = await iterator.next();
    if (next.done) return { start, ended: true };
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  return { start, ended: false };
}
