import { createHash, randomBytes } from "node:crypto";
import { MaskingError } from "../../src/errors.ts";
import type { Piece, StoredObject } from "../../src/types.ts";
import { type Address, objectAt, uriOf } from "./address.ts";
import { type PartBuffer, partBuffer } from "./buffer.ts";
import type { S3Access } from "./client.ts";
import { headObject } from "./head.ts";
import { etagOf, readObject } from "./reader.ts";
import { beginUpload, type Conditions, conditional, PART_FLOOR, partSize, type Upload } from "./upload.ts";

type Copy = Exclude<Piece, Uint8Array>["copy"];

/** Ranges are copied in parts of this size, so that several are copied at once. */
const COPIED = 256 << 20;
/** Names the write that made an object, so that a write whose answer was lost is known again. */
const WRITE_ID = "phimask-write";

/**
 * Writes an object: by one request where it is smaller than a part, else as a multipart upload. A run of a source in
 * S3 is copied by S3 where it is larger than 5 MiB; what is needed to fill the part before it passes through here.
 */
export async function writeObject(
  access: S3Access,
  address: Address,
  pieces: AsyncIterable<Piece>,
  conditions: Conditions = {},
): Promise<StoredObject> {
  const write = newWrite(access, address);
  try {
    for await (const piece of joinedRuns(pieces)) {
      await (piece instanceof Uint8Array ? write.bytes(piece) : write.run(piece.copy));
    }
    return await write.end(conditions);
  } catch (error) {
    await write.abort();
    throw error;
  }
}

interface Write {
  bytes(bytes: Uint8Array): Promise<void>;
  run(copy: Copy): Promise<void>;
  end(conditions: Conditions): Promise<StoredObject>;
  abort(): Promise<void>;
}

function newWrite(access: S3Access, address: Address): Write {
  const buffer = partBuffer();
  const hash = createHash("sha256");
  const id = randomBytes(16).toString("hex");
  const metadata = { [WRITE_ID]: id };
  let upload: Upload | undefined;
  const sources = new Map<string, string>();
  let size = 0;

  const flush = async () => {
    upload ??= await beginUpload(access, address, metadata);
    const part = buffer.take();
    await upload.send(part, () => buffer.release(part));
  };
  const bytes = async (piece: Uint8Array) => {
    if (sources.size === 0) hash.update(piece);
    size += piece.length;
    for (let at = 0; at < piece.length; ) {
      at += buffer.fill(piece.subarray(at), partSize(upload?.next ?? 1));
      if (buffer.length >= partSize(upload?.next ?? 1)) await flush();
    }
  };
  const through = async ({ uri, etag, start, end }: Copy) => {
    for await (const piece of readObject(access, objectAt(uri), { start, end }, etag)) await bytes(piece);
  };
  const send = (conditions: Conditions): Promise<string> =>
    upload ? upload.complete(size, conditions) : putObject(access, address, buffer, metadata, conditions);

  return {
    bytes,
    async run(copy) {
      const head = topUp(buffer.length);
      if (copy.end - copy.start - head <= PART_FLOOR) return through(copy);
      const start = copy.start + head;
      await through({ ...copy, end: start });
      if (buffer.length > 0) await flush();
      sources.set(copy.uri, copy.etag);
      size += copy.end - start;
      upload ??= await beginUpload(access, address, metadata);
      for (const range of evenly(start, copy.end)) await upload.copy(objectAt(copy.uri), copy.etag, range);
    },
    async end(conditions) {
      if (upload && buffer.length > 0) await flush();
      if (!access.genuine) await checkSources(access, sources);
      const etag = await send(conditions).catch((error: unknown) => standing(access, address, id, error));
      upload = undefined;
      return { uri: uriOf(address), size, etag, ...(sources.size === 0 && { sha256: hash.digest("hex") }) };
    },
    async abort() {
      await upload?.abort().catch(() => {}); // the failure that led here says more
    },
  };
}

/** Bytes that a part of this length lacks to be one that another may follow. */
function topUp(length: number): number {
  return length === 0 ? 0 : Math.max(PART_FLOOR - length, 0);
}

function* evenly(start: number, end: number): Generator<{ readonly start: number; readonly end: number }> {
  const count = Math.ceil((end - start) / COPIED);
  const at = (index: number) => start + Math.floor(((end - start) * index) / count);
  for (let index = 0; index < count; index++) yield { start: at(index), end: at(index + 1) };
}

async function putObject(
  access: S3Access,
  { bucket, key }: Address,
  buffer: PartBuffer,
  Metadata: Record<string, string>,
  conditions: Conditions,
): Promise<string> {
  const Body = buffer.take();
  const object = { ...access.standing(bucket), Key: key, Body, Metadata, ...conditional(conditions) };
  const { ETag } = await access.ask(bucket, (s3) => s3.putObject({ ...object, ...access.encryption }));
  return etagOf(ETag);
}

/**
 * The etag of the object if this write made it after all: where an answer was lost, the repeated request meets its own
 * object and is refused. Throws `error` otherwise.
 */
async function standing(access: S3Access, address: Address, id: string, error: unknown): Promise<string> {
  const found = await headObject(access, address).catch(() => undefined);
  if (found?.metadata[WRITE_ID] === id) return found.etag;
  throw error;
}

/** Not every store minds the condition of a copy: what it copied must still be what was to be copied. */
async function checkSources(access: S3Access, sources: ReadonlyMap<string, string>): Promise<void> {
  for (const [uri, etag] of sources) {
    const found = await headObject(access, objectAt(uri));
    if (found?.etag !== etag) throw new MaskingError("STORE_CONFLICT");
  }
}

/** Neighbouring ranges of one object become one, so that S3 copies them at once. */
async function* joinedRuns(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece, void, undefined> {
  let run: Copy | undefined;
  for await (const piece of pieces) {
    const copy = piece instanceof Uint8Array ? undefined : piece.copy;
    if (run && copy && copy.uri === run.uri && copy.etag === run.etag && copy.start === run.end) {
      run = { ...run, end: copy.end };
      continue;
    }
    if (copy ? copy.start === copy.end : (piece as Uint8Array).length === 0) continue;
    if (run) yield { copy: run };
    run = copy;
    if (!copy) yield piece;
  }
  if (run) yield { copy: run };
}
