import { MaskingError } from "../src/errors.ts";
import { once } from "../src/stream.ts";
import type { ObjectStore, StoredObject } from "../src/types.ts";
import { type Address, addressOf, copySource, objectAt, uriOf } from "./s3/address.ts";
import { type S3Access, type S3Options, s3Access } from "./s3/client.ts";
import { lookFirst, proveConditions } from "./s3/conditions.ts";
import { headObject } from "./s3/head.ts";
import { listObjects } from "./s3/listing.ts";
import { etagOf, readObject } from "./s3/reader.ts";
import { sourceOwner } from "./s3/upload.ts";
import { writeObject } from "./s3/writer.ts";

export type { S3Options } from "./s3/client.ts";

/** Up to this size an object moves by one request; a larger one by parts that S3 copies at once (its limit is 5 GiB). */
const ONE_COPY = 512 << 20;

/**
 * Buckets of S3, or of a store that speaks its protocol, as an object store. A URI is `s3://bucket/key`, the key as it
 * is, or `s3://<access point's ARN>/key`. The AWS client is loaded by the first request.
 *
 * A piece to copy must be of a URI that this store reads: S3 copies runs larger than 5 MiB by itself, others are read
 * and written here. `sha256` is there where all bytes passed through. A store that is not S3 itself is asked once to
 * break a condition of a write: STORE_REFUSED where it does, unless the options say that it may.
 */
export function s3Store(options: S3Options = {}): ObjectStore {
  const access = s3Access(options);
  const proven = new Set<string>();
  const write: ObjectStore["write"] = async (uri, pieces, conditions) => {
    const address = objectAt(uri);
    if (conditions && options.conditionalWrites === false) {
      await lookFirst(access, address, conditions);
      return writeObject(access, address, pieces);
    }
    const stored = await writeObject(access, address, pieces, conditions);
    if (conditions?.ifNoneMatch && !access.genuine && !proven.has(address.bucket)) {
      await proveConditions(access, address);
      proven.add(address.bucket);
    }
    return stored;
  };
  return {
    name: "s3",
    async *list(prefix) {
      yield* listObjects(access, addressOf(prefix));
    },
    async head(uri) {
      const address = addressOf(uri);
      const found = address.key === "" ? undefined : await headObject(access, address);
      return found && { uri, size: found.size, etag: found.etag };
    },
    async *read(uri, { range, ifMatch } = {}) {
      yield* readObject(access, objectAt(uri), range, ifMatch);
    },
    write,
    copy: async (from, to) => copyObject(access, objectAt(from), objectAt(to)),
    async move(from, to) {
      const moved = await copyObject(access, objectAt(from), objectAt(to));
      if (from !== to) await removeObject(access, objectAt(from));
      return moved;
    },
    remove: async (uri) => removeObject(access, objectAt(uri)),
  };
}

async function copyObject(access: S3Access, from: Address, to: Address): Promise<StoredObject> {
  const source = await headObject(access, from);
  if (!source) throw new MaskingError("STORE_CONFLICT");
  const { size, etag } = source;
  if (source.uri === uriOf(to)) return { uri: source.uri, size, etag };
  if (size > ONE_COPY) return writeObject(access, to, once({ copy: { uri: source.uri, etag, start: 0, end: size } }));
  const { CopyObjectResult } = await access.ask(to.bucket, (s3) =>
    s3.copyObject({
      ...access.standing(to.bucket),
      ...access.encryption,
      ...sourceOwner(access, from),
      Key: to.key,
      CopySource: copySource(from),
      CopySourceIfMatch: `"${etag}"`,
    }),
  );
  return { uri: uriOf(to), size, etag: etagOf(CopyObjectResult?.ETag) };
}

async function removeObject(access: S3Access, { bucket, key }: Address): Promise<void> {
  await access.ask(bucket, (s3) => s3.deleteObject({ ...access.standing(bucket), Key: key }));
}
