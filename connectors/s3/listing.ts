import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { MaskingError } from "../../src/errors.ts";
import type { StoredObject } from "../../src/types.ts";
import { type Address, uriOf } from "./address.ts";
import type { S3Access } from "./client.ts";
import { etagOf } from "./reader.ts";

/** Names that consoles and Hadoop give to empty objects in place of folders. */
const FOLDER = /(\/|_\$folder\$)$/;

/**
 * The objects below an address, in order of their keys by code unit. S3 lists by bytes of UTF-8, which is another
 * order only among keys with characters from U+D800 on: neighbours of that kind are sorted anew.
 */
export async function* listObjects(access: S3Access, address: Address): AsyncGenerator<StoredObject, void, undefined> {
  let high: StoredObject[] = [];
  for await (const object of inOrderOfBytes(access, address)) {
    if (/[\ud800-\uffff]/.test(object.uri)) high.push(object);
    else {
      yield* high.sort(byUri);
      high = [];
      yield object;
    }
  }
  yield* high.sort(byUri);
}

function byUri(a: StoredObject, b: StoredObject): number {
  return a.uri < b.uri ? -1 : 1;
}

async function* inOrderOfBytes(
  access: S3Access,
  { bucket, key }: Address,
): AsyncGenerator<StoredObject, void, undefined> {
  let token: string | undefined;
  const seen = new Set<string>();
  do {
    const page: ListObjectsV2CommandOutput = await access.ask(bucket, (s3) =>
      s3.listObjectsV2({
        ...access.standing(bucket),
        Prefix: key,
        EncodingType: "url", // keys may hold what XML cannot
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    for (const { Key = "", Size = 0, ETag } of page.Contents ?? []) {
      const found = page.EncodingType === "url" ? decoded(Key) : Key;
      if (!isBelow(found, key) || (Size === 0 && FOLDER.test(found))) continue;
      yield { uri: uriOf({ bucket, key: found }), size: Size, etag: etagOf(ETag) };
    }
    token = page.IsTruncated ? nextOf(page, seen) : undefined;
  } while (token !== undefined);
}

/** A key that was not encoded though the answer says so is taken as it stands. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}

/** Throws STORE_REFUSED where a store says that there is more, and gives no way to ask for it: files would be missed. */
function nextOf({ NextContinuationToken: token = "" }: ListObjectsV2CommandOutput, seen: Set<string>): string {
  if (token === "" || seen.has(token)) {
    throw new MaskingError("STORE_REFUSED", { expected: "a store that lists page by page" });
  }
  seen.add(token);
  return token;
}

/** As on a disk: `a` has `a` and `a/b` below it, and not `ab`. */
function isBelow(key: string, prefix: string): boolean {
  return prefix === "" || prefix.endsWith("/") || key === prefix || key.startsWith(`${prefix}/`);
}
