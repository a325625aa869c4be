import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { batchDetector } from "../../connectors/comprehend/batch.ts";
import { comprehendDetector } from "../../connectors/comprehend.ts";
import { newPurse, paid } from "../../connectors/purse.ts";
import { rekognitionFaces, rekognitionReader } from "../../connectors/rekognition.ts";
import { textractReader } from "../../connectors/textract.ts";
import { newTally } from "../../src/report.ts";
import { fakeComprehend } from "../fakes/aws/comprehend.ts";
import { fakeRekognition, fakeTextract } from "../fakes/aws/rekognition.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";
import { memoryStore } from "../fakes/memory-store.ts";
import { sdkError } from "../fakes/phi-client.ts";
import { runOf } from "../fakes/rows.ts";

const never = new AbortController().signal;
const SPENT = { code: "BUDGET_SPENT", recovery: "fix", place: { key: "limits.usd" } };

describe("a purse", () => {
  it.each([
    ["whole units of a price without an exact form", 0.0014 * 195, 0.0014, 195],
    ["a tenth of a cent a time", 1, 0.001, 1000],
    ["a third of a dollar", 1 / 3, 0.0015, 222],
    ["nothing", 0, 0.001, 0],
    ["less than a unit", 0.0013, 0.0014, 0],
  ])("holds %s, and not one more", (_, usd, price, units) => {
    const purse = newPurse(usd);
    for (let i = 0; i < units; i++) purse.take(price);
    expect(() => purse.take(price)).toThrow(expect.objectContaining(SPENT));
    purse.take(0);
  });

  it("takes nothing that it cannot give, and takes back", () => {
    const purse = newPurse(0.003);
    expect(() => purse.take(0.004)).toThrow(expect.objectContaining(SPENT));
    purse.take(0.003);
    purse.putBack(0.002);
    purse.take(0.002);
    expect(() => purse.take(0.000001)).toThrow(expect.objectContaining(SPENT));
  });

  it("has no end where the job names none", () => newPurse().take(1e12));
});

describe("paid", () => {
  const usdOf = (text: string) => text.length / 1000;
  it("stops before the first call that would pass the purse, and not the smaller one after it", async () => {
    const asked: string[] = [];
    const call = paid(async (text: string) => void asked.push(text), newPurse(0.005), usdOf);
    await call("aaa", never);
    await expect(call("bbb", never)).rejects.toMatchObject(SPENT);
    await call("cc", never);
    await expect(call("d", never)).rejects.toMatchObject(SPENT);
    expect(asked).toEqual(["aaa", "cc"]);
  });

  it("counts calls under way, and lost answers, and no refusals", async () => {
    const errors = [sdkError("TooManyRequestsException", 429), Object.assign(new Error("x"), { code: "ECONNRESET" })];
    const call = paid(() => Promise.reject(errors.shift() ?? new Error("y")), newPurse(0.003), usdOf);
    const outcome = (text: string) =>
      call(text, never).catch((error: Error & { code?: string }) => error.code ?? error.name);
    expect(await outcome("aaa")).toBe("TooManyRequestsException");
    expect(await Promise.all([outcome("bb"), outcome("cc")])).toEqual(["ECONNRESET", "BUDGET_SPENT"]);
    expect(await outcome("dd")).toBe("BUDGET_SPENT");
  });
});

describe("the services of a job", () => {
  const [comprehend, rekognition, textract] = [fakeComprehend(), fakeRekognition(), fakeTextract()];
  let server: AwsServer;
  beforeAll(async () => {
    server = await awsServer([comprehend, rekognition, textract]);
  });
  afterAll(() => server.close());
  beforeEach(() => server.record.clear());

  const IMAGE = { width: 100, height: 100, channels: 3, data: new Uint8Array(30_000) } as const;

  it("spend out of one purse: none is asked once the others have emptied it", async () => {
    const purse = newPurse(0.0014 + 0.001 + 0.001 + 0.0015);
    const options = { endpoint: server.endpoint, region: "us-east-1", credentials: CALLER, purse };
    const tally = newTally();
    const run = runOf(tally);
    const ask = [
      () => comprehendDetector(options).detect(["Stable."], run),
      () => rekognitionReader(options).read(IMAGE, run),
      () => rekognitionFaces(options).find(IMAGE, run),
      () => textractReader(options).read(IMAGE, run),
    ];
    for (const each of ask) await each();
    const { calls } = tally.counts();
    expect(calls).toEqual({
      comprehend_medical: { calls: 1, units: 1, usd: 0.0014 },
      rekognition: { calls: 2, units: 2, usd: 0.002 },
      textract: { calls: 1, units: 1, usd: 0.0015 },
    });
    for (const each of ask) await expect(each()).rejects.toMatchObject(SPENT);
    const batch = batchDetector({
      ...options,
      otherwise: comprehendDetector(options),
      store: memoryStore(),
      staging: "s3://private/staging/",
      role: "arn:aws:iam::111122223333:role/read",
      kmsKey: "alias/private",
      hmac: (text) => Buffer.from(text.padEnd(16)),
    });
    async function* texts() {
      yield ["Stable."];
    }
    await expect(batch.prepare(texts(), "0".repeat(32), run)).rejects.toMatchObject(SPENT);
    expect(server.record.calls).toHaveLength(4);
    expect(tally.counts().calls).toEqual(calls);
  });
});
