import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type S3Options, s3Store } from "../../connectors/s3.ts";
import { MaskingError } from "../../src/errors.ts";
import { takeLock } from "../../src/lock.ts";
import { bytesOf, collect, once } from "../../src/stream.ts";
import { objectStoreContract } from "../contracts/object-store.ts";
import { held } from "../fakes/aws/content.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";

/** Stores of other authors that speak S3's protocol, each in a way of its own. */
const s3 = fakeS3();
let server: AwsServer;
beforeAll(async () => {
  server = await awsServer([s3]);
});
afterAll(() => server.close());
beforeEach(() => {
  s3.state.buckets.clear();
  Object.assign(s3.state, {
    pageSize: 1000,
    ignores: [],
    listed: (xml: string) => xml,
    tagged: (etag: string) => etag,
  });
  s3.addBucket("b");
  server.faults.clear();
  server.record.clear();
});

const store = (options: S3Options = {}) =>
  s3Store({
    endpoint: server.endpoint,
    credentials: CALLER,
    retries: { attempts: 2, baseMs: 1, capMs: 2 },
    ...options,
  });
const text = (value: string) => once(new TextEncoder().encode(value));
const put = (key: string, value: string) => s3.addObject("b", key, held(Buffer.from(value)));
const listed = async () => (await collect(store().list("s3://b/"))).map(({ uri }) => uri.slice("s3://b/".length));
const thrown = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => (error instanceof MaskingError ? [error.code, error.place.expected] : String(error)),
  );

objectStoreContract(
  "s3Store on a store without conditional writes",
  async () => {
    s3.state.ignores = ["if-match", "if-none-match"];
    return { store: store({ conditionalWrites: false }), root: "s3://b/" };
  },
  { atomic: false },
);

describe("a list", () => {
  beforeEach(() => {
    put("a b%.csv", "1");
    put("é/+.csv", "2");
  });

  it.each<[string, (xml: string) => string]>([
    ["as S3 writes it", (xml) => xml],
    ["without a count of its keys", (xml) => xml.replace(/<KeyCount>.*?<\/KeyCount>/, "")],
    ["without the mark that it ends", (xml) => xml.replace(/<IsTruncated>.*?<\/IsTruncated>/, "")],
    ["with bare etags", (xml) => xml.replaceAll("&quot;", "").replace(/<ETag>"(.*?)"/g, "<ETag>$1")],
    ["with spaces as %20", (xml) => xml.replaceAll("a+b", "a%20b")],
    [
      "with keys as they are, and no word of their encoding",
      (xml) => decodeURIComponent(xml.replaceAll("a+b", "a b")).replace(/<EncodingType>.*?<\/EncodingType>/, ""),
    ],
  ])("%s has every key", async (_, change) => {
    s3.state.listed = change;
    expect(await listed()).toEqual(["a b%.csv", "é/+.csv"]);
  });

  it("takes a key as it stands that cannot have been encoded, whatever is said of it", async () => {
    s3.state.listed = (xml) => xml.replace("a+b%25.csv", "50%.csv");
    expect(await listed()).toContain("50%.csv");
  });

  it.each<[string, (xml: string) => string]>([
    [
      "says that there is more and does not say how to ask",
      (xml) => xml.replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/, ""),
    ],
    [
      "gives the same page for ever",
      (xml) =>
        xml
          .replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/, "")
          .replace(/<IsTruncated>.*?<\/IsTruncated>/, "<IsTruncated>true</IsTruncated>")
          .replace("</ListBucketResult>", "<NextContinuationToken>eA==</NextContinuationToken></ListBucketResult>"),
    ],
  ])("that %s is refused: files would be missed", async (_, change) => {
    s3.state.pageSize = 1;
    s3.state.listed = change;
    expect(await thrown(listed())).toEqual(["STORE_REFUSED", "a store that lists page by page"]);
  });
});

describe("etags", () => {
  it.each<[string, (etag: string) => string]>([
    ["bare", (etag) => etag.replaceAll('"', "")],
    ["weak", (etag) => `W/${etag}`],
  ])("that are %s are those of the object", async (_, tagged) => {
    put("a", "content");
    const { etag } = (await store().head("s3://b/a"))!;
    s3.state.tagged = tagged;
    expect((await store().head("s3://b/a"))!.etag).toBe(etag);
    expect((await bytesOf(store().read("s3://b/a", { ifMatch: etag }))).toString()).toBe("content");
  });

  it("must be told: nothing else says that an object changed", async () => {
    put("a", "content");
    s3.state.tagged = () => undefined;
    s3.state.listed = (xml) => xml.replace(/<ETag>.*?<\/ETag>/g, "");
    for (const asking of [store().head("s3://b/a"), listed(), bytesOf(store().read("s3://b/a"))]) {
      expect(await thrown(asking)).toEqual(["STORE_REFUSED", "a store that tells etags"]);
    }
  });

  it("of another version stop a read where the store passes over its condition", async () => {
    put("a", "content");
    s3.state.ignores = ["if-match"];
    expect(await thrown(bytesOf(store().read("s3://b/a", { ifMatch: "0".repeat(32) })))).toEqual([
      "STORE_CONFLICT",
      undefined,
    ]);
  });
});

describe("conditional writes", () => {
  const never = new AbortController().signal;
  it.each([
    ["if-none-match", "IfNoneMatch"],
    ["if-match", "IfMatch"],
  ])("that pass over %s are refused, so that no two runs hold one target", async (header, member) => {
    s3.state.ignores = [header];
    const holding = takeLock({ store: store(), uri: "s3://b/lock", runId: "run", signal: never });
    const expected = `a store that minds ${member} of a write, or aws.conditional_writes: false where no two runs meet`;
    expect(await thrown(holding)).toEqual(["STORE_REFUSED", expected]);
    expect(s3.bytes("b", "lock")).toBeUndefined();
  });

  it("are neither asked for nor proven where the job says that there are none", async () => {
    s3.state.ignores = ["if-match", "if-none-match"];
    const one = store({ conditionalWrites: false });
    const hold = await takeLock({ store: one, uri: "s3://b/lock", runId: "run", signal: never, lease: 600 });
    const late = takeLock({ store: one, uri: "s3://b/lock", runId: "late", signal: never, lease: 60_000 });
    expect(await thrown(late)).toEqual(["TARGET_BUSY", undefined]);
    const written = server.record.of("PutObject");
    expect(written.filter(({ headers }) => headers["if-none-match"] ?? headers["if-match"])).toEqual([]);
    await hold.release();
  });

  it("are proven once a bucket, and leave what was written", async () => {
    const one = store();
    for (const key of ["a", "c"]) await one.write(`s3://b/${key}`, text(key), { ifNoneMatch: "*" });
    expect(server.record.of("PutObject")).toHaveLength(4);
    expect(s3.bytes("b", "a")!.toString()).toBe("a");
    expect(await thrown(one.write("s3://b/a", text("x"), { ifNoneMatch: "*" }))).toEqual(["STORE_CONFLICT", undefined]);
  });

  it("that a store does not know are refused in words", async () => {
    s3.state.listed = (xml) => xml;
    server.faults.add({ kind: "not-implemented", operations: ["PutObject"] });
    const [code, expected] = (await thrown(store().write("s3://b/a", text("x"), { ifNoneMatch: "*" }))) as string[];
    expect([code, expected]).toEqual(["STORE_REFUSED", expect.stringContaining("conditional writes")]);
  });
});
