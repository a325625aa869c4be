/** The object that a copy names by its headers. */
import { Refusal } from "../exchange.ts";
import { type Bucket, bucketOf, checkMatch, type FakeObject, objectOf, type S3State } from "./bucket.ts";

export interface CopySource {
  readonly bucket: Bucket;
  readonly object: FakeObject;
}

/** Throws what S3 answers where the source is not there, denied, of another owner, or not as the condition has it. */
export function sourceOf(state: S3State, headers: Readonly<Record<string, string>>): CopySource {
  const [path] = (headers["x-amz-copy-source"] ?? "").replace(/^\//, "").split("?");
  const decoded = decodeURIComponent(path!);
  const access = /^arn:aws:s3:[^:]*:(\d+):accesspoint\/([^/]+)\/object\/(.*)$/.exec(decoded);
  const slash = decoded.indexOf("/");
  const bucket = bucketOf(state, access ? `${access[2]}-${access[1]}` : decoded.slice(0, slash));
  const key = access ? access[3]! : decoded.slice(slash + 1);
  const owner = headers["x-amz-source-expected-bucket-owner"];
  const denied = state.denies("GetObject", bucket.name, key) || (owner !== undefined && owner !== bucket.owner);
  if (denied || (bucket.requesterPays && headers["x-amz-request-payer"] !== "requester")) {
    throw new Refusal(403, "AccessDenied", "Access Denied");
  }
  const object = objectOf(bucket, key);
  if (!state.lenient) checkMatch(headers["x-amz-copy-source-if-match"], object.etag, "x-amz-copy-source-If-Match");
  return { bucket, object };
}
