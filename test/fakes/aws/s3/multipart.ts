/** Multipart uploads, as https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html has them. */
import { createHash, randomBytes } from "node:crypto";
import { ALGORITHMS, type Algorithm, checksumOf, compositeOf, headerOf } from "../checksums.ts";
import { type Content, joined, slice } from "../content.ts";
import { type Answer, type Arrived, Refusal } from "../exchange.ts";
import { HEAD, NAMESPACE, tag, texts } from "../xml.ts";
import {
  type Bucket,
  checkWrite,
  encryptionOf,
  etagOf,
  type FakePart,
  type FakeUpload,
  kept,
  lasting,
  PART_FLOOR,
  type S3State,
} from "./bucket.ts";
import { sourceOf } from "./source.ts";

const XML = { "content-type": "application/xml" };

export function createUpload(bucket: Bucket, key: string, { headers }: Arrived): Answer {
  const algorithm = headers["x-amz-checksum-algorithm"] as Algorithm | undefined;
  const type = headers["x-amz-checksum-type"] ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  if (type === "FULL_OBJECT" && algorithm?.startsWith("SHA")) {
    throw new Refusal(400, "InvalidRequest", "The FULL_OBJECT checksum type cannot be used with the sha algorithms.");
  }
  if (type === "COMPOSITE" && algorithm === "CRC64NVME") {
    throw new Refusal(
      400,
      "InvalidRequest",
      "The COMPOSITE checksum type cannot be used with the crc64nvme algorithm.",
    );
  }
  const id = randomBytes(16).toString("hex");
  bucket.uploads.set(id, {
    id,
    key,
    headers: lasting(headers),
    type: type as FakeUpload["type"],
    ...(algorithm && { algorithm }),
    parts: new Map(),
  });
  const body = `${HEAD}<InitiateMultipartUploadResult ${NAMESPACE}>${tag("Bucket", bucket.name)}${tag("Key", key)}${tag("UploadId", id)}</InitiateMultipartUploadResult>`;
  const sums = { "x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": algorithm && type };
  return { status: 200, headers: { ...XML, ...encryptionOf(lasting(headers)), ...sums }, body };
}

export function uploadOf(bucket: Bucket, key: string, query: URLSearchParams): FakeUpload {
  const upload = bucket.uploads.get(query.get("uploadId") ?? "");
  if (upload?.key === key) return upload;
  throw new Refusal(
    404,
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
  );
}

function numberOf(query: URLSearchParams): number {
  const number = Number(query.get("partNumber"));
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  throw new Refusal(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
}

export function uploadPart(state: S3State, bucket: Bucket, key: string, { headers, body, query }: Arrived): Answer {
  const upload = uploadOf(bucket, key, query);
  const number = numberOf(query);
  const given = ALGORITHMS.find((name) => headers[headerOf(name)] !== undefined);
  if (upload.algorithm && given !== upload.algorithm) {
    const types = `expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${given?.toLowerCase() ?? "null"}`;
    throw new Refusal(400, "InvalidRequest", `Checksum Type mismatch occurred, ${types}`);
  }
  const etag = state.drops(key) ? randomBytes(16).toString("hex") : createHash("md5").update(body).digest("hex");
  const checksum = given && headers[headerOf(given)];
  upload.parts.set(number, { content: kept(state, key, body), etag, ...(checksum && { checksum }) });
  return {
    status: 200,
    headers: { etag: `"${etag}"`, ...encryptionOf(upload.headers), ...(given && { [headerOf(given)]: checksum }) },
  };
}

export function uploadPartCopy(state: S3State, bucket: Bucket, key: string, { headers, query }: Arrived): Answer {
  const upload = uploadOf(bucket, key, query);
  const number = numberOf(query);
  const { object } = sourceOf(state, headers);
  const content = copiedRange(object.content, headers["x-amz-copy-source-range"]);
  const checksum = upload.algorithm && checksumOf(upload.algorithm, content);
  const part = { content, etag: etagOf(content), ...(checksum && { checksum }) };
  upload.parts.set(number, part);
  const sum = upload.algorithm ? tag(`Checksum${upload.algorithm}`, checksum) : "";
  const body = `${HEAD}<CopyPartResult ${NAMESPACE}>${tag("LastModified", state.serverTime().toISOString())}${tag("ETag", `"${part.etag}"`)}${sum}</CopyPartResult>`;
  return { status: 200, headers: XML, body };
}

function copiedRange(content: Content, range: string | undefined): Content {
  if (range === undefined) return content;
  const match = /^bytes=(\d+)-(\d+)$/.exec(range);
  if (!match) {
    throw new Refusal(400, "InvalidArgument", "The x-amz-copy-source-range value must be of the form bytes=first-last");
  }
  const [start, end] = [Number(match[1]), Number(match[2]) + 1];
  if (content.size <= PART_FLOOR) {
    throw new Refusal(400, "InvalidRequest", "The specified copy source is not supported as a byte-range copy source");
  }
  if (start >= end || end > content.size) {
    throw new Refusal(
      400,
      "InvalidArgument",
      `Range specified is not valid for source object of size: ${content.size}`,
    );
  }
  if (end - start > 5 * 2 ** 30) throw new Refusal(400, "EntityTooLarge", "A part is 5 GiB at most");
  return slice(content, start, end);
}

export function completeUpload(state: S3State, bucket: Bucket, key: string, request: Arrived): Answer {
  const upload = uploadOf(bucket, key, request.query);
  const parts = chosenParts(upload, request.body.toString());
  const content = joined(parts.map((part) => part.content));
  const claimed = request.headers["x-amz-mp-object-size"];
  if (claimed !== undefined && Number(claimed) !== content.size) {
    throw new Refusal(
      400,
      "InvalidRequest",
      "The provided 'x-amz-mp-object-size' header value does not match what was computed",
    );
  }
  checkWrite(bucket, key, request.headers);
  const checksum = wholeChecksum(upload, parts, content, request.headers);
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, "hex")));
  const etag = `${createHash("md5").update(digests).digest("hex")}-${parts.length}`;
  const { headers } = upload;
  bucket.objects.set(key, {
    ...{ key, content, etag, headers, modified: state.serverTime(), storageClass: "STANDARD" },
    ...(checksum && { checksum }),
  });
  bucket.uploads.delete(upload.id);
  const sums = checksum
    ? tag(`Checksum${checksum.algorithm}`, checksum.value) + tag("ChecksumType", checksum.type)
    : "";
  const body = `${HEAD}<CompleteMultipartUploadResult ${NAMESPACE}>${tag("Bucket", bucket.name)}${tag("Key", key)}${tag("ETag", `"${etag}"`)}${sums}</CompleteMultipartUploadResult>`;
  return { status: 200, headers: { ...XML, ...encryptionOf(headers) }, body };
}

function chosenParts(upload: FakeUpload, xml: string): readonly FakePart[] {
  const listed = [...xml.matchAll(/<Part>([\s\S]*?)<\/Part>/g)].map((match) => match[1]!);
  if (listed.length === 0) throw new Refusal(400, "MalformedXML", "The XML you provided was not well-formed");
  const numbers = listed.map((part) => Number(texts(part, "PartNumber")[0]));
  if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1]!)) {
    throw new Refusal(400, "InvalidPartOrder", "The list of parts was not in ascending order.");
  }
  return listed.map((part, index) => {
    const stored = upload.parts.get(numbers[index]!);
    const sum = upload.algorithm && texts(part, `Checksum${upload.algorithm}`)[0];
    if (!stored || texts(part, "ETag")[0]?.replaceAll('"', "") !== stored.etag || (sum && sum !== stored.checksum)) {
      throw new Refusal(400, "InvalidPart", "One or more of the specified parts could not be found.");
    }
    if (index < listed.length - 1 && stored.content.size < PART_FLOOR) {
      const extra = { ProposedSize: String(stored.content.size), MinSizeAllowed: String(PART_FLOOR) };
      throw new Refusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", extra);
    }
    if (upload.algorithm && upload.type === "COMPOSITE" && !sum) {
      const name = upload.algorithm.toLowerCase();
      throw new Refusal(
        400,
        "InvalidRequest",
        `The upload was created using a ${name} checksum. The complete request must include the checksum for each part. It was missing for part ${numbers[index]} in the request.`,
      );
    }
    return stored;
  });
}

function wholeChecksum(
  { algorithm, type }: FakeUpload,
  parts: readonly FakePart[],
  content: Content,
  headers: Readonly<Record<string, string>>,
) {
  if (!algorithm) return undefined;
  const given = headers[headerOf(algorithm)];
  const dropped = content.size > 2 ** 28 && given === undefined; // summing it would take longer than the test
  if (dropped) return undefined;
  const value =
    type === "COMPOSITE"
      ? compositeOf(
          algorithm,
          parts.map(({ checksum }) => checksum!),
        )
      : checksumOf(algorithm, content);
  if (given !== undefined && given !== value && given !== value.replace(/-\d+$/, "")) {
    throw new Refusal(400, "BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return { algorithm, type, value } as const;
}

export function abortUpload(bucket: Bucket, key: string, query: URLSearchParams): Answer {
  bucket.uploads.delete(uploadOf(bucket, key, query).id);
  return { status: 204 };
}
