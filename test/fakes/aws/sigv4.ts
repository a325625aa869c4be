/** Signature Version 4 as a service checks it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { Refusal } from "./exchange.ts";

/** A caller that the fake knows. */
export interface Caller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Signed {
  readonly service: string;
  readonly region: string;
}

export interface Unverified {
  readonly method: string;
  readonly path: string;
  /** As sent, without the question mark. */
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came over the wire; its hash is signed unless a header gives one. */
  readonly body: Buffer;
}

const SKEW_MS = 15 * 60_000;
const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** The service and region that a request says it is signed for; undefined where it is not signed. */
export function scopeOf(headers: Readonly<Record<string, string>>): Signed | undefined {
  const match = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers["authorization"] ?? "");
  return match ? { region: match[1]!, service: match[2]! } : undefined;
}

/** Throws the refusal that AWS gives: no or unknown credentials, an old token, a clock far off, a wrong signature. */
export function verify(request: Unverified, callers: readonly Caller[], now: Date): Signed {
  const { headers } = request;
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers["authorization"] ?? "",
    );
  if (!match) throw new Refusal(403, "AccessDenied", "Access Denied");
  const [, accessKeyId, day, region, service, signedHeaders, signature] = match as unknown as string[];
  const caller = callers.find((known) => known.accessKeyId === accessKeyId);
  if (!caller) {
    throw new Refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  }
  if ((headers["x-amz-security-token"] ?? undefined) !== caller.sessionToken) {
    throw new Refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  const stamp = headers["x-amz-date"] ?? "";
  checkClock(stamp, day!, now);
  checkSignedHeaders(headers, signedHeaders!.split(";"));
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical(request, signedHeaders!))].join("\n");
  const key = hmac(hmac(hmac(hmac(`AWS4${caller.secretAccessKey}`, day!), region!), service!), "aws4_request");
  if (!timingSafeEqual(hmac(key, toSign), Buffer.from(signature!, "hex"))) {
    throw new Refusal(
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    );
  }
  return { region: region!, service: service! };
}

function checkClock(stamp: string, day: string, now: Date): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
  if (!parts || !stamp.startsWith(day)) throw new Refusal(403, "AccessDenied", "AWS authentication requires a date");
  const [year, month, date, hours, minutes, seconds] = parts.slice(1).map(Number) as number[];
  const at = Date.UTC(year!, month! - 1, date, hours, minutes, seconds);
  if (Math.abs(at - now.getTime()) > SKEW_MS) {
    throw new Refusal(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
    );
  }
}

/** Host and every x-amz header must be among the signed ones. */
function checkSignedHeaders(headers: Readonly<Record<string, string>>, signed: readonly string[]): void {
  const required = Object.keys(headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  if (!signed.includes("host") || required.some((name) => !signed.includes(name))) {
    throw new Refusal(403, "AccessDenied", "There were headers present in the request which were not signed");
  }
}

function canonical({ method, path, search, headers, body }: Unverified, signed: string): string {
  const query = search
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => (pair.includes("=") ? pair : `${pair}=`))
    .sort()
    .join("&");
  const lines = signed.split(";").map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}\n`);
  const payload = headers["x-amz-content-sha256"] ?? sha256(body);
  return [method, path, query, lines.join(""), signed, payload].join("\n");
}
