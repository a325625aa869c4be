import { MaskingError } from "../../src/errors.ts";

/** Where an object or a prefix is. */
export interface Address {
  /** A bucket's name, an access point's alias or its ARN. */
  readonly bucket: string;
  readonly key: string;
}

/** `arn:partition:s3:region:account:accesspoint/name`, or one of S3 on Outposts. */
const ACCESS_POINT =
  /^(arn:[\w-]+:(?:s3|s3-outposts|s3-object-lambda):[\w-]+:\d{12}:(?:outpost\/[\w-]+\/)?accesspoint\/[\w.-]+)(?:\/(.*))?$/s;

/**
 * The address that a URI names: `s3://bucket/key` or `s3://<access point's ARN>/key`, the key as it is, with nothing
 * percent-encoded. Throws STORE_REFUSED for a URI of another kind.
 */
export function addressOf(uri: string): Address {
  const path = /^s3:\/\/(.+)$/s.exec(uri)?.[1];
  if (path === undefined) throw new MaskingError("STORE_REFUSED", { expected: "a URI s3://bucket/key" });
  const arn = ACCESS_POINT.exec(path);
  if (arn) return { bucket: arn[1]!, key: arn[2] ?? "" };
  // A multi-region access point wants SigV4a, whose signer is a native package of its own.
  if (isArn(path)) throw new MaskingError("STORE_REFUSED", { expected: "an access point of one region" });
  const slash = path.indexOf("/");
  return slash < 0 ? { bucket: path, key: "" } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

/** The address of one object. Throws STORE_REFUSED where the URI names a whole bucket. */
export function objectAt(uri: string): Address {
  const address = addressOf(uri);
  if (address.key === "") throw new MaskingError("STORE_REFUSED", { expected: "a URI s3://bucket/key" });
  return address;
}

export function uriOf({ bucket, key }: Address): string {
  return `s3://${bucket}/${key}`;
}

/**
 * The address as the header of a copy takes it. Folders such as `region=north` stay readable: stores like S3 take them
 * as they are, and not all of them decode.
 */
export function copySource({ bucket, key }: Address): string {
  const path = isArn(bucket) ? `${bucket}/object/${key}` : `${bucket}/${key}`;
  return path
    .split("/")
    .map((part) => encodeURIComponent(part).replaceAll("%3D", "="))
    .join("/");
}

export function isArn(bucket: string): boolean {
  return bucket.startsWith("arn:");
}
