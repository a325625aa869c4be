import { createHash } from "node:crypto";
import { Agent } from "node:http";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ALGORITHMS } from "../fakes/aws/checksums.ts";
import { generated } from "../fakes/aws/content.ts";
import type { FaultKind } from "../fakes/aws/faults.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";

const MIB = 1 << 20;
const s3 = fakeS3();
let server: AwsServer;

beforeAll(async () => {
  server = await awsServer([s3]);
  plain = connect();
});
afterAll(() => server.close());
beforeEach(() => {
  s3.state.buckets.clear();
  s3.addBucket("b");
  s3.state.pageSize = 1000;
  s3.state.denies = () => false;
  server.faults.clear();
  server.record.clear();
});

const connect = (options: S3ClientConfig = {}) =>
  new S3Client({
    ...{ endpoint: server.endpoint, region: "us-east-1", credentials: CALLER, forcePathStyle: true, maxAttempts: 1 },
    ...options,
  });
let plain: S3Client;
const client = (options?: S3ClientConfig) => (options ? connect(options) : plain);
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error) => `${error.$metadata?.httpStatusCode} ${error.name}`,
  );

describe("the S3 of the fake, asked by the SDK's own client", () => {
  it("verifies signatures", async () => {
    const put = { Bucket: "b", Key: "é ä+%/x", Body: "1" };
    expect(await refusal(client().send(new PutObjectCommand(put)))).toBe("ok");
    const secretAccessKey = "another";
    const forged = client({ credentials: { ...CALLER, secretAccessKey } });
    expect(await refusal(forged.send(new PutObjectCommand(put)))).toBe("403 SignatureDoesNotMatch");
    const unknown = client({ credentials: { accessKeyId: "AKIDOTHER", secretAccessKey } });
    expect(await refusal(unknown.send(new PutObjectCommand(put)))).toBe("403 InvalidAccessKeyId");
    const skewed = client({ systemClockOffset: 3_600_000 });
    expect(await refusal(skewed.send(new PutObjectCommand(put)))).toBe("403 RequestTimeTooSkewed");
    const tampering = connect();
    tampering.middlewareStack.add(
      (next) => (args) => {
        (args.request as { query: Record<string, string> }).query["versionId"] = "1";
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    expect(await refusal(tampering.send(new GetObjectCommand(put)))).toBe("403 SignatureDoesNotMatch");
  });

  it.each(ALGORITHMS)("agrees with the SDK on %s, in a header and in a trailer", async (ChecksumAlgorithm) => {
    const body = Buffer.from("phimask".repeat(20_001));
    for (const Body of [body, Readable.from([body.subarray(0, 70_000), body.subarray(70_000)])]) {
      const put = { Bucket: "b", Key: "x", Body, ContentLength: body.length, ChecksumAlgorithm };
      await client().send(new PutObjectCommand(put));
      expect(s3.bytes("b", "x")?.equals(body)).toBe(true);
      const got = await client().send(new GetObjectCommand({ Bucket: "b", Key: "x", ChecksumMode: "ENABLED" }));
      expect(got[`Checksum${ChecksumAlgorithm}`]).toBeDefined();
      expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true);
    }
  });

  it("refuses a body that its checksum does not fit", async () => {
    for (const sum of [{ ChecksumCRC32: "AAAAAA==" }, { ChecksumSHA256: createHash("sha256").digest("base64") }]) {
      const put = client().send(new PutObjectCommand({ Bucket: "b", Key: "x", Body: "text", ...sum }));
      expect(await refusal(put)).toBe("400 BadDigest");
    }
  });

  it("addresses buckets by host as by path, and access points", async () => {
    const local = {
      lookup: (_: string, __: unknown, done: (error: null, all: unknown) => void) =>
        done(null, [{ address: "127.0.0.1", family: 4 }]),
    };
    const httpAgent = new Agent(local as ConstructorParameters<typeof Agent>[0] & object);
    const endpoint = `http://localhost:${server.port}`;
    const virtual = client({ forcePathStyle: false, endpoint, requestHandler: { httpAgent } });
    await virtual.send(new PutObjectCommand({ Bucket: "b", Key: "a b", Body: "1" }));
    expect(s3.bytes("b", "a b")?.toString()).toBe("1");
    s3.addBucket("point-111122223333");
    const Bucket = "arn:aws:s3:us-east-1:111122223333:accesspoint/point";
    await virtual.send(new PutObjectCommand({ Bucket, Key: "k", Body: "2" }));
    expect(s3.bytes("point-111122223333", "k")?.toString()).toBe("2");
  });

  it("reads ranges on condition", async () => {
    const { ETag } = await client().send(new PutObjectCommand({ Bucket: "b", Key: "x", Body: "0123456789" }));
    const get = async (options: object) => {
      const { Body, ContentRange } = await client().send(new GetObjectCommand({ Bucket: "b", Key: "x", ...options }));
      return [await Body!.transformToString(), ContentRange];
    };
    expect(await get({ Range: "bytes=3-5", IfMatch: ETag })).toEqual(["345", "bytes 3-5/10"]);
    expect(await get({ Range: "bytes=8-20" })).toEqual(["89", "bytes 8-9/10"]);
    expect(await get({ Range: "bytes=-2" })).toEqual(["89", "bytes 8-9/10"]);
    expect(await refusal(get({ Range: "bytes=10-11" }))).toBe("416 InvalidRange");
    expect(await refusal(get({ IfMatch: '"0"' }))).toBe("412 PreconditionFailed");
    expect(await refusal(client().send(new GetObjectCommand({ Bucket: "b", Key: "none" })))).toBe("404 NoSuchKey");
    expect(await refusal(client().send(new HeadObjectCommand({ Bucket: "b", Key: "none" })))).toBe("404 NotFound");
    expect(await refusal(client().send(new GetObjectCommand({ Bucket: "no", Key: "x" })))).toBe("404 NoSuchBucket");
  });

  it("writes on condition", async () => {
    const put = (options: object) =>
      client().send(new PutObjectCommand({ Bucket: "b", Key: "x", Body: "1", ...options }));
    expect(await refusal(put({ IfMatch: '"0"' }))).toBe("404 NoSuchKey");
    const races = await Promise.all(Array.from({ length: 5 }, () => refusal(put({ IfNoneMatch: "*" }))));
    expect(races.sort()).toEqual([...Array(4).fill("412 PreconditionFailed"), "ok"]);
    expect(await refusal(put({ IfMatch: '"0"' }))).toBe("412 PreconditionFailed");
    expect(await refusal(put({ ExpectedBucketOwner: "999999999999" }))).toBe("403 AccessDenied");
    const { ETag } = await client().send(new HeadObjectCommand({ Bucket: "b", Key: "x" }));
    expect(await refusal(put({ IfMatch: ETag }))).toBe("ok");
  });

  it("lists by pages in the order of UTF-8, with folders where asked", async () => {
    for (const key of ["a/1", "a/2", "b", "\u{10000}", "\uffff", "c d+e", "z\u0001"]) {
      await client().send(new PutObjectCommand({ Bucket: "b", Key: key, Body: key }));
    }
    s3.state.pageSize = 2;
    const keys: string[] = [];
    for (let ContinuationToken: string | undefined, more = true; more; more = ContinuationToken !== undefined) {
      const page = await client().send(
        new ListObjectsV2Command({ Bucket: "b", EncodingType: "url", ...(ContinuationToken && { ContinuationToken }) }),
      );
      expect(page.Contents!.length).toBeLessThanOrEqual(2);
      keys.push(...page.Contents!.map(({ Key }) => Key!));
      ContinuationToken = page.NextContinuationToken;
    }
    expect(keys).toEqual(["a/1", "a/2", "b", "c+d%2Be", "z%01", "%EF%BF%BF", "%F0%90%80%80"]);
    const folders = await client().send(new ListObjectsV2Command({ Bucket: "b", Delimiter: "/", Prefix: "a" }));
    expect([folders.CommonPrefixes, folders.Contents]).toEqual([[{ Prefix: "a/" }], undefined]);
  });

  it("puts an object together from parts and copied ranges", async () => {
    s3.addObject(
      "b",
      "from",
      generated(12 * MIB, (bytes) => bytes.fill(7)),
    );
    const upload = { Bucket: "b", Key: "x" };
    const made = await client().send(
      new CreateMultipartUploadCommand({ ...upload, ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" }),
    );
    const UploadId = made.UploadId!;
    const part = (PartNumber: number, size: number) =>
      client().send(
        new UploadPartCommand({
          ...upload,
          UploadId,
          PartNumber,
          Body: Buffer.alloc(size),
          ChecksumAlgorithm: "CRC32",
        }),
      );
    const one = await part(1, 5 * MIB);
    const two = await client().send(
      new UploadPartCopyCommand({
        ...upload,
        UploadId,
        PartNumber: 2,
        CopySource: "b/from",
        CopySourceRange: `bytes=1-${6 * MIB}`,
      }),
    );
    expect(two.CopyPartResult?.ChecksumCRC32).toBeDefined();
    const three = await part(3, 3);
    const Parts = [one.ETag, two.CopyPartResult!.ETag, three.ETag].map((ETag, index) => ({
      ETag,
      PartNumber: index + 1,
    }));
    expect((await client().send(new ListPartsCommand({ ...upload, UploadId }))).Parts).toHaveLength(3);
    expect((await client().send(new ListMultipartUploadsCommand({ Bucket: "b" }))).Uploads).toHaveLength(1);
    const complete = (options: object, parts = Parts) =>
      refusal(
        client().send(
          new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts: parts }, ...options }),
        ),
      );
    expect(await complete({}, [...Parts].reverse())).toBe("400 InvalidPartOrder");
    expect(await complete({}, [{ ETag: "0", PartNumber: 1 }])).toBe("400 InvalidPart");
    expect(await complete({ MpuObjectSize: 5 })).toBe("400 InvalidRequest");
    expect(await complete({ ChecksumType: "FULL_OBJECT", ChecksumCRC32: "AAAAAA==" })).toBe("400 BadDigest");
    await part(1, 5 * MIB - 1).then(({ ETag }) => (Parts[0] = { ETag, PartNumber: 1 }));
    expect(await complete({})).toBe("400 EntityTooSmall");
    await part(1, 5 * MIB).then(({ ETag }) => (Parts[0] = { ETag, PartNumber: 1 }));
    expect(await complete({ IfNoneMatch: "*" })).toBe("ok");
    expect(s3.bytes("b", "x")?.length).toBe(11 * MIB + 3);
    expect(await complete({})).toBe("404 NoSuchUpload");
    expect(s3.openUploads()).toBe(0);
  });

  it("wants the sum of every part where an upload was begun with composite sums", async () => {
    const upload = { Bucket: "b", Key: "x" };
    const { UploadId } = await client().send(
      new CreateMultipartUploadCommand({ ...upload, ChecksumAlgorithm: "CRC32" }),
    );
    const sent = await client().send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: "1" }));
    const complete = (part: object) =>
      refusal(
        client().send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts: [part] } })),
      );
    const { ETag, ChecksumCRC32 } = sent;
    expect(await complete({ ETag, PartNumber: 1 })).toBe("400 InvalidRequest");
    expect(await complete({ ETag, ChecksumCRC32, PartNumber: 1 })).toBe("ok");
    const { UploadId: second } = await client().send(new CreateMultipartUploadCommand(upload));
    await client().send(new AbortMultipartUploadCommand({ ...upload, UploadId: second }));
    expect(s3.openUploads()).toBe(0);
  });

  it("copies whole objects, and refuses to copy from another owner, a changed source or itself", async () => {
    const { ETag } = await client().send(
      new PutObjectCommand({ Bucket: "b", Key: "from", Body: "1", Metadata: { a: "1" } }),
    );
    const copy = (options: object) =>
      refusal(client().send(new CopyObjectCommand({ Bucket: "b", Key: "to", CopySource: "b/from", ...options })));
    expect(await copy({ CopySourceIfMatch: ETag })).toBe("ok");
    expect(await copy({ CopySourceIfMatch: '"0"' })).toBe("412 PreconditionFailed");
    expect(await copy({ ExpectedSourceBucketOwner: "999999999999" })).toBe("403 AccessDenied");
    expect(await copy({ Key: "from" })).toBe("400 InvalidRequest");
    expect((await client().send(new HeadObjectCommand({ Bucket: "b", Key: "to" }))).Metadata).toEqual({ a: "1" });
    const Delete = { Objects: [{ Key: "from" }, { Key: "to" }] };
    await client().send(new DeleteObjectsCommand({ Bucket: "b", Delete }));
    expect(s3.state.buckets.get("b")!.objects.size).toBe(0);
  });

  it("sends a caller to the bucket's region", async () => {
    s3.addBucket("far", { region: "eu-west-1" });
    const put = new PutObjectCommand({ Bucket: "far", Key: "x", Body: "1" });
    expect(await refusal(client().send(put))).toBe("301 PermanentRedirect");
    expect(await refusal(client({ followRegionRedirects: true }).send(put))).toBe("ok");
  });

  it("breaks in each of the ways that it is told to", async () => {
    await client().send(new PutObjectCommand({ Bucket: "b", Key: "x", Body: Buffer.alloc(MIB) }));
    const get = async () => {
      const { Body } = await client({
        requestHandler: { socketTimeout: 200 },
        responseChecksumValidation: "WHEN_REQUIRED",
      }).send(new GetObjectCommand({ Bucket: "b", Key: "x" }));
      return (await Body!.transformToByteArray()).length;
    };
    const outcome = async (kind: FaultKind) => {
      server.faults.add({ kind, times: 1, operations: ["GetObject"] });
      const answer = await get().then(String, (error) => `${error.$metadata?.httpStatusCode ?? ""} ${error.name}`);
      expect(await get()).toBe(MIB);
      return answer;
    };
    expect(await outcome("internal")).toBe("500 InternalError");
    expect(await outcome("slow-down")).toBe("503 SlowDown");
    expect(await outcome("expired-token")).toBe("400 ExpiredToken");
    expect(await outcome("truncated")).toBe(String(MIB / 2));
    for (const kind of ["reset", "lost", "reset-body", "stall-body"] as const) {
      expect(await outcome(kind)).toMatch(/Error$/);
    }
    server.faults.add({ kind: "lost", times: 1, operations: ["PutObject"] });
    const put = client().send(new PutObjectCommand({ Bucket: "b", Key: "lost", Body: "there" }));
    expect(await refusal(put)).not.toBe("ok");
    expect(s3.bytes("b", "lost")?.toString()).toBe("there");
    server.faults.add({ kind: "error-in-200", times: 1 });
    const copy = client().send(new CopyObjectCommand({ Bucket: "b", Key: "y", CopySource: "b/x" }));
    expect(await refusal(copy)).toBe("503 InternalError");
  });

  it("keeps an account of what it was asked", async () => {
    await client().send(
      new PutObjectCommand({ Bucket: "b", Key: "x", Body: "12345", SSEKMSKeyId: "k", ServerSideEncryption: "aws:kms" }),
    );
    await client().send(new GetObjectCommand({ Bucket: "b", Key: "x", RequestPayer: "requester" }));
    expect(server.record.of("PutObject")[0]).toMatchObject({ resource: "b/x", status: 200, bytesIn: 5 });
    expect(server.record.of("PutObject")[0]!.headers["x-amz-server-side-encryption-aws-kms-key-id"]).toBe("k");
    expect(server.record.of("GetObject")[0]!.headers["x-amz-request-payer"]).toBe("requester");
    expect(server.record.meter("GetObject")).toEqual({ calls: 1, bytesIn: 0, bytesOut: 5 });
  });

  it("holds objects too large for memory", async () => {
    s3.addObject(
      "b",
      "huge",
      generated(10 * 2 ** 30, (bytes, offset) => bytes.fill((offset / MIB) & 255)),
    );
    const { Body } = await client().send(
      new GetObjectCommand({ Bucket: "b", Key: "huge", Range: `bytes=${9 * 2 ** 30}-${9 * 2 ** 30 + 3}` }),
    );
    expect(await Body!.transformToByteArray()).toEqual(new Uint8Array(4).fill((9 * 1024) & 255));
    s3.state.drops = (key) => key === "sink";
    await client().send(new PutObjectCommand({ Bucket: "b", Key: "sink", Body: "12345" }));
    expect((await client().send(new HeadObjectCommand({ Bucket: "b", Key: "sink" }))).ContentLength).toBe(5);
    expect(s3.bytes("b", "sink")).toEqual(Buffer.alloc(5));
    s3.state.drops = () => false;
  });
});
