/** The payload of a request: aws-chunked framing taken off, every checksum that came with it compared. */
import { createHash } from "node:crypto";
import { ALGORITHMS, checksumOf, headerOf } from "./checksums.ts";
import { held } from "./content.ts";
import { Refusal } from "./exchange.ts";

export interface Payload {
  readonly body: Buffer;
  /** Headers that followed the body. */
  readonly trailers: Readonly<Record<string, string>>;
}

/** Throws what S3 answers to a body that is not what its headers and trailers say. */
export function payloadOf(headers: Readonly<Record<string, string>>, wire: Buffer): Payload {
  const declared = headers["x-amz-content-sha256"];
  const payload = declared?.startsWith("STREAMING-") ? dechunked(headers, wire) : { body: wire, trailers: {} };
  if (declared && /^[0-9a-f]{64}$/.test(declared)) {
    const actual = createHash("sha256").update(payload.body).digest("hex");
    if (actual !== declared) {
      throw new Refusal(
        400,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
  }
  compare({ ...headers, ...payload.trailers }, payload.body);
  return payload;
}

/** `size[;extension]CRLF bytes CRLF ... 0CRLF trailer:valueCRLF CRLF` */
function dechunked(headers: Readonly<Record<string, string>>, wire: Buffer): Payload {
  if (headers["x-amz-content-sha256"] !== "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    throw new Refusal(501, "NotImplemented", "Signed chunks are not part of this fake");
  }
  if (!headers["content-encoding"]?.split(/, */).includes("aws-chunked")) {
    throw new Refusal(400, "InvalidRequest", "A streaming payload must be aws-chunked");
  }
  const chunks: Buffer[] = [];
  let at = 0;
  const line = () => {
    const end = wire.indexOf("\r\n", at);
    if (end < 0) throw new Refusal(400, "IncompleteBody", "The request body terminated unexpectedly");
    const text = wire.toString("latin1", at, end);
    at = end + 2;
    return text;
  };
  for (let size = chunkSize(line()); size > 0; size = chunkSize(line())) {
    chunks.push(wire.subarray(at, at + size));
    at += size;
    if (line() !== "") throw new Refusal(400, "InvalidChunkSizeError", "A chunk does not end where it said");
  }
  const trailers: Record<string, string> = {};
  for (let text = line(); text !== ""; text = line()) {
    const colon = text.indexOf(":");
    trailers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
  }
  const body = Buffer.concat(chunks);
  if (body.length !== Number(headers["x-amz-decoded-content-length"])) {
    throw new Refusal(400, "IncompleteBody", "You did not provide the number of bytes specified");
  }
  for (const name of (headers["x-amz-trailer"] ?? "").split(",").filter(Boolean)) {
    if (!(name.trim() in trailers)) throw new Refusal(400, "MalformedTrailerError", "A trailer is missing");
  }
  return { body, trailers };
}

function chunkSize(text: string): number {
  const size = Number.parseInt(text.split(";")[0]!, 16);
  if (!Number.isInteger(size)) throw new Refusal(400, "InvalidChunkSizeError", "A chunk has no size");
  return size;
}

function compare(headers: Readonly<Record<string, string>>, body: Buffer): void {
  for (const algorithm of ALGORITHMS) {
    const given = headers[headerOf(algorithm)];
    // On completion of an upload, and on its creation, such a header speaks of the object and not of the body.
    if (given === undefined || headers["x-amz-checksum-type"] !== undefined) continue;
    if (given !== checksumOf(algorithm, held(body))) {
      throw new Refusal(400, "BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
    }
  }
  const md5 = headers["content-md5"];
  if (md5 !== undefined && md5 !== createHash("md5").update(body).digest("base64")) {
    throw new Refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
}
