import type { CompletedPart } from "@aws-sdk/client-s3";
import { MaskingError } from "../../src/errors.ts";
import type { ByteRange } from "../../src/types.ts";
import { type Address, copySource } from "./address.ts";
import type { S3Access } from "./client.ts";
import { etagOf } from "./reader.ts";

/** What S3 asks of every part but the last. */
export const PART_FLOOR: number = 5 << 20;
/** S3's limit of parts. */
const PARTS = 10_000;
/** Parts under way at once, and the bytes of them that are held here. */
const UNDER_WAY = 5;
const HELD = 48 << 20;

/**
 * How large the part of this number is, in bytes: 8 MiB at first, 13 MiB after 8 GB, 59 MiB after 100 GB, so that
 * 10,000 parts hold 2.3 TiB and no small object pays for it.
 */
export function partSize(number: number): number {
  return Math.floor(2 ** 23 * 1.0005 ** (number - 1));
}

export interface Conditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: "*";
}

/** A multipart upload under way. */
export interface Upload {
  /** The number of the next part. */
  readonly next: number;
  /** Sends bytes as the next part, once there is room for them; `sent` is called when they are no longer needed. */
  send(bytes: Uint8Array, sent: () => void): Promise<void>;
  /** Has S3 copy a range as the next part. */
  copy(from: Address, etag: string, range: ByteRange): Promise<void>;
  /** Waits for every part and makes the object; its etag. */
  complete(size: number, conditions: Conditions): Promise<string>;
  /** Waits for what is under way and leaves no part behind. */
  abort(): Promise<void>;
}

/** Members of a write that carries a condition. */
export function conditional({ ifMatch, ifNoneMatch }: Conditions): { IfMatch?: string; IfNoneMatch?: string } {
  return {
    ...(ifMatch !== undefined && { IfMatch: `"${ifMatch}"` }),
    ...(ifNoneMatch !== undefined && { IfNoneMatch: ifNoneMatch }),
  };
}

/**
 * Begins a multipart upload. Sums are CRC32 over the whole object where the store is S3: Node computes them at a
 * speed that CRC64NVME in JavaScript has not (526 to 58 MB/s), and S3 joins those of copied parts to them.
 */
export async function beginUpload(
  access: S3Access,
  address: Address,
  metadata: Readonly<Record<string, string>>,
): Promise<Upload> {
  const { bucket } = address;
  const target = { ...access.standing(bucket), Key: address.key };
  const sum = access.genuine ? { ChecksumAlgorithm: "CRC32" as const } : {};
  const whole = access.genuine ? { ChecksumType: "FULL_OBJECT" as const } : {};
  const { UploadId } = await access.ask(bucket, (s3) =>
    s3.createMultipartUpload({ ...target, ...access.encryption, ...sum, ...whole, Metadata: { ...metadata } }),
  );
  const upload = { ...target, UploadId };
  const parts: CompletedPart[] = [];
  const underWay = new Set<Promise<void>>();
  const stop = new AbortController();
  let held = 0;
  let failure: { readonly error: unknown } | undefined;

  const add = async (bytes: number, ask: (PartNumber: number) => Promise<CompletedPart>) => {
    while (underWay.size >= UNDER_WAY || (held > 0 && held + bytes > HELD)) await Promise.race(underWay);
    if (failure) throw failure.error;
    const number = parts.length + 1;
    if (number > PARTS) throw new MaskingError("STORE_REFUSED", { expected: `an object of at most ${PARTS} parts` });
    parts.push({ PartNumber: number });
    held += bytes;
    const part = ask(number)
      .then(
        (done) => {
          parts[number - 1] = { ...done, PartNumber: number };
        },
        (error: unknown) => {
          failure ??= { error };
          stop.abort();
        },
      )
      .finally(() => {
        held -= bytes;
        underWay.delete(part);
      });
    underWay.add(part);
  };
  const settled = async () => {
    await Promise.all(underWay);
    if (failure) throw failure.error;
  };

  return {
    get next() {
      return parts.length + 1;
    },
    send: (Body, sent) =>
      add(Body.length, (PartNumber) =>
        access
          .ask(bucket, (s3) => s3.uploadPart({ ...upload, ...sum, PartNumber, Body }), stop.signal)
          .then(({ ETag, ChecksumCRC32 }) => ({ ETag, ...(access.genuine && { ChecksumCRC32 }) }))
          .finally(sent),
      ),
    copy: (from, etag, { start, end }) =>
      add(0, (PartNumber) => {
        const source = {
          CopySource: copySource(from),
          CopySourceIfMatch: `"${etag}"`,
          CopySourceRange: `bytes=${start}-${end - 1}`,
          ...sourceOwner(access, from),
        };
        return access
          .ask(bucket, (s3) => s3.uploadPartCopy({ ...upload, ...source, PartNumber }), stop.signal)
          .then(({ CopyPartResult: made }) => ({
            ETag: made?.ETag,
            ...(access.genuine && { ChecksumCRC32: made?.ChecksumCRC32 }),
          }));
      }),
    async complete(size, conditions) {
      await settled();
      const request = { ...upload, ...whole, ...conditional(conditions), MpuObjectSize: size };
      const { ETag } = await access.ask(bucket, (s3) =>
        s3.completeMultipartUpload({ ...request, MultipartUpload: { Parts: parts } }),
      );
      return etagOf(ETag);
    },
    async abort() {
      stop.abort();
      await Promise.allSettled(underWay);
      await access.ask(bucket, (s3) => s3.abortMultipartUpload(upload));
      // A part whose answer was lost may have arrived after the abort: https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
      const left = await access.ask(bucket, (s3) => s3.listParts(upload));
      if (left.Parts?.length) await access.ask(bucket, (s3) => s3.abortMultipartUpload(upload));
    },
  };
}

/** The account that must own the bucket that a copy reads. */
export function sourceOwner(access: S3Access, from: Address): { ExpectedSourceBucketOwner?: string } {
  const owner = access.ownerOf(from.bucket);
  return owner === undefined ? {} : { ExpectedSourceBucketOwner: owner };
}
