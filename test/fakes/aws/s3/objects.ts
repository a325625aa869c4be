/** GetObject, HeadObject, PutObject, CopyObject, DeleteObject, DeleteObjects. */
import { ALGORITHMS, headerOf } from "../checksums.ts";
import type { Content } from "../content.ts";
import { type Answer, type Arrived, Refusal } from "../exchange.ts";
import { HEAD, NAMESPACE, tag, texts } from "../xml.ts";
import {
  type Bucket,
  checkMatch,
  checksumHeaders,
  checkWrite,
  encryptionOf,
  etagOf,
  type FakeObject,
  kept,
  lasting,
  matches,
  objectOf,
  type S3State,
} from "./bucket.ts";
import { sourceOf } from "./source.ts";

const SEND = 256 * 1024;
const COPY_LIMIT = 5 * 2 ** 30;

export function getObject(bucket: Bucket, key: string, request: Arrived, withBody: boolean): Answer {
  const { headers } = request;
  const object = objectOf(bucket, key);
  if (/GLACIER|DEEP_ARCHIVE/.test(object.storageClass) && withBody) {
    throw new Refusal(403, "InvalidObjectState", "The operation is not valid for the object's storage class");
  }
  checkMatch(headers["if-match"], object.etag, "If-Match");
  const about = described(object);
  if (headers["if-none-match"] !== undefined && matches(headers["if-none-match"], object.etag)) {
    return { status: 304, headers: about };
  }
  const range = rangeOf(headers["range"], object.content.size);
  const whole = !range || (range[0] === 0 && range[1] === object.content.size);
  const sums = headers["x-amz-checksum-mode"] === "ENABLED" && whole ? checksumHeaders(object) : {};
  const [start, end] = range ?? [0, object.content.size];
  const length = { "content-length": String(end - start) };
  const part = range ? { "content-range": `bytes ${start}-${end - 1}/${object.content.size}` } : {};
  return {
    status: range ? 206 : 200,
    headers: { ...about, ...sums, ...length, ...part },
    ...(withBody && { body: inSteps(object.content, start, end) }),
  };
}

function described(object: FakeObject): Record<string, string> {
  return {
    ...object.headers,
    etag: `"${object.etag}"`,
    "last-modified": object.modified.toUTCString(),
    "accept-ranges": "bytes",
    ...(object.storageClass !== "STANDARD" && { "x-amz-storage-class": object.storageClass }),
  };
}

function* inSteps(content: Content, start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; at += SEND) yield content.read(at, Math.min(at + SEND, end));
}

/** A range that makes no sense is ignored, as HTTP has it; one that begins past the end is 416. */
function rangeOf(header: string | undefined, size: number): readonly [number, number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const start = match[1] === "" ? Math.max(size - Number(match[2]), 0) : Number(match[1]);
  const end = match[1] === "" || match[2] === "" ? size : Math.min(Number(match[2]) + 1, size);
  if (start >= size) {
    const extra = { RangeRequested: header!, ActualObjectSize: String(size) };
    throw new Refusal(416, "InvalidRange", "The requested range is not satisfiable", extra);
  }
  return end <= start ? undefined : [start, end];
}

export function putObject(state: S3State, bucket: Bucket, key: string, request: Arrived): Answer {
  const { headers, body } = request;
  checkWrite(bucket, key, headers);
  const algorithm = ALGORITHMS.find((name) => headers[headerOf(name)] !== undefined);
  const content = kept(state, key, body);
  const object: FakeObject = {
    key,
    content,
    etag: etagOf({ size: body.length, read: (start, end) => body.subarray(start, end) }),
    modified: state.serverTime(),
    headers: lasting(headers),
    storageClass: headers["x-amz-storage-class"] ?? "STANDARD",
    ...(algorithm && { checksum: { algorithm, type: "FULL_OBJECT", value: headers[headerOf(algorithm)]! } }),
  };
  bucket.objects.set(key, object);
  const sums = object.checksum ? checksumHeaders(object) : {};
  return { status: 200, headers: { etag: `"${object.etag}"`, ...encryptionOf(object.headers), ...sums } };
}

export function copyObject(state: S3State, bucket: Bucket, key: string, request: Arrived): Answer {
  const { headers } = request;
  const source = sourceOf(state, headers);
  if (source.object.content.size > COPY_LIMIT) {
    const limit = `The specified copy source is larger than the maximum allowable size for a copy source: ${COPY_LIMIT}`;
    throw new Refusal(400, "InvalidRequest", limit);
  }
  const replaces = headers["x-amz-metadata-directive"] === "REPLACE";
  const changes = replaces || headers["x-amz-server-side-encryption"] !== undefined;
  if (source.bucket === bucket && source.object.key === key && !changes) {
    throw new Refusal(
      400,
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself",
    );
  }
  checkWrite(bucket, key, headers);
  const described = replaces ? headers : { ...withoutEncryption(source.object.headers), ...encryptionOf(headers) };
  const object: FakeObject = {
    ...source.object,
    key,
    etag: etagOf(source.object.content),
    modified: state.serverTime(),
    headers: lasting(described),
    storageClass: headers["x-amz-storage-class"] ?? "STANDARD",
  };
  bucket.objects.set(key, object);
  const body = `${HEAD}<CopyObjectResult ${NAMESPACE}>${tag("LastModified", object.modified.toISOString())}${tag("ETag", `"${object.etag}"`)}</CopyObjectResult>`;
  return { status: 200, headers: { "content-type": "application/xml", ...encryptionOf(object.headers) }, body };
}

function withoutEncryption(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-server-side")));
}

export function deleteObject(bucket: Bucket, key: string): Answer {
  bucket.objects.delete(key);
  return { status: 204 };
}

export function deleteObjects(bucket: Bucket, request: Arrived): Answer {
  const { headers, body } = request;
  if (headers["content-md5"] === undefined && !ALGORITHMS.some((name) => headers[headerOf(name)] !== undefined)) {
    throw new Refusal(400, "InvalidRequest", "Missing required header for this request: Content-MD5");
  }
  const keys = texts(body.toString(), "Key");
  if (keys.length > 1000) throw new Refusal(400, "MalformedXML", "The XML you provided was not well-formed");
  for (const key of keys) bucket.objects.delete(key);
  const quiet = texts(body.toString(), "Quiet")[0] === "true";
  const deleted = quiet ? "" : keys.map((key) => `<Deleted>${tag("Key", key)}</Deleted>`).join("");
  return { status: 200, body: `${HEAD}<DeleteResult ${NAMESPACE}>${deleted}</DeleteResult>` };
}
