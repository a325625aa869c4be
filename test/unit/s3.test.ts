import dns from "node:dns";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { addressOf, copySource, uriOf } from "../../connectors/s3/address.ts";
import { partSize } from "../../connectors/s3/upload.ts";
import type { S3Options } from "../../connectors/s3.ts";
import { s3Store } from "../../connectors/s3.ts";
import { MaskingError } from "../../src/errors.ts";
import { bytesOf, collect, once } from "../../src/stream.ts";
import type { Piece } from "../../src/types.ts";
import { objectStoreContract } from "../contracts/object-store.ts";
import { generated, held } from "../fakes/aws/content.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";

const MIB = 1 << 20;
const s3 = fakeS3();
let server: AwsServer;

beforeAll(async () => {
  server = await awsServer([s3]);
});
afterAll(() => server.close());
beforeEach(() => {
  s3.state.buckets.clear();
  s3.state.pageSize = 1000;
  s3.state.denies = () => false;
  s3.state.lenient = false;
  Object.assign(s3.state, { ignores: [], listed: (xml: string) => xml, tagged: (etag: string) => etag });
  s3.addBucket("b");
  server.faults.clear();
  server.record.clear();
});
afterEach(() => {
  expect(s3.openUploads(), "uploads left behind").toBe(0);
  vi.restoreAllMocks();
});

const RETRIES = { attempts: 3, baseMs: 1, capMs: 5 };
const store = (options: S3Options = {}) =>
  s3Store({ endpoint: server.endpoint, credentials: CALLER, retries: RETRIES, ...options });
const text = (value: string) => new TextEncoder().encode(value);
async function* pieces(...all: readonly Piece[]): AsyncGenerator<Piece, void, undefined> {
  yield* all;
}
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: unknown) => (error instanceof MaskingError ? error.code : `not ours: ${String(error)}`),
  );
const ranges = () => server.record.of("GetObject").map(({ headers }) => headers["range"]);

/** Sends every name to the loopback interface, so that a host of AWS's own is the fake. */
function resolveHere(): void {
  const lookup = (_: string, options: { all?: boolean }, done: (error: null, ...found: unknown[]) => void) =>
    options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
  vi.spyOn(dns, "lookup").mockImplementation(lookup as unknown as typeof dns.lookup);
}

objectStoreContract("s3Store on a compatible store", async () => {
  s3.state.pageSize = 3;
  return { store: store(), root: "s3://b/" };
});

objectStoreContract("s3Store on S3 itself, below a prefix", async () => {
  resolveHere();
  return {
    store: store({ endpoint: `http://s3.us-east-1.amazonaws.com:${server.port}` }),
    root: "s3://b/some/prefix/",
  };
});

describe("an address", () => {
  it.each([
    ["s3://b/key", "b", "key"],
    ["s3://b", "b", ""],
    ["s3://b/", "b", ""],
    ["s3://b/a//b/%20 é", "b", "a//b/%20 é"],
    [
      "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/p/a/b",
      "arn:aws:s3:us-east-1:111122223333:accesspoint/p",
      "a/b",
    ],
    [
      "s3://arn:aws-us-gov:s3-outposts:us-gov-west-1:111122223333:outpost/op-1/accesspoint/p/k",
      "arn:aws-us-gov:s3-outposts:us-gov-west-1:111122223333:outpost/op-1/accesspoint/p",
      "k",
    ],
  ])("%s is read as bucket and key", (uri, bucket, key) => {
    expect(addressOf(uri)).toEqual({ bucket, key });
    expect(addressOf(uriOf({ bucket, key }))).toEqual({ bucket, key });
  });

  it("is refused for what has no signer, and for a bucket in place of an object", async () => {
    expect(() => addressOf("s3://arn:aws:s3::111122223333:accesspoint/m.mrap/k")).toThrow("one region");
    expect(await store().head("s3://b")).toBeUndefined();
    expect(await code(store().write("s3://b/", once(text("1"))))).toBe("STORE_REFUSED");
    expect(await code(bytesOf(store().read("s3://b")))).toBe("STORE_REFUSED");
  });

  it.each(["", "b/key", "/b/key", "file:///b", "s3://", "S3:/b/k", "gs://b/k"])("%j is none", (uri) => {
    expect(() => addressOf(uri)).toThrow(MaskingError);
  });

  it("goes into a copy's header encoded", () => {
    expect(copySource({ bucket: "b", key: "r=1/a b/é+%" })).toBe("b/r=1/a%20b/%C3%A9%2B%25");
    const bucket = "arn:aws:s3:us-east-1:111122223333:accesspoint/p";
    expect(copySource({ bucket, key: "k" })).toBe(`${encodeURIComponent(bucket).replace("%2F", "/")}/object/k`);
  });
});

describe("s3Store reads", () => {
  it("small ranges by one request each, and only their bytes", async () => {
    s3.addObject(
      "b",
      "x",
      generated(100 * MIB, (bytes) => bytes.fill(1)),
    );
    const { etag } = (await store().head("s3://b/x"))!;
    await bytesOf(store().read("s3://b/x", { range: { start: 99 * MIB, end: 99 * MIB + 8 }, ifMatch: etag }));
    expect(ranges()).toEqual([`bytes=${99 * MIB}-${99 * MIB + 7}`]);
    expect(server.record.meter("GetObject")).toMatchObject({ calls: 1, bytesOut: 8 });
    expect(server.record.of("GetObject")[0]!.headers["if-match"]).toBe(`"${etag}"`);
  });

  it("and writes over connections that stay", async () => {
    s3.addObject(
      "b",
      "x",
      generated(60 * MIB, (bytes) => bytes.fill(1)),
    );
    const before = server.connections();
    await store().write("s3://b/y", store().read("s3://b/x"));
    expect(server.record.calls.length).toBeGreaterThan(15);
    expect(server.connections() - before).toBeLessThan(11);
  });

  it("little more than the head of a file whose reader stops there", async () => {
    s3.addObject(
      "b",
      "x",
      generated(100 * MIB, (bytes) => bytes.fill(1)),
    );
    for await (const _ of store().read("s3://b/x")) break;
    expect(server.record.meter("GetObject").bytesOut).toBeLessThan(9 * MIB);
  });

  it.each(["reset-body", "truncated", "stall-body"] as const)("on from the byte reached after %s", async (kind) => {
    const bytes = Buffer.from(Uint32Array.from({ length: MIB }, (_, index) => index).buffer);
    s3.addObject("b", "x", held(bytes));
    server.faults.add({ kind, operations: ["GetObject"], times: 1 }, { kind: "internal", times: 1, after: 1 });
    const timeouts = { connect: 1000, idle: 300, answer: 5000 };
    const read = Buffer.from(await bytesOf(store({ timeouts }).read("s3://b/x")));
    expect(read.equals(bytes)).toBe(true);
    const again = ranges()[1]!;
    expect(Number(/=(\d+)-/.exec(again)![1])).toBeGreaterThan(0);
    expect(server.record.of("GetObject")[1]!.headers["if-match"]).toBeDefined();
  });

  it("one version of an object, or none", async () => {
    s3.addObject(
      "b",
      "x",
      generated(40 * MIB, (bytes) => bytes.fill(1)),
    );
    const reading = async () => {
      let got = 0;
      for await (const chunk of store().read("s3://b/x")) {
        got += chunk.length;
        if (got === 2 * MIB)
          s3.addObject(
            "b",
            "x",
            generated(40 * MIB, (bytes) => bytes.fill(2)),
          );
      }
    };
    expect(await code(reading())).toBe("STORE_CONFLICT");
  });

  it("says where a range passes the end", async () => {
    await store().write("s3://b/x", once(text("0123456789")));
    const { etag } = (await store().head("s3://b/x"))!;
    for (const range of [
      { start: 8, end: 12 },
      { start: 10, end: 11 },
      { start: 50, end: 60 },
    ]) {
      expect(await code(bytesOf(store().read("s3://b/x", { range })))).toBe("INPUT_TRUNCATED");
      expect(await code(bytesOf(store().read("s3://b/x", { range, ifMatch: etag })))).toBe("INPUT_TRUNCATED");
    }
  });
});

describe("s3Store writes", () => {
  it("a small object by one request, a large one by parts that grow", async () => {
    await store().write("s3://b/small", once(Buffer.alloc(8 * MIB - 1)));
    expect(server.record.calls.map(({ operation }) => operation)).toEqual(["PutObject"]);
    await store().write("s3://b/large", once(Buffer.alloc(25 * MIB)));
    expect(
      server.record
        .of("UploadPart")
        .map(({ bytesIn }) => bytesIn)
        .sort((a, b) => b - a),
    ).toEqual([3, 2, 1].map(partSize).concat(25 * MIB - [3, 2, 1].map(partSize).reduce((sum, size) => sum + size)));
  });

  it("parts of 8 to 16 MiB up to 10 GB, and 10,000 of them hold more than 2 TiB", () => {
    const sizes = Array.from({ length: 10_000 }, (_, index) => partSize(index + 1));
    let [number, total] = [0, 0];
    while (total < 10e9) total += sizes[number++]!;
    expect(sizes[0]).toBe(8 * MIB);
    expect(sizes[number]).toBeLessThan(16 * MIB);
    expect(sizes.reduce((sum, size) => sum + size)).toBeGreaterThan(2 * 2 ** 40);
    expect(sizes.at(-1)).toBeLessThan(5 * 2 ** 30);
  });

  it("runs of a source that S3 copies: their bytes pass here only to fill the part before", async () => {
    s3.addObject(
      "b",
      "from",
      generated(600 * MIB, (bytes, offset) => bytes.fill(Math.floor(offset / MIB) & 255)),
    );
    const { uri, etag } = (await store().head("s3://b/from"))!;
    const run = (start: number, end: number): Piece => ({ copy: { uri, etag, start, end } });
    const masked = Buffer.alloc(MIB, "m");
    const written = await store().write(
      "s3://b/to",
      pieces(run(0, 200 * MIB), run(200 * MIB, 300 * MIB), masked, run(301 * MIB, 600 * MIB), text("footer")),
    );
    expect(written).toMatchObject({ size: 600 * MIB + 6 });
    expect(written).not.toHaveProperty("sha256");
    expect(server.record.meter("GetObject").bytesOut).toBe(4 * MIB);
    expect(server.record.meter("UploadPart").bytesIn).toBe(5 * MIB + 6);
    const copied = server.record.of("UploadPartCopy").map(({ headers }) => headers["x-amz-copy-source-range"]);
    expect(copied.sort()).toEqual(
      [`bytes=0-${150 * MIB - 1}`, `bytes=${150 * MIB}-${300 * MIB - 1}`]
        .concat([
          `bytes=${305 * MIB}-${305 * MIB + (295 * MIB) / 2 - 1}`,
          `bytes=${305 * MIB + (295 * MIB) / 2}-${600 * MIB - 1}`,
        ])
        .sort(),
    );
    for (const { headers } of server.record.of("UploadPartCopy")) {
      expect(headers["x-amz-copy-source-if-match"]).toBe(`"${etag}"`);
    }
    const bytes = async (start: number) =>
      (await bytesOf(store().read("s3://b/to", { range: { start, end: start + 1 } })))[0];
    expect([await bytes(299 * MIB), await bytes(300 * MIB), await bytes(301 * MIB), await bytes(599 * MIB)]).toEqual([
      299 & 255,
      109,
      301 & 255,
      599 & 255,
    ]);
  });

  it("nothing where the source of a run changed, or is denied", async () => {
    s3.addObject(
      "b",
      "from",
      generated(20 * MIB, (bytes) => bytes.fill(1)),
    );
    const run = (etag: string): Piece => ({ copy: { uri: "s3://b/from", etag, start: 0, end: 20 * MIB } });
    for (const lenient of [true, false]) {
      s3.state.lenient = lenient;
      expect(await code(store().write("s3://b/to", pieces(run("0"))))).toBe("STORE_CONFLICT");
    }
    const { etag } = (await store().head("s3://b/from"))!;
    s3.state.denies = (operation, _, key) => operation === "GetObject" && key === "from";
    expect(await code(store().write("s3://b/to", pieces(text("head"), run(etag))))).toBe("STORE_DENIED");
    expect(s3.bytes("b", "to")).toBeUndefined();
  });

  it.each(["CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload"])(
    "nothing where %s fails for good, and leaves no part",
    async (operation) => {
      s3.addObject(
        "b",
        "from",
        generated(20 * MIB, (bytes) => bytes.fill(1)),
      );
      const { etag } = (await store().head("s3://b/from"))!;
      const run: Piece = { copy: { uri: "s3://b/from", etag, start: 0, end: 20 * MIB } };
      server.faults.add({ kind: "internal", operations: [operation] });
      expect(await code(store().write("s3://b/to", pieces(Buffer.alloc(9 * MIB), run)))).toBe("STORE_FAILED");
      server.faults.clear();
      s3.state.denies = (name) => name === operation;
      expect(await code(store().write("s3://b/to", pieces(Buffer.alloc(9 * MIB), run)))).toBe("STORE_DENIED");
      expect(s3.bytes("b", "to")).toBeUndefined();
    },
  );

  it("no more of the pieces once a part has failed", async () => {
    server.faults.add({ kind: "internal", operations: ["UploadPart"] });
    let pulled = 0;
    const endless = async function* (): AsyncGenerator<Piece> {
      for (; pulled < 1000; pulled++) yield Buffer.alloc(MIB);
    };
    expect(await code(store().write("s3://b/x", endless()))).toBe("STORE_FAILED");
    expect(pulled).toBeLessThan(100);
  });

  it("under its condition though the answer was lost", async () => {
    const big = Buffer.alloc(9 * MIB, "x");
    server.faults.add({ kind: "lost", operations: ["PutObject"], times: 1 });
    server.faults.add({ kind: "lost", operations: ["CompleteMultipartUpload"], times: 1 });
    const small = await store().write("s3://b/small", once(text("1")), { ifNoneMatch: "*" });
    const large = await store().write("s3://b/large", once(big), { ifNoneMatch: "*" });
    expect(await store().head("s3://b/small")).toMatchObject({ etag: small.etag });
    expect(await store().head("s3://b/large")).toMatchObject({ etag: large.etag });
    expect(await code(store().write("s3://b/small", once(text("1")), { ifNoneMatch: "*" }))).toBe("STORE_CONFLICT");
    server.faults.add({ kind: "conflict", operations: ["PutObject"], times: 2 });
    expect(await code(store().write("s3://b/small", once(text("2")), { ifMatch: small.etag }))).toBe("ok");
  });

  it("once of many at the same time", async () => {
    const write = (size: number) => code(store().write("s3://b/x", once(Buffer.alloc(size)), { ifNoneMatch: "*" }));
    const outcomes = await Promise.all([1, 2, 3, 9 * MIB, 9 * MIB].map(write));
    expect(outcomes.sort()).toEqual([...Array(4).fill("STORE_CONFLICT"), "ok"]);
  });

  it("what a move makes, in parts above half a GiB", async () => {
    s3.addObject(
      "b",
      "from",
      generated(700 * MIB, (bytes) => bytes.fill(1)),
    );
    expect(await store().move("s3://b/from", "s3://b/to")).toMatchObject({ uri: "s3://b/to", size: 700 * MIB });
    expect(server.record.meter("UploadPartCopy").calls).toBe(3);
    expect(server.record.meter().bytesOut).toBeLessThan(10_000);
    expect([...s3.state.buckets.get("b")!.objects.keys()]).toEqual(["to"]);
  });

  it("no metadata of a source into a copy", async () => {
    s3.addObject(
      "b",
      "from",
      generated(20 * MIB, (bytes) => bytes.fill(1)),
    );
    const source = s3.state.buckets.get("b")!.objects.get("from")!;
    s3.state.buckets.get("b")!.objects.set("from", { ...source, headers: { "x-amz-meta-patient": "Ana" } });
    const copy = { uri: "s3://b/from", etag: source.etag, start: 0, end: 20 * MIB };
    await store().write("s3://b/to", once({ copy }));
    expect(JSON.stringify(s3.state.buckets.get("b")!.objects.get("to")!.headers)).not.toContain("Ana");
  });
});

describe("s3Store sends", () => {
  it("owner, payer and encryption wherever S3 takes them", async () => {
    s3.addBucket("paid", { requesterPays: true, owner: "999988887777" });
    const owners = { b: "111122223333", paid: "999988887777" };
    const ours = store({ expectedBucketOwner: owners, requesterPays: true, kmsKey: "alias/research" });
    const { uri, etag } = await ours.write("s3://paid/from", once(Buffer.alloc(20 * MIB)));
    await ours.write("s3://b/to", pieces({ copy: { uri, etag, start: 0, end: 20 * MIB } }));
    await ours.write("s3://b/small", once(text("1")));
    await bytesOf(ours.read("s3://b/to", { range: { start: 0, end: 5 } }));
    await collect(ours.list("s3://b/"));
    await ours.move("s3://b/small", "s3://paid/moved");
    for (const { operation, resource, headers } of server.record.calls) {
      const bucket = resource.split("/")[0] as "b" | "paid";
      expect(headers["x-amz-expected-bucket-owner"], operation).toBe(owners[bucket]);
      expect(headers["x-amz-request-payer"], operation).toBe("requester");
      expect(headers["user-agent"], operation).toContain("phimask");
    }
    for (const operation of ["PutObject", "CreateMultipartUpload", "CopyObject"]) {
      for (const { headers } of server.record.of(operation)) {
        expect(headers["x-amz-server-side-encryption"], operation).toBe("aws:kms");
        expect(headers["x-amz-server-side-encryption-aws-kms-key-id"]).toBe("alias/research");
        expect(headers["x-amz-server-side-encryption-bucket-key-enabled"]).toBe("true");
      }
    }
    const copies = [...server.record.of("UploadPartCopy"), ...server.record.of("CopyObject")];
    expect(copies.map(({ headers }) => headers["x-amz-source-expected-bucket-owner"])).toEqual([
      "999988887777",
      "111122223333",
    ]);
    const wrong = store({ expectedBucketOwner: "111122223333", requesterPays: true });
    expect(await code(wrong.head("s3://paid/moved"))).toBe("STORE_DENIED");
    expect(await code(store().head("s3://paid/moved"))).toBe("STORE_DENIED");
  });

  it("sums over the whole object to S3 itself", async () => {
    resolveHere();
    const genuine = store({ endpoint: `http://s3.us-east-1.amazonaws.com:${server.port}` });
    await genuine.write("s3://b/x", once(Buffer.alloc(9 * MIB)));
    expect(s3.state.buckets.get("b")!.objects.get("x")!.checksum).toMatchObject({
      algorithm: "CRC32",
      type: "FULL_OBJECT",
    });
    expect(server.record.of("CompleteMultipartUpload")[0]!.headers["x-amz-mp-object-size"]).toBe(String(9 * MIB));
  });

  it("requests for access points to their own hosts", async () => {
    resolveHere();
    s3.addBucket("point-111122223333", { region: "eu-west-1" });
    const root = "s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/point/";
    const there = store({ endpoint: `http://localhost:${server.port}` });
    const { uri, etag } = await there.write(`${root}a/x`, once(Buffer.alloc(6 * MIB, 1)));
    await there.write(`${root}y`, pieces({ copy: { uri, etag, start: 0, end: 6 * MIB } }));
    await there.move(`${root}y`, `${root}z`);
    expect((await collect(there.list(root))).map((object) => object.uri)).toEqual([`${root}a/x`, `${root}z`]);
    expect(s3.bytes("point-111122223333", "z")?.length).toBe(6 * MIB);
    expect(server.record.calls.filter(({ status }) => status === 301)).toEqual([]);
  });

  it("a bucket of another region what it wants", async () => {
    s3.addBucket("far", { region: "eu-west-1" });
    await store().write("s3://far/x", once(text("1")));
    expect(s3.bytes("far", "x")?.toString()).toBe("1");
  });
});

describe("s3Store lists", () => {
  it("objects over pages, and no marks of folders", async () => {
    s3.state.pageSize = 2;
    for (const key of ["p/", "p/a/", "p/a/1", "p/b_$folder$", "p/c", "p/d/full/", "p\u0001", "q"]) {
      s3.addObject("b", key, held(Buffer.from(/full|1$|c$/.test(key) ? "data" : "")));
    }
    expect((await collect(store().list("s3://b/p/"))).map(({ uri }) => uri)).toEqual(
      ["p/a/1", "p/c", "p/d/full/"].map((key) => `s3://b/${key}`),
    );
    expect(await collect(store().list("s3://b"))).toHaveLength(5);
  });
});

describe("s3Store says by codes what was refused, without the service's words", () => {
  const head = (options?: S3Options, uri = "s3://b/secret-name") => store(options).head(uri);
  const read = (uri: string) => bytesOf(store().read(uri));
  const cases: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    [
      "credentials that are not known",
      "STORE_DENIED",
      () => head({ credentials: { ...CALLER, accessKeyId: "AKIDOTHER" } }),
    ],
    ["a wrong secret", "STORE_DENIED", () => head({ credentials: { ...CALLER, secretAccessKey: "x" } })],
    ["a bucket that is not there", "STORE_REFUSED", () => read("s3://secret-bucket/x")],
    ["no bucket for a listing", "STORE_REFUSED", () => collect(store().list("s3://secret-bucket/"))],
    ["no bucket for a write", "STORE_REFUSED", () => store().write("s3://secret-bucket/x", once(text("1")))],
    ["a name that no bucket may have", "STORE_REFUSED", () => read("s3://Secret_Bucket!/x")],
    ["an archived object", "STORE_REFUSED", () => read("s3://b/archived")],
    ["an object that is not there", "STORE_CONFLICT", () => read("s3://b/secret-name")],
    ["a server that is not there", "STORE_FAILED", () => head({ endpoint: "http://127.0.0.1:1" })],
    [
      "a server that cannot be trusted",
      "STORE_REFUSED",
      () => head({ endpoint: server.endpoint.replace("http", "https") }),
    ],
    ["a URI of another kind", "STORE_REFUSED", () => head({}, "gs://b/x")],
  ];

  it.each(cases)("%s: %s", async (_, expected, attempt) => {
    s3.addObject("b", "archived", held(Buffer.from("1")), "DEEP_ARCHIVE");
    const error = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(MaskingError);
    expect((error as MaskingError).code).toBe(expected);
    expect(JSON.stringify(error) + (error as MaskingError).message).not.toMatch(/secret|AKID|127\.0/i);
    expect(error).not.toHaveProperty("cause");
  });

  it("no credentials and no region are to be fixed, not tried again", async () => {
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"])
      vi.stubEnv(name, undefined);
    expect(await code(s3Store({ endpoint: server.endpoint }).head("s3://b/x"))).toBe("STORE_DENIED");
    expect(await code(s3Store({ credentials: CALLER }).head("s3://b/x"))).toBe("JOB_INVALID");
    vi.unstubAllEnvs();
  });

  it("passes on, as it is, an error of whoever makes the pieces", async () => {
    const odd = Object.assign(new Error("odd"), { name: "NoSuchKey" });
    for (const size of [1, 9 * MIB]) {
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(size);
        throw odd;
      };
      await expect(store().write("s3://b/x", broken())).rejects.toBe(odd);
    }
  });
});
