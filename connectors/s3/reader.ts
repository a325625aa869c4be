import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { MaskingError } from "../../src/errors.ts";
import { mapInOrder } from "../../src/stream.ts";
import type { ByteRange } from "../../src/types.ts";
import type { Address } from "./address.ts";
import type { S3Access } from "./client.ts";

const MIB = 1 << 20;
/** Bytes handed over at once. */
const CHUNK = MIB;
/** Windows grow to this: large enough to hide what an answer waits for, small enough to hold several. */
const WINDOW = 4 * MIB;
/** Windows asked for at once. */
const AHEAD = 4;

/**
 * An object's bytes, asked for in windows that are read ahead; a window that breaks off is asked for again from the
 * byte reached, and all are of one version of the object. Throws STORE_CONFLICT where that changes or is not the one
 * of `ifMatch`, INPUT_TRUNCATED where the object ends before the range does.
 */
export async function* readObject(
  access: S3Access,
  address: Address,
  range?: ByteRange,
  ifMatch?: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (range && range.end <= range.start) return;
  const stop = new AbortController();
  const ask = (window: ByteRange, etag?: string) => fetchWindow(access, address, window, etag, stop.signal);
  let start = range?.start ?? 0;
  let [end, etag] = [range?.end, ifMatch];
  try {
    if (end === undefined || etag === undefined) {
      const first = await ask({ start, end: Math.min(start + CHUNK, end ?? Number.POSITIVE_INFINITY) }, etag).catch(
        (error: unknown) => {
          if (!range && isTruncated(error)) return undefined; // no range fits an object of no bytes
          throw error;
        },
      );
      if (!first) return;
      yield* chunks(first.bytes);
      start += first.bytes.length;
      etag = first.etag;
      if (range && first.size < range.end) throw new MaskingError("INPUT_TRUNCATED", { byte: first.size });
      end = range?.end ?? first.size;
    }
    const windows = mapInOrder(windowsOf(start, end), AHEAD, (window) => ask(window, etag));
    try {
      for (let next = await windows.next(); !next.done; next = await windows.next()) {
        const { bytes, size } = next.value;
        if (size < end) throw new MaskingError("INPUT_TRUNCATED", { byte: size });
        yield* chunks(bytes);
      }
    } finally {
      stop.abort(); // before the windows under way are waited for
      await windows.return();
    }
  } finally {
    stop.abort();
  }
}

/** The first windows are small, so that a reader who wants no more than the head of a file gets little more. */
function* windowsOf(start: number, end: number): Generator<ByteRange, void, undefined> {
  let size = MIB;
  for (let at = start; at < end; ) {
    const next = Math.min(at + size, end);
    yield { start: at, end: next };
    at = next;
    size = Math.min(size * 2, WINDOW);
  }
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

interface Window {
  /** Fewer than asked for where the object ends within. */
  readonly bytes: Uint8Array;
  readonly etag: string;
  /** Of the whole object. */
  readonly size: number;
}

async function fetchWindow(
  access: S3Access,
  { bucket, key }: Address,
  { start, end }: ByteRange,
  ifMatch: string | undefined,
  signal: AbortSignal,
): Promise<Window> {
  const buffer = Buffer.allocUnsafeSlow(end - start);
  let filled = 0;
  let known: Omit<Window, "bytes"> | undefined;
  return access.ask(
    bucket,
    async (s3) => {
      const etag = known?.etag ?? ifMatch;
      const answer = await s3.getObject(
        {
          ...access.standing(bucket),
          Key: key,
          Range: `bytes=${start + filled}-${end - 1}`,
          ...(etag !== undefined && { IfMatch: `"${etag}"` }),
        },
        { abortSignal: signal },
      );
      const size = sizeOf(answer, start + filled);
      known = { etag: etagOf(answer.ETag), size };
      // Not every store minds the condition.
      if (etag !== undefined && known.etag !== etag) throw new MaskingError("STORE_CONFLICT");
      const from = filled;
      const wanted = Math.max(Math.min(end, size) - start, 0);
      for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
        buffer.set(chunk.subarray(0, wanted - filled), filled);
        filled = Math.min(filled + chunk.length, wanted);
        if (filled === wanted && answer.ContentLength !== wanted - from) break; // the store sends more than was asked
      }
      if (filled < wanted) throw new Error("the body broke off");
      return { ...known, bytes: buffer.subarray(0, wanted) };
    },
    signal,
  );
}

/** The object's size, as the answer to a range tells it. Throws STORE_REFUSED where the store answered another range. */
function sizeOf({ ContentRange, ContentLength }: GetObjectCommandOutput, start: number): number {
  const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange ?? "");
  if (match && Number(match[1]) === start) return Number(match[2]);
  if (!ContentRange && start === 0 && ContentLength !== undefined) return ContentLength; // the whole object
  throw new MaskingError("STORE_REFUSED", { expected: "a store that answers ranges" });
}

/**
 * S3 quotes etags, some stores do so only at times, and proxies mark them as weak. Throws STORE_REFUSED where there is
 * none: a change of the object could not be told.
 */
export function etagOf(etag: string | undefined): string {
  const bare = (etag ?? "").replace(/^(W\/)?"|"$/g, "");
  if (bare === "") throw new MaskingError("STORE_REFUSED", { expected: "a store that tells etags" });
  return bare;
}

function isTruncated(error: unknown): boolean {
  return error instanceof MaskingError && error.code === "INPUT_TRUNCATED";
}
