import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { s3Store } from "../../connectors/s3.ts";
import { bytesOf, collect, once } from "../../src/stream.ts";
import type { Piece } from "../../src/types.ts";
import { generated } from "../fakes/aws/content.ts";
import type { FaultKind } from "../fakes/aws/faults.ts";
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
  s3.state.pageSize = 5;
  s3.state.drops = () => false;
  s3.addBucket("b");
  server.faults.clear();
  server.record.clear();
});

const store = () =>
  s3Store({
    endpoint: server.endpoint,
    credentials: CALLER,
    retries: { attempts: 9, baseMs: 1, capMs: 4 },
    timeouts: { connect: 1000, idle: 250, answer: 5000 },
  });

const numbers = (from: number, count: number) =>
  Buffer.from(Uint32Array.from({ length: count }, (_, index) => from + index).buffer);
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Piece> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A small job's traffic: large and small writes, copies, conditions, listings, moves, reads; digests of what is there. */
async function traffic(): Promise<Record<string, string>> {
  const ours = store();
  const source = numbers(1, 4 * MIB);
  const { uri, etag } = await ours.write("s3://b/source", inPieces(source, 700_000), { ifNoneMatch: "*" });
  for (let index = 0; index < 12; index++) {
    const small = await ours.write(`s3://b/stage/${index}`, once(numbers(index, 1000)), { ifNoneMatch: "*" });
    await ours.write(small.uri, once(numbers(index, 1001)), { ifMatch: small.etag });
    await ours.move(small.uri, `s3://b/done/${index}`);
  }
  await ours.write(
    "s3://b/stage/mixed",
    (async function* (): AsyncGenerator<Piece> {
      yield source.subarray(0, 1000);
      yield { copy: { uri, etag, start: 1000, end: 10 * MIB } };
      yield source.subarray(10 * MIB, 11 * MIB);
      yield { copy: { uri, etag, start: 11 * MIB, end: source.length } };
    })(),
  );
  await ours.move("s3://b/stage/mixed", "s3://b/done/mixed");
  const digests: Record<string, string> = {};
  for (const object of await collect(ours.list("s3://b/"))) {
    const bytes = await bytesOf(ours.read(object.uri, { ifMatch: object.etag }));
    digests[object.uri] = createHash("sha256").update(bytes).digest("hex");
  }
  await ours.remove("s3://b/source");
  return digests;
}

describe("s3Store where the network and the service fail", () => {
  it("comes to the same bytes with one request in twenty failing in each way as with none", async () => {
    const expected = await traffic();
    expect(Object.keys(expected)).toHaveLength(14);
    expect(expected["s3://b/done/mixed"]).toBe(expected["s3://b/source"]);
    const calls = server.record.calls.length;
    s3.addBucket("b");
    server.record.clear();
    const anywhere: readonly FaultKind[] = ["reset", "lost", "internal", "slow-down"];
    const reading: readonly FaultKind[] = ["reset-body", "truncated", "stall-body"];
    const late: readonly FaultKind[] = ["error-in-200"];
    server.faults.add(
      ...anywhere.map((kind) => ({ kind, rate: 0.05 })),
      ...reading.map((kind) => ({ kind, rate: 0.05, operations: ["GetObject"] })),
      ...late.map((kind) => ({
        kind,
        rate: 0.05,
        operations: ["CopyObject", "UploadPartCopy", "CompleteMultipartUpload"],
      })),
    );
    expect(await traffic()).toEqual(expected);
    expect(server.faults.hits).toBeGreaterThan(calls / 20);
    expect(s3.strayParts()).toBe(0);
  });

  it("gives up after the attempts it has", async () => {
    server.faults.add({ kind: "internal" });
    const impatient = s3Store({
      endpoint: server.endpoint,
      credentials: CALLER,
      retries: { attempts: 3, baseMs: 1, capMs: 1 },
    });
    await expect(impatient.head("s3://b/x")).rejects.toMatchObject({ code: "STORE_FAILED", recovery: "retry" });
    expect(server.record.calls).toHaveLength(3);
  });
});

describe("s3Store and memory", () => {
  it("holds a few parts and windows of an object, and not the object", async () => {
    s3.state.drops = () => true;
    const ours = s3Store({ endpoint: server.endpoint, credentials: CALLER });
    s3.addObject(
      "b",
      "huge",
      generated(160 * MIB, (bytes) => bytes.fill(1)),
    );
    const { etag } = (await ours.head("s3://b/huge"))!;
    let [taken, ahead, unsent] = [0, 0, 0];
    const watched = (async function* (): AsyncGenerator<Piece> {
      for await (const chunk of ours.read("s3://b/huge", { ifMatch: etag })) {
        ahead = Math.max(ahead, server.record.meter("GetObject").bytesOut - taken);
        taken += chunk.length;
        yield chunk;
        unsent = Math.max(unsent, taken - server.record.meter("UploadPart").bytesIn);
      }
    })();
    expect(await ours.write("s3://b/copy", watched)).toMatchObject({ size: 160 * MIB });
    expect(ahead).toBeLessThanOrEqual(5 * 4 * MIB);
    expect(unsent).toBeLessThanOrEqual(48 * MIB + 2 * 9 * MIB);
  });
});
