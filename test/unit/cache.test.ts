import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { cached } from "../../connectors/cache.ts";
import { MaskingError } from "../../src/errors.ts";
import type { Detector, Finding } from "../../src/types.ts";
import { detectorContract } from "../contracts/detector.ts";
import { patternDetector, runOf } from "../fakes/rows.ts";

const hmac = (text: string): Uint8Array => createHmac("sha256", "a made-up key").update(text).digest();
const names = () => patternDetector([["NAME", /Ana|Bo/g]]);
const run = runOf();

/** A detector whose answers come when the test says so. */
function slowDetector(): Detector & { readonly asked: string[][]; readonly ends: ((error?: Error) => void)[] } {
  const [asked, ends] = [[] as string[][], [] as ((error?: Error) => void)[]];
  return {
    name: "slow",
    version: "1",
    asked,
    ends,
    detect(texts) {
      asked.push([...texts]);
      const found: Finding = { type: "NAME", start: 0, end: 1, score: 1 };
      return new Promise((resolve, reject) => {
        ends.push((error) => (error ? reject(error) : resolve(texts.map(() => [found]))));
      });
    },
  };
}

describe("cached", () => {
  detectorContract(
    () => cached(names(), { hmac }),
    (signal) => runOf(undefined, signal),
    [{ text: "Seen by Ana today", value: "Ana" }],
  );

  it("asks about equal texts once, in the order in which they first came", async () => {
    const inner = names();
    const detector = cached(inner, { hmac });
    const answers = await detector.detect(["b Bo", "a Ana", "b Bo", "x"], run);
    expect(answers).toEqual(await names().detect(["b Bo", "a Ana", "b Bo", "x"], run));
    await detector.detect(["x", "c", "a Ana"], run);
    expect(inner.seen).toEqual([["b Bo", "a Ana", "x"], ["c"]]);
  });

  it("asks nothing where all is known", async () => {
    const inner = names();
    const detector = cached(inner, { hmac });
    await detector.detect(["Ana"], run);
    expect(await detector.detect(["Ana", "Ana"], run)).toEqual(await names().detect(["Ana", "Ana"], run));
    expect(inner.seen).toHaveLength(1);
  });

  it("asks once about a text that is being asked about", async () => {
    const inner = slowDetector();
    const detector = cached(inner, { hmac });
    const both = Promise.all([detector.detect(["a", "b"], run), detector.detect(["b", "c"], run)]);
    for (const end of inner.ends) end();
    expect((await both).map((answers) => answers.length)).toEqual([2, 2]);
    expect(inner.asked).toEqual([["a", "b"], ["c"]]);
  });

  it("remembers no failure, and shares it with who asked the same", async () => {
    const inner = slowDetector();
    const detector = cached(inner, { hmac });
    const both = Promise.allSettled([detector.detect(["a"], run), detector.detect(["a"], run)]);
    inner.ends[0]!(new MaskingError("DETECTOR_FAILED"));
    expect((await both).map((one) => one.status === "rejected" && one.reason.code)).toEqual([
      "DETECTOR_FAILED",
      "DETECTOR_FAILED",
    ]);
    const again = detector.detect(["a"], run);
    inner.ends[1]!();
    expect(await again).toHaveLength(1);
  });

  it("asks itself where the run that asked was stopped", async () => {
    const inner = slowDetector();
    const detector = cached(inner, { hmac });
    const stopped = detector.detect(["a"], run).catch((error: MaskingError) => error.code);
    const other = detector.detect(["z", "a"], runOf());
    inner.ends[1]!();
    inner.ends[0]!(new MaskingError("STOPPED"));
    expect(await stopped).toBe("STOPPED");
    await new Promise(setImmediate);
    inner.ends[2]!();
    expect(await other).toHaveLength(2);
    expect(inner.asked).toEqual([["a"], ["z"], ["a"]]);
  });

  it.each([
    ["too few", []],
    ["too many", [[], []]],
    ["none at all", undefined],
    ["no list", [null]],
  ])("takes no answers that are %s", async (_, answers) => {
    const inner: Detector = { name: "odd", version: "1", detect: async () => answers as never };
    const detector = cached(inner, { hmac });
    await expect(detector.detect(["a"], run)).rejects.toMatchObject({ code: "DETECTOR_FAILED" });
  });

  it("forgets what was unused longest where memory ends", async () => {
    const inner = names();
    const detector = cached(inner, { hmac, maxBytes: 400 });
    await detector.detect(["1", "2", "3"], run);
    await detector.detect(["1"], run);
    await detector.detect(["4"], run);
    await detector.detect(["1", "4"], run);
    expect(inner.seen).toEqual([["1", "2", "3"], ["4"]]);
    await detector.detect(["2"], run);
    expect(inner.seen.at(-1)).toEqual(["2"]);
  });

  it("answers where nothing can be remembered", async () => {
    const detector = cached(names(), { hmac, maxBytes: 0 });
    expect(await detector.detect(["Ana", "x", "Ana"], run)).toEqual(await names().detect(["Ana", "x", "Ana"], run));
  });

  it("has the version that its detector has at the moment", () => {
    const inner = { ...names(), version: "1" };
    const detector = cached(inner, { hmac });
    inner.version = "2";
    expect(detector.version).toBe("2");
  });
});
