/** What S3 keeps. */
import { createHash } from "node:crypto";
import { type Algorithm, checksumOf } from "../checksums.ts";
import { type Content, dropped, held } from "../content.ts";
import { Refusal } from "../exchange.ts";

export interface FakeObject {
  readonly key: string;
  readonly content: Content;
  /** Without quotes. */
  readonly etag: string;
  readonly modified: Date;
  /** Content type, user metadata, encryption: as they are answered. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum?: {
    readonly algorithm: Algorithm;
    readonly type: "FULL_OBJECT" | "COMPOSITE";
    readonly value: string;
  };
  readonly storageClass: string;
}

export interface FakePart {
  readonly content: Content;
  readonly etag: string;
  readonly checksum?: string;
}

export interface FakeUpload {
  readonly id: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly algorithm?: Algorithm;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
  readonly parts: Map<number, FakePart>;
}

export interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly owner: string;
  requesterPays: boolean;
  readonly objects: Map<string, FakeObject>;
  readonly uploads: Map<string, FakeUpload>;
}

export interface S3State {
  readonly buckets: Map<string, Bucket>;
  /** Entries of a listing page at most; S3's own is 1000. */
  pageSize: number;
  /** Whether what is written under this key is dropped once its sums are made. */
  drops: (key: string) => boolean;
  /** Whether policy denies the call. */
  denies: (operation: string, bucket: string, key: string) => boolean;
  /** Whether the condition of a copy is passed over, as some stores that speak S3's protocol do. */
  lenient: boolean;
  /** Headers of requests that are passed over, as stores do that do not know them. */
  ignores: readonly string[];
  /** What becomes of the XML of a list before it leaves, as other authors write it. */
  listed: (xml: string) => string;
  /** What becomes of an etag in a header. */
  tagged: (etag: string) => string | undefined;
  readonly serverTime: () => Date;
}

export const MIB: number = 1 << 20;
/** S3's floor for every part but the last. */
export const PART_FLOOR: number = 5 * MIB;

/** The MD5, as S3 makes it of what one request brought. Of great generated content only samples are summed. */
export function etagOf(content: Content): string {
  const hash = createHash("md5").update(String(content.size));
  if (content.size <= 8 * MIB) return createHash("md5").update(content.read(0, content.size)).digest("hex");
  for (let at = 0; at < content.size; at += content.size / 16) {
    const start = Math.floor(at);
    hash.update(content.read(start, Math.min(start + 4096, content.size)));
  }
  return hash.digest("hex");
}

/** The content as it is kept: its bytes, or only their number where the test drops them. */
export function kept(state: S3State, key: string, body: Buffer): Content {
  return state.drops(key) ? dropped(body.length) : held(body);
}

export function bucketOf(state: S3State, name: string): Bucket {
  const bucket = state.buckets.get(name);
  if (!bucket) throw new Refusal(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: name });
  return bucket;
}

export function objectOf(bucket: Bucket, key: string): FakeObject {
  const object = bucket.objects.get(key);
  if (!object) throw new Refusal(404, "NoSuchKey", "The specified key does not exist.", { Key: key });
  return object;
}

/** Header values such as `"abc", W/"x"` against an etag. */
export function matches(header: string, etag: string): boolean {
  return header.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^"|"$/g, "") === etag);
}

const PRECONDITION = "At least one of the pre-conditions you specified did not hold";

/** The conditions of a write. Throws 412, or 404 for `If-Match` where nothing is. */
export function checkWrite(bucket: Bucket, key: string, headers: Readonly<Record<string, string>>): void {
  const before = bucket.objects.get(key);
  const [match, none] = [headers["if-match"], headers["if-none-match"]];
  if (none !== undefined && none !== "*") {
    throw new Refusal(501, "NotImplemented", "A header you provided implies functionality that is not implemented");
  }
  if (none === "*" && before)
    throw new Refusal(412, "PreconditionFailed", PRECONDITION, { Condition: "If-None-Match" });
  if (match === undefined) return;
  if (!before) throw new Refusal(404, "NoSuchKey", "The specified key does not exist.", { Key: key });
  if (!matches(match, before.etag))
    throw new Refusal(412, "PreconditionFailed", PRECONDITION, { Condition: "If-Match" });
}

export function checkMatch(header: string | undefined, etag: string, condition: string): void {
  if (header === undefined || matches(header, etag)) return;
  throw new Refusal(412, "PreconditionFailed", PRECONDITION, { Condition: condition });
}

/** Headers of a write that come back with every read. */
export function lasting(headers: Readonly<Record<string, string>>): Record<string, string> {
  const all = Object.entries(headers).filter(
    ([name]) =>
      name.startsWith("x-amz-meta-") ||
      /^x-amz-server-side-encryption(-aws-kms-key-id|-bucket-key-enabled)?$/.test(name) ||
      ["content-type", "cache-control", "content-disposition"].includes(name),
  );
  return { "x-amz-server-side-encryption": "AES256", ...Object.fromEntries(all) };
}

export function encryptionOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith("x-amz-server-side-encryption")),
  );
}

/** The sum that is kept with an object; CRC64NVME where the writer named none, summed only when it is asked for. */
export function checksumHeaders(object: FakeObject): Record<string, string> {
  const { algorithm, type, value } = object.checksum ?? {
    algorithm: "CRC64NVME" as const,
    type: "FULL_OBJECT",
    value: checksumOf("CRC64NVME", object.content),
  };
  return { [`x-amz-checksum-${algorithm.toLowerCase()}`]: value, "x-amz-checksum-type": type };
}
