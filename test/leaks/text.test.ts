import { Dictionary, Int8, Table, tableToIPC, Utf8 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import type { Detector } from "../../src/types.ts";
import { findingOperators, type OperatorRule } from "../../transforms/operators/operators.ts";
import { maskText } from "../../transforms/text.ts";
import { masking } from "../fakes/masking.ts";
import { batchFrom, patternDetector, runOf } from "../fakes/rows.ts";

const NOTE = "Zanzibar Quillfeather, MRN 48213377, came on 05/20/1987 with Mr. Quillfeather.";
const PLANTED = /zanzibar|quillfeather|48213377|05\/20/i;

function step(rule: OperatorRule, detectors: readonly Detector[], onError: "fail" | "withhold" = "fail") {
  const how = masking();
  const known = ["first", "last", "mrn"].map((leaf) => ({ leaf }));
  return maskText({
    leaf: "note",
    detectors,
    policy: how.policy,
    operators: findingOperators({ default: rule }, how),
    known,
    onError,
  });
}

const rows = () =>
  batchFrom(
    {
      note: [NOTE, NOTE.toUpperCase(), null],
      first: ["Zanzibar", "Zanzibar", "x"],
      last: ["Quillfeather", "Quillfeather", "y"],
      mrn: ["48213377", "48213377", "z"],
    },
    { note: new Dictionary(new Utf8(), new Int8()) },
  );

async function bytesAfter(rule: OperatorRule): Promise<string> {
  const dates = patternDetector([["DATE", /\d\d\/\d\d\/\d{4}/g]]);
  const masked = await step(rule, [dates]).apply(rows(), runOf());
  return Buffer.from(tableToIPC(new Table([masked.select(["note"])]))).toString("latin1");
}

describe("a masked note", () => {
  it("would show what is planted, were it there", () => {
    expect(Buffer.from(tableToIPC(new Table([rows().select(["note"])]))).toString("latin1")).toMatch(PLANTED);
  });
  it.each<OperatorRule>([
    { mask: "label" },
    { mask: "redact" },
    { mask: "mask" },
    { mask: "hash" },
    { mask: "surrogate" },
    { mask: "encrypt" },
    { mask: "date" },
  ])("by %o holds nothing of the person, in no byte of its column", async (rule) => {
    expect(await bytesAfter(rule)).not.toMatch(PLANTED);
  });
});

describe("an error over a note", () => {
  const failing: readonly [string, Detector["detect"]][] = [
    ["throws the text", async (texts) => Promise.reject(new Error(texts[0]))],
    ["throws a text", async (texts) => Promise.reject(texts[0])],
    ["answers amiss", async () => [[{ type: "NAME", start: 0, end: 10_000, score: 1 }]]],
  ];
  it.each(failing)("of a detector that %s holds nothing of it", async (_, detect) => {
    const error = await step({ mask: "label" }, [{ name: "bad", version: "1", detect }])
      .apply(rows(), runOf())
      .catch((error: unknown) => error);
    const { stack, cause } = error as Error;
    expect(`${stack} ${String(cause)} ${JSON.stringify(error)}`).not.toMatch(PLANTED);
    expect(error).toMatchObject({ code: "DETECTOR_FAILED" });
  });
  it("of a detector is never withheld: nothing is known about any text then", async () => {
    const bad: Detector = { name: "bad", version: "1", detect: async () => [] };
    await expect(step({ mask: "label" }, [bad], "withhold").apply(rows(), runOf())).rejects.toMatchObject({
      code: "DETECTOR_FAILED",
    });
  });
});
