/** Pieces of an object written to a file of the local disk: bytes as they come, ranges copied from other files. */
import { createHash } from "node:crypto";
import { constants, copyFile, open, stat } from "node:fs/promises";
import { MaskingError } from "../src/errors.ts";
import type { Piece } from "../src/types.ts";

type FileHandle = Awaited<ReturnType<typeof open>>;

/** Bytes a read hands over at once: large enough for 1 GB/s, small enough to keep a copy in the processor's cache. */
export const CHUNK: number = 1 << 20;

/**
 * Writes a new file and brings it to the disk. Its SHA-256 in hex; undefined where the system copied a whole file, so that no byte passed through here.
 * Throws what `pieces` throws, STORE_CONFLICT where a file to copy from is not the one listed, and system errors.
 */
export async function writePieces(path: string, pieces: AsyncIterable<Piece>): Promise<string | undefined> {
  const all = pieces[Symbol.asyncIterator]();
  const first = await all.next();
  if (!first.done && !(first.value instanceof Uint8Array) && (await isWhole(first.value.copy))) {
    const second = await all.next();
    if (second.done) return copyWhole(first.value.copy, path);
    return writeChunks(path, resolved(chained([first.value, second.value], all)));
  }
  return writeChunks(path, resolved(chained(first.done ? [] : [first.value], all)));
}

async function* chained(first: readonly Piece[], rest: AsyncIterator<Piece>): AsyncGenerator<Piece, void, undefined> {
  try {
    yield* first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

type Copy = Exclude<Piece, Uint8Array>["copy"];

async function isWhole({ uri, start, end }: Copy): Promise<boolean> {
  return start === 0 && (await stat(uri)).size === end;
}

async function copyWhole({ uri, etag }: Copy, path: string): Promise<undefined> {
  await copyFile(uri, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const copied = await open(path, "r+");
  await copied.datasync().finally(() => copied.close());
  if (etagOf(await stat(uri, { bigint: true })) !== etag) throw new MaskingError("STORE_CONFLICT");
}

/** Writes and hashes; one write is under way while the next chunk is made. */
async function writeChunks(path: string, chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  const target = await open(path, "wx");
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      const last = writing;
      writing = last.then(() => writeAll(target, chunk));
      writing.catch(() => {}); // thrown where it is awaited, which may be long after
      hash.update(chunk);
      await last;
    }
    await writing;
    await target.datasync();
  } finally {
    await writing.catch(() => {}); // thrown above
    await target.close();
  }
  return hash.digest("hex");
}

async function writeAll(target: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await target.write(bytes, at, bytes.length - at)).bytesWritten;
}

/** Small pieces are joined before they are written; a range to copy is read from its file. */
async function* resolved(pieces: AsyncIterable<Piece>): AsyncGenerator<Uint8Array, void, undefined> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    const bytes = piece instanceof Uint8Array;
    if (bytes && piece.length < CHUNK / 4) {
      waiting.push(piece);
      size += piece.length;
      if (size < CHUNK) continue;
    }
    if (size > 0) yield Buffer.concat(waiting);
    if (size > 0) [waiting, size] = [[], 0];
    if (bytes && piece.length >= CHUNK / 4) yield piece;
    if (!bytes) yield* copiedChunks(piece.copy);
  }
  if (size > 0) yield Buffer.concat(waiting);
}

/**
 * A range in chunks, the next one read while the last is hashed and written. Four buffers go round: one is read into,
 * one is handed over, and the writer may still hold the two before.
 */
async function* copiedChunks({ uri, etag, start, end }: Copy): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(uri, "r");
  const ring = Array.from({ length: 4 }, () => Buffer.allocUnsafeSlow(Math.min(CHUNK, Math.max(end - start, 1))));
  const readAt = (at: number, turn: number) => file.read(ring[turn % 4]!, 0, Math.min(CHUNK, end - at), at);
  let reading: ReturnType<typeof readAt> | undefined;
  try {
    if (etagOf(await file.stat({ bigint: true })) !== etag) throw new MaskingError("STORE_CONFLICT");
    reading = start < end ? readAt(start, 0) : undefined;
    for (let [at, turn] = [start, 0]; reading; turn++) {
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) throw new MaskingError("INPUT_TRUNCATED", { byte: at });
      at += bytesRead;
      reading = at < end ? readAt(at, turn + 1) : undefined;
      yield buffer.subarray(0, bytesRead);
    }
    if (etagOf(await file.stat({ bigint: true })) !== etag) throw new MaskingError("STORE_CONFLICT");
  } finally {
    await reading?.catch(() => {}); // its answer is no longer wanted
    await file.close();
  }
}

/** Changes when a file is written in place (size, time) or replaced (inode). */
export function etagOf({ size, mtimeNs, ino }: { size: bigint; mtimeNs: bigint; ino: bigint }): string {
  return `${size.toString(36)}-${mtimeNs.toString(36)}-${ino.toString(36)}`;
}
