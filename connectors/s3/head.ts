import { MaskingError } from "../../src/errors.ts";
import type { StoredObject } from "../../src/types.ts";
import { type Address, uriOf } from "./address.ts";
import type { S3Access } from "./client.ts";
import { etagOf } from "./reader.ts";

/** An object as it stands, with what its writer said of it. */
export interface Head extends StoredObject {
  readonly metadata: Readonly<Record<string, string>>;
}

/** The object at an address; undefined where there is none. */
export async function headObject(access: S3Access, address: Address): Promise<Head | undefined> {
  const { bucket, key } = address;
  const found = await access
    .ask(bucket, (s3) => s3.headObject({ ...access.standing(bucket), Key: key }))
    .catch(async (error: unknown) => {
      const { code } = error instanceof MaskingError ? error : {};
      if (code === "STORE_CONFLICT") return undefined; // 404
      if (code === "STORE_DENIED" && (await isUnlisted(access, address))) return undefined;
      throw error;
    });
  if (!found) return undefined;
  const { ContentLength: size = 0, ETag, Metadata: metadata = {} } = found;
  return { uri: uriOf(address), size, etag: etagOf(ETag), metadata };
}

/**
 * Whether a list says that there is no such object. S3 answers 403 for an object that is not there to who may list the
 * bucket only below a prefix, as a policy of least privilege has it.
 */
async function isUnlisted(access: S3Access, { bucket, key }: Address): Promise<boolean> {
  const request = { ...access.standing(bucket), Prefix: key, MaxKeys: 1 };
  const answer = await access.ask(bucket, (s3) => s3.listObjectsV2(request)).catch(() => undefined);
  return answer !== undefined && answer.Contents?.[0]?.Key !== key;
}
