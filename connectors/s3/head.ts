import { MaskingError } from "../../src/errors.ts";
import type { StoredObject } from "../../src/types.ts";
import { type Address, uriOf } from "./address.ts";
import type { S3Access } from "./client.ts";
import { unquoted } from "./reader.ts";

/** An object as it stands, with what its writer said of it. */
export interface Head extends StoredObject {
  readonly metadata: Readonly<Record<string, string>>;
}

/** The object at an address; undefined where there is none. */
export async function headObject(access: S3Access, address: Address): Promise<Head | undefined> {
  const { bucket, key } = address;
  const found = await access
    .ask(bucket, (s3) => s3.headObject({ ...access.standing(bucket), Key: key }))
    .catch((error: unknown) => {
      if (error instanceof MaskingError && error.code === "STORE_CONFLICT") return undefined; // 404
      throw error;
    });
  if (!found) return undefined;
  const { ContentLength: size = 0, ETag, Metadata: metadata = {} } = found;
  return { uri: uriOf(address), size, etag: unquoted(ETag), metadata };
}
