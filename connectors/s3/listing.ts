import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import type { StoredObject } from "../../src/types.ts";
import { type Address, uriOf } from "./address.ts";
import type { S3Access } from "./client.ts";
import { unquoted } from "./reader.ts";

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
      const found = page.EncodingType === "url" ? decodeURIComponent(Key.replaceAll("+", " ")) : Key;
      if (!isBelow(found, key) || (Size === 0 && FOLDER.test(found))) continue;
      yield { uri: uriOf({ bucket, key: found }), size: Size, etag: unquoted(ETag) };
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** As on a disk: `a` has `a` and `a/b` below it, and not `ab`. */
function isBelow(key: string, prefix: string): boolean {
  return prefix === "" || prefix.endsWith("/") || key === prefix || key.startsWith(`${prefix}/`);
}
