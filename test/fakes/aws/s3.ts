/** S3 over HTTP: path style, virtual hosts and access points. */
import type { Content } from "./content.ts";
import { type Answer, type Arrived, type Operation, Refusal } from "./exchange.ts";
import { type Bucket, bucketOf, etagOf, type S3State } from "./s3/bucket.ts";
import { listObjects, listParts, listUploads } from "./s3/listing.ts";
import { abortUpload, completeUpload, createUpload, uploadPart, uploadPartCopy } from "./s3/multipart.ts";
import { copyObject, deleteObject, deleteObjects, getObject, putObject } from "./s3/objects.ts";
import type { Service } from "./server.ts";

export interface FakeS3 extends Service {
  readonly state: S3State;
  addBucket(name: string, options?: { region?: string; owner?: string; requesterPays?: boolean }): Bucket;
  /** Puts an object there without a request, however large. */
  addObject(bucket: string, key: string, content: Content, storageClass?: string): void;
  /** The object's bytes; undefined where there is none. */
  bytes(bucket: string, key: string): Buffer | undefined;
  /** Uploads begun and neither completed nor aborted, in all buckets. */
  openUploads(): number;
  /** Parts of those: what a bucket's owner would pay for. */
  strayParts(): number;
}

export const ACCOUNT = "111122223333";

export function fakeS3(region = "us-east-1"): FakeS3 {
  const state: S3State = {
    buckets: new Map(),
    pageSize: 1000,
    drops: () => false,
    denies: () => false,
    lenient: false,
    ignores: [],
    listed: (xml) => xml,
    tagged: (etag) => etag,
    serverTime: () => new Date(),
  };
  return {
    name: "s3",
    state,
    operation: (request) => operationOf(state, request),
    addBucket(name, options = {}) {
      const { requesterPays = false, owner = ACCOUNT } = options;
      const rest = { objects: new Map(), uploads: new Map() };
      const bucket: Bucket = { name, region: options.region ?? region, owner, requesterPays, ...rest };
      state.buckets.set(name, bucket);
      return bucket;
    },
    addObject(bucket, key, content, storageClass = "STANDARD") {
      const object = { key, content, etag: etagOf(content), modified: new Date(), headers: {}, storageClass };
      bucketOf(state, bucket).objects.set(key, object);
    },
    bytes(bucket, key) {
      const content = bucketOf(state, bucket).objects.get(key)?.content;
      return content?.read(0, content.size);
    },
    strayParts: () =>
      [...state.buckets.values()]
        .flatMap(({ uploads }) => [...uploads.values()])
        .reduce((sum, { parts }) => sum + parts.size, 0),
    openUploads: () => [...state.buckets.values()].reduce((sum, { uploads }) => sum + uploads.size, 0),
  };
}

type Action = (bucket: Bucket, key: string) => Answer;

function operationOf(state: S3State, request: Arrived): Operation {
  const [name, key] = addressed(request);
  const [operation, action] = actionOf(state, request, key !== "");
  return {
    service: "s3",
    name: operation,
    resource: `${name}/${key}`,
    run() {
      const bucket = admitted(state, request, name, operation, key);
      const answer = action(bucket, key);
      const { etag, ...headers } = answer.headers ?? {};
      return etag === undefined ? answer : { ...answer, headers: { ...headers, etag: state.tagged(etag) } };
    },
  };
}

/** Bucket and key: `Host: bucket.authority` or `/bucket/key`. An access point's host is `name-account.authority`. */
function addressed({ host, path }: Arrived): readonly [bucket: string, key: string] {
  const decoded = decodeURIComponent(path).slice(1);
  const virtual = /^(.+)\.(?:localhost|s3\.[a-z0-9-]+\.amazonaws\.com)(?::\d+)?$/.exec(host);
  if (virtual) return [virtual[1]!, decoded];
  const slash = decoded.indexOf("/");
  return slash < 0 ? [decoded, ""] : [decoded.slice(0, slash), decoded.slice(slash + 1)];
}

function actionOf(state: S3State, arrived: Arrived, hasKey: boolean): readonly [string, Action] {
  const { method, query } = arrived;
  const headers = Object.fromEntries(Object.entries(arrived.headers).filter(([name]) => !state.ignores.includes(name)));
  const request = { ...arrived, headers };
  const is = (verb: string, ...names: string[]) => method === verb && names.every((name) => query.has(name));
  const copies = headers["x-amz-copy-source"] !== undefined;
  if (!hasKey) {
    if (is("GET", "uploads")) return ["ListMultipartUploads", (bucket) => listUploads(bucket, request)];
    if (is("GET")) return ["ListObjectsV2", (bucket) => listObjects(state, bucket, request)];
    if (is("HEAD")) return ["HeadBucket", () => ({ status: 200 })];
    if (is("POST", "delete")) return ["DeleteObjects", (bucket) => deleteObjects(bucket, request)];
  } else {
    if (is("GET", "uploadId")) return ["ListParts", (bucket, key) => listParts(bucket, key, request)];
    if (is("GET")) return ["GetObject", (bucket, key) => getObject(bucket, key, request, true)];
    if (is("HEAD")) return ["HeadObject", (bucket, key) => getObject(bucket, key, request, false)];
    if (is("PUT", "uploadId") && copies)
      return ["UploadPartCopy", (bucket, key) => uploadPartCopy(state, bucket, key, request)];
    if (is("PUT", "uploadId")) return ["UploadPart", (bucket, key) => uploadPart(state, bucket, key, request)];
    if (is("PUT") && copies) return ["CopyObject", (bucket, key) => copyObject(state, bucket, key, request)];
    if (is("PUT")) return ["PutObject", (bucket, key) => putObject(state, bucket, key, request)];
    if (is("POST", "uploads")) return ["CreateMultipartUpload", (bucket, key) => createUpload(bucket, key, request)];
    if (is("POST", "uploadId"))
      return ["CompleteMultipartUpload", (bucket, key) => completeUpload(state, bucket, key, request)];
    if (is("DELETE", "uploadId")) return ["AbortMultipartUpload", (bucket, key) => abortUpload(bucket, key, query)];
    if (is("DELETE")) return ["DeleteObject", deleteObject];
  }
  throw new Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
}

/** The bucket, if this caller may do this there and asked in the bucket's region. */
function admitted(state: S3State, request: Arrived, name: string, operation: string, key: string): Bucket {
  const { headers } = request;
  const bucket = bucketOf(state, name);
  if (bucket.region !== request.region) {
    const message = "The bucket you are attempting to access must be addressed using the specified endpoint.";
    const hint = { "x-amz-bucket-region": bucket.region };
    throw new Refusal(301, "PermanentRedirect", message, { Bucket: name }, hint);
  }
  const owner = headers["x-amz-expected-bucket-owner"];
  if (
    state.denies(operation, name, key) ||
    (owner !== undefined && owner !== bucket.owner) ||
    (bucket.requesterPays && headers["x-amz-request-payer"] !== "requester")
  ) {
    throw new Refusal(403, "AccessDenied", "Access Denied");
  }
  return bucket;
}
