import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { comprehendDetector } from "../../connectors/comprehend.ts";
import type { Quota } from "../../connectors/limit.ts";
import { newPurse, type Purse } from "../../connectors/purse.ts";
import { newTally } from "../../src/report.ts";
import type { Finding } from "../../src/types.ts";
import { detectorContract } from "../contracts/detector.ts";
import { fakeComprehend } from "../fakes/aws/comprehend.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";
import { runOf, thrown } from "../fakes/rows.ts";

const service = fakeComprehend();
let server: AwsServer;
beforeAll(async () => {
  server = await awsServer([service]);
});
afterAll(() => server.close());

/** Names that the fake service finds, whatever stands around them. */
const NAMES = /Ana Ruiz|Bo Lind|Zoë 😀/g;

beforeEach(() => {
  server.faults.clear();
  server.record.clear();
  service.quotas = {};
  service.answer = (text) =>
    [...text.matchAll(NAMES)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      type: "NAME",
      score: 0.9,
    }));
});

const open = (limits: Partial<Quota> = {}, credentials = CALLER, purse?: Purse) =>
  comprehendDetector({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials,
    limits: { requestsPerSecond: 10_000, charactersPerSecond: 1e9, random: () => 0.01, ...limits },
    ...(purse && { purse }),
  });

const found = (texts: readonly string[], answers: readonly (readonly Finding[])[]) =>
  answers.map((findings, i) => findings.map(({ type, start, end }) => `${type} ${texts[i]!.slice(start, end)}`));

const calls = () => server.record.calls.filter(({ operation }) => operation === "DetectPHI").length;

describe("comprehendDetector, by the SDK's client", () => {
  detectorContract(
    () => open(),
    (signal) => runOf(undefined, signal),
    [
      { text: "Seen by Ana Ruiz today", value: "Ana Ruiz" },
      { text: "😀 é Zoë 😀 came", value: "Zoë 😀" },
    ],
  );

  it("asks about many texts at once, and counts what is billed", async () => {
    const tally = newTally();
    const texts = ["Ana Ruiz came", "", "  \n\t", "nothing", "😀😀 seen by Zoë 😀, Bo Lind"];
    const answers = await open().detect(texts, runOf(tally));
    expect(found(texts, answers)).toEqual([["NAME Ana Ruiz"], [], [], [], ["NAME Zoë 😀", "NAME Bo Lind"]]);
    expect(calls()).toBe(1);
    const { calls: counted } = tally.counts();
    expect(counted).toEqual({ comprehend_medical: { calls: 1, units: 1, usd: 0.0014 } });
  });

  it("sends nothing where no text can be seen", async () => {
    expect(await open().detect(["", " ", "\u00a0\n", "\0\u0001"], runOf())).toEqual([[], [], [], []]);
    expect(calls()).toBe(0);
  });

  it("sends halves of characters and control characters as what may be sent, with places kept", async () => {
    const texts = ["\ud800 Ana Ruiz \udc00", "a\u0000\ud83dBo Lind\u0007", "\u001f😀\ude00Zoë 😀"];
    const answers = await open().detect(texts, runOf());
    expect(found(texts, answers)).toEqual([["NAME Ana Ruiz"], ["NAME Bo Lind"], ["NAME Zoë 😀"]]);
  });

  it("examines notes of any length, also what stands at a cut", async () => {
    const sentence = "Seen by Ana Ruiz and Bo Lind. ";
    const texts = [sentence.repeat(1500), "é😀".repeat(9000), "Zoë 😀 ".repeat(3000)];
    const answers = await open().detect(texts, runOf());
    expect(answers[0]).toHaveLength(3000);
    expect(new Set(found(texts, answers)[0])).toEqual(new Set(["NAME Ana Ruiz", "NAME Bo Lind"]));
    expect(answers[1]).toEqual([]);
    expect(answers[2]).toHaveLength(3000);
  });

  it("holds the model in its version once it has answered", async () => {
    const detector = open();
    expect(detector.version).toBe("1");
    const tally = newTally();
    await detector.ready(runOf(tally));
    expect(detector.version).toBe("1/2.4.0");
    expect(tally.counts().calls["comprehend_medical"]).toMatchObject({ calls: 1, units: 1 });
    service.answer = () => ({ Entities: [], ModelVersion: "2.5.0" });
    await detector.detect(["x"], runOf());
    expect(detector.version).toBe("1/2.4.0+2.5.0");
    service.answer = () => ({ Entities: [], ModelVersion: "Ana Ruiz\nMRN 1" });
    await detector.detect(["y"], runOf());
    expect(detector.version).not.toContain("Ana");
  });

  it("gets every answer through throttling, broken connections and cut answers", async () => {
    server.faults.add(
      { kind: "throttled", rate: 0.3 },
      { kind: "reset", times: 2 },
      { kind: "truncated", times: 2 },
      { kind: "unavailable", times: 2 },
      { kind: "reset-body", times: 2 },
    );
    const texts = Array.from({ length: 2000 }, (_, i) => `${i} ${"x".repeat(400)} Ana Ruiz`);
    const answers = await open().detect(texts, runOf());
    expect(found(texts, answers).every(([only]) => only === "NAME Ana Ruiz")).toBe(true);
    expect(server.faults.hits).toBeGreaterThan(10);
  });

  it.each([
    ["no right to ask", { ...CALLER, accessKeyId: "AKIDUNKNOWN" }],
    ["a wrong signature", { ...CALLER, secretAccessKey: "wrong" }],
  ])("says what to do at %s", async (_, credentials) => {
    expect(await thrown(() => open({}, credentials).detect(["Ana Ruiz"], runOf()))).toEqual(["SERVICE_DENIED", {}]);
  });

  it.each([
    ["throttled", "DETECTOR_FAILED"],
    ["internal", "DETECTOR_FAILED"],
    ["reset", "DETECTOR_FAILED"],
    ["expired-token", "SERVICE_DENIED"],
  ] as const)("gives up %s calls at the deadline", async (kind, code) => {
    server.faults.add({ kind });
    const detecting = () => open({ deadlineMs: 50 }).detect(["Ana Ruiz", "x".repeat(19_490)], runOf());
    expect(await thrown(detecting)).toEqual([code, {}]);
  });

  it("stops before its budget is passed", async () => {
    const tally = newTally();
    const detector = open({ inFlight: 1 }, CALLER, newPurse(0.0014 * 195));
    await detector.detect(["x".repeat(19_500)], runOf(tally));
    const over = await thrown(() => detector.detect(["y"], runOf(tally)));
    expect(over).toEqual(["BUDGET_SPENT", { key: "limits.usd" }]);
    expect(calls()).toBe(1);
    expect(tally.counts().calls["comprehend_medical"]).toMatchObject({ calls: 1, units: 195 });
  });

  it("stops at once with the run, and after the first failure", async () => {
    const stop = new AbortController();
    server.faults.add({ kind: "latency", ms: 200 });
    const stopped = thrown(() => open({ inFlight: 2 }).detect(notes(20), runOf(undefined, stop.signal)));
    setTimeout(() => stop.abort(), 50);
    expect(await stopped).toEqual(["STOPPED", {}]);
    expect(calls()).toBeLessThanOrEqual(2);
    service.answer = () => ({ Entities: "none" });
    expect(await thrown(() => open({ inFlight: 2 }).detect(notes(20), runOf()))).toEqual(["DETECTOR_FAILED", {}]);
    expect(calls()).toBeLessThanOrEqual(6);
  });
});

function notes(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i}`.padEnd(19_000, "x"));
}
