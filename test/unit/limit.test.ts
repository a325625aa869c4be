import { describe, expect, it } from "vitest";
import { charactersIn, limited } from "../../connectors/limit.ts";
import { fakeClock, randomOf } from "../fakes/clock.ts";
import { sdkError } from "../fakes/phi-client.ts";
import { throttledService } from "../fakes/throttled.ts";

const never = new AbortController().signal;
const QUOTA = { requestsPerSecond: 40, charactersPerSecond: 40_000 };

describe("limited", () => {
  const cases = [
    { what: "short texts, bound by requests", length: 20, count: 2000, storm: 0 },
    { what: "packs, bound by characters", length: 19_400, count: 200, storm: 0 },
    { what: "short texts in a storm of 429", length: 20, count: 2000, storm: 0.3 },
    { what: "packs in a storm of 429", length: 19_400, count: 200, storm: 0.3 },
  ];
  it.each(cases)("uses 95 % of the quota and loses no call: $what", async ({ length, count, storm }) => {
    const clock = fakeClock();
    const { ask, seen } = throttledService(clock, storm);
    const call = limited(ask, { ...QUOTA, clock, random: randomOf(1) });
    const texts = Array.from({ length: count }, (_, i) => String(i).padEnd(length, "x"));
    const answers = await clock.run(Promise.all(texts.map((text) => call(text, never))));
    expect(answers).toEqual(texts);
    // Of nine tenths: at the end those wait who were refused last, and the quota lies idle.
    const most = Math.ceil(count * 0.9);
    const seconds = seen.answeredAt[most - 1]! / 1000;
    const used = Math.max(most / 40, (most * length) / 40_000) / seconds;
    expect(used).toBeGreaterThan(0.95);
    expect(seen.over).toBe(0);
    expect(seen.refused > count * 0.3).toBe(storm > 0);
  });

  it("saves up no more than one second's worth while nothing is asked", async () => {
    const clock = fakeClock();
    const { ask, seen } = throttledService(clock, 0);
    const call = limited(ask, { ...QUOTA, inFlight: 200, clock });
    const burst = () => clock.run(Promise.all(Array.from({ length: 120 }, () => call("x", never))));
    await burst();
    await clock.run(clock.wait(60_000, never));
    await burst();
    expect(seen).toMatchObject({ answered: 240, over: 0 });
  });

  it("has no more calls under way than told", async () => {
    const clock = fakeClock();
    const { ask, seen } = throttledService(clock, 0);
    const call = limited(ask, { ...QUOTA, inFlight: 3, clock });
    await clock.run(Promise.all(Array.from({ length: 20 }, () => call("x", never))));
    expect(seen).toMatchObject({ answered: 20, most: 3 });
  });

  it.each([
    ["429", () => sdkError("TooManyRequestsException", 429), true],
    ["500", () => sdkError("InternalServerException", 500), true],
    ["503", () => sdkError("ServiceUnavailableException", 503), true],
    ["a broken connection", () => Object.assign(new Error("x"), { code: "ECONNRESET" }), true],
    ["JSON cut short", () => Object.assign(new SyntaxError("x"), { $metadata: { httpStatusCode: 200 } }), true],
    ["a refusal", () => sdkError("AccessDeniedException", 400), false],
    ["a bad text", () => sdkError("TextSizeLimitExceededException", 400), false],
  ])("after %s", async (_, error, again) => {
    const clock = fakeClock();
    let calls = 0;
    const call = limited(
      async () => {
        calls += 1;
        if (calls < 4) throw error();
        return "answer";
      },
      { ...QUOTA, clock },
    );
    const answer = await clock.run(call("x", never).catch((thrown: Error) => thrown.name));
    expect([answer, calls]).toEqual(again ? ["answer", 4] : [error().name, 1]);
  });

  it("waits at random, up to twice as long each time, and as long as it is asked to", async () => {
    const waitsOf = async (random: number, headers: Readonly<Record<string, string>> = {}) => {
      const clock = fakeClock();
      const times: number[] = [];
      const call = limited(
        async () => {
          times.push(clock.now());
          if (times.length < 5) throw sdkError("TooManyRequestsException", 429, headers);
        },
        { ...QUOTA, clock, random: () => random },
      );
      await clock.run(call("x", never));
      return times.slice(1).map((time, i) => time - times[i]!);
    };
    expect(await waitsOf(1)).toEqual([1000, 2000, 4000, 8000]);
    expect(await waitsOf(0.5)).toEqual([500, 1000, 2000, 4000]);
    expect(await waitsOf(0)).toEqual([0, 0, 0, 0]);
    expect(await waitsOf(0, { "retry-after": "3" })).toEqual([3000, 3000, 3000, 3000]);
  });

  it("takes who was refused before those who have not asked yet", async () => {
    const clock = fakeClock();
    const order: string[] = [];
    const call = limited(
      async (text, signal) => {
        order.push(text);
        await clock.wait(1000, signal);
        if (text === "0" && order.length === 1) throw sdkError("ServiceUnavailableException", 503);
      },
      { ...QUOTA, inFlight: 1, clock, random: () => 0.5 },
    );
    await clock.run(Promise.all(["0", "1", "2", "3"].map((text) => call(text, never))));
    expect(order).toEqual(["0", "1", "0", "2", "3"]);
  });

  it("gives up at the deadline with the service's error, and at once where it is asked to wait longer", async () => {
    const clock = fakeClock();
    const call = (headers = {}) =>
      limited(() => Promise.reject(sdkError("TooManyRequestsException", 429, headers)), {
        ...QUOTA,
        deadlineMs: 60_000,
        clock,
      })("x", never).catch((error: Error) => error.name);
    expect(await clock.run(call())).toBe("TooManyRequestsException");
    expect(clock.now()).toBeLessThanOrEqual(60_000);
    expect(clock.now()).toBeGreaterThan(20_000);
    const before = clock.now();
    await clock.run(call({ "retry-after": "3600" }));
    expect(clock.now()).toBeLessThan(before + 1000);
  });

  it.each([
    ["for a turn", ["a", "b", "c"], ["fulfilled", "rejected", "rejected"]],
    ["between attempts", ["throttled"], ["rejected"]],
  ])("stops waiting %s once the signal says so", async (_, texts, outcomes) => {
    const clock = fakeClock();
    const stop = new AbortController();
    const calls: string[] = [];
    const call = limited(
      async (text) => {
        calls.push(text);
        if (text === "throttled") throw sdkError("TooManyRequestsException", 429);
      },
      { requestsPerSecond: 1, charactersPerSecond: 40_000, clock, random: () => 0.99 },
    );
    const all = Promise.allSettled(texts.map((text) => call(text, stop.signal)));
    await clock.run(clock.wait(1500, never));
    stop.abort();
    expect((await all).map(({ status }) => status)).toEqual(outcomes);
    expect(calls).toEqual([texts[0]]);
    await clock.run(call("after", never));
    expect(calls).toEqual([texts[0], "after"]);
  });

  it("lets a text pass that is longer than a second's characters", async () => {
    const clock = fakeClock();
    const call = limited(async (text) => text.length, { requestsPerSecond: 40, charactersPerSecond: 1000, clock });
    const all = Promise.all([call("x".repeat(5000), never), call("y", never)]);
    expect(await clock.run(all)).toEqual([5000, 1]);
    expect(clock.now()).toBeGreaterThanOrEqual(4000);
  });
});

it.each([
  ["", 0],
  ["abc", 3],
  ["é", 1],
  ["😀a😀", 3],
])("counts the characters of %j", (text, count) => {
  expect(charactersIn(text)).toBe(count);
});
