/** ListObjectsV2, ListMultipartUploads, ListParts: pages in the order of UTF-8 bytes. */
import { type Answer, type Arrived, Refusal } from "../exchange.ts";
import { HEAD, NAMESPACE, tag } from "../xml.ts";
import type { Bucket, S3State } from "./bucket.ts";
import { uploadOf } from "./multipart.ts";

const XML = { "content-type": "application/xml" };

/** As a browser's form encodes it: a space is a plus sign. Slashes stay. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text).replace(/%20/g, "+").replace(/%2F/g, "/");
}

export function listObjects(state: S3State, bucket: Bucket, { query }: Arrived): Answer {
  if (query.get("list-type") !== "2") throw new Refusal(501, "NotImplemented", "Only the second version is here");
  const token = query.get("continuation-token");
  const after = token ? Buffer.from(token, "base64").toString() : (query.get("start-after") ?? "");
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const asked = Number(query.get("max-keys") ?? 1000);
  const limit = Math.min(asked, 1000, state.pageSize);
  const encode = query.get("encoding-type") === "url" ? urlEncoded : (text: string) => text;

  const entries: string[] = [];
  let last = "";
  let more = false;
  for (const key of sortedKeys(bucket)) {
    if (!key.startsWith(prefix) || Buffer.compare(Buffer.from(key), Buffer.from(after)) <= 0) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const folder = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    if (folder !== undefined && (last.startsWith(folder) || after.startsWith(folder))) continue;
    if (entries.length === limit) {
      more = true;
      break;
    }
    last = folder ?? key;
    const { content, etag, modified, storageClass } = bucket.objects.get(key)!;
    entries.push(
      folder !== undefined
        ? `<CommonPrefixes>${tag("Prefix", encode(folder))}</CommonPrefixes>`
        : `<Contents>${tag("Key", encode(key))}${tag("LastModified", modified.toISOString())}${tag("ETag", `"${etag}"`)}${tag("Size", content.size)}${tag("StorageClass", storageClass)}</Contents>`,
    );
  }
  const next = more ? tag("NextContinuationToken", Buffer.from(last).toString("base64")) : "";
  const about = `${tag("Name", bucket.name)}${tag("Prefix", encode(prefix))}${tag("KeyCount", entries.length)}${tag("MaxKeys", asked)}${tag("IsTruncated", more)}${tag("EncodingType", query.get("encoding-type") ?? undefined)}`;
  const body = `${HEAD}<ListBucketResult ${NAMESPACE}>${about}${next}${entries.join("")}</ListBucketResult>`;
  return { status: 200, headers: XML, body: state.listed(body) };
}

const sorted = new WeakMap<Bucket, { readonly count: number; readonly keys: readonly string[] }>();

function sortedKeys(bucket: Bucket): readonly string[] {
  const known = sorted.get(bucket);
  if (known && known.count === bucket.objects.size && known.keys.every((key) => bucket.objects.has(key)))
    return known.keys;
  const keys = [...bucket.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  sorted.set(bucket, { count: keys.length, keys });
  return keys;
}

export function listUploads(bucket: Bucket, { query }: Arrived): Answer {
  const found = [...bucket.uploads.values()].filter(({ key }) => key.startsWith(query.get("prefix") ?? ""));
  const entries = found.map(({ key, id }) => `<Upload>${tag("Key", key)}${tag("UploadId", id)}</Upload>`);
  const about = `${tag("Bucket", bucket.name)}${tag("IsTruncated", false)}`;
  const body = `${HEAD}<ListMultipartUploadsResult ${NAMESPACE}>${about}${entries.join("")}</ListMultipartUploadsResult>`;
  return { status: 200, headers: XML, body };
}

export function listParts(bucket: Bucket, key: string, { query }: Arrived): Answer {
  const upload = uploadOf(bucket, key, query);
  const entries = [...upload.parts.entries()]
    .sort(([a], [b]) => a - b)
    .map(
      ([number, { etag, content }]) =>
        `<Part>${tag("PartNumber", number)}${tag("ETag", `"${etag}"`)}${tag("Size", content.size)}</Part>`,
    );
  const about = `${tag("Bucket", bucket.name)}${tag("Key", key)}${tag("UploadId", upload.id)}${tag("IsTruncated", false)}`;
  return {
    status: 200,
    headers: XML,
    body: `${HEAD}<ListPartsResult ${NAMESPACE}>${about}${entries.join("")}</ListPartsResult>`,
  };
}
