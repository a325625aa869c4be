import { describe, expect, it } from "vitest";
import { comprehendDetector } from "../../connectors/comprehend.ts";
import type { Finding } from "../../src/types.ts";
import { GUIDE_ANSWER, GUIDE_TEXT } from "../corpus/comprehend/guide.ts";
import { type FakePhiClient, phiClient, sdkError } from "../fakes/phi-client.ts";
import { runOf, thrown } from "../fakes/rows.ts";

const FAST = { requestsPerSecond: 1e6, charactersPerSecond: 1e9, random: () => 0.001 };

async function found(client: FakePhiClient, texts: readonly string[]): Promise<readonly (readonly string[])[]> {
  const answers = await comprehendDetector({ client, limits: FAST }).detect(texts, runOf());
  return answers.map((findings, i) =>
    findings.map(({ type, start, end }: Finding) => `${type} ${texts[i]!.slice(start, end)}`),
  );
}

/** A client that answers every text with these entities. */
const saying = (...entities: readonly object[]) => phiClient(/never^/g, () => ({ Entities: entities }));

const ANA = { BeginOffset: 8, EndOffset: 11, Text: "Ana", Type: "NAME", Score: 0.5 };
const TEXT = "Seen by Ana at noon";
const ALL = [[`OTHER ${TEXT}`]];

describe("what DetectPHI answers", () => {
  it("is taken as AWS's guide prints it, wrong offsets included", async () => {
    const client = phiClient(/never^/g, () => GUIDE_ANSWER);
    const expected = ["NAME John Smith", "AGE 48", "PROFESSION teacher", "ADDRESS Seattle", "ADDRESS Washington"];
    expect(await found(client, [GUIDE_TEXT])).toEqual([expected]);
  });

  it.each([
    ["as it should be", ANA, [["NAME Ana"]]],
    ["with offsets a little off", { ...ANA, BeginOffset: 5, EndOffset: 8 }, [["NAME Ana"]]],
    ["with an end that does not fit", { ...ANA, EndOffset: 12 }, [["NAME Ana"]]],
    ["with a type of later days", { ...ANA, Type: "CONTACT_POINT" }, [["OTHER Ana"]]],
    ["with a type that objects have", { ...ANA, Type: "constructor" }, [["OTHER Ana"]]],
    ["without a type", { ...ANA, Type: undefined }, [["OTHER Ana"]]],
    ["with a text that is not there", { ...ANA, Text: "Bob" }, ALL],
    ["without a text", { ...ANA, Text: undefined }, ALL],
    ["with an empty text", { ...ANA, Text: "" }, ALL],
    ["without an end", { ...ANA, EndOffset: undefined }, ALL],
    ["with half a character", { ...ANA, BeginOffset: 8.5 }, ALL],
    ["before the beginning", { ...ANA, BeginOffset: -1 }, ALL],
    ["far behind the end", { ...ANA, BeginOffset: 1000, EndOffset: 1003 }, ALL],
    ["with its end before its beginning", { ...ANA, EndOffset: 2 }, ALL],
    ["with offsets as text", { ...ANA, BeginOffset: "8" }, ALL],
  ])("masks %s", async (_, entity, expected) => {
    expect(await found(saying(entity), [TEXT])).toEqual(expected);
  });

  it.each([
    ["missing", undefined, 1],
    ["beyond one", 42, 1],
    ["no number", Number.NaN, 1],
    ["low", 0.01, 0.01],
  ])("is sure where the score is %s", async (_, Score, score) => {
    const [findings] = await comprehendDetector({ client: saying({ ...ANA, Score }), limits: FAST }).detect(
      [TEXT],
      runOf(),
    );
    expect(findings).toEqual([{ type: "NAME", start: 8, end: 11, score }]);
  });

  it("is one finding a type and stretch, where entities overlap or come twice", async () => {
    const whole = { ...ANA, EndOffset: 19, Text: "Ana at noon", Type: "ADDRESS" };
    const longer = { ...ANA, BeginOffset: 0, Text: "Seen by Ana" };
    expect(await found(saying(ANA, ANA, whole, longer), [TEXT])).toEqual([["NAME Seen by Ana", "ADDRESS Ana at noon"]]);
  });

  it("masks every place that reads the same where the offsets are wrong, and all where none is nearby", async () => {
    const client = saying({ ...ANA, BeginOffset: 1, EndOffset: 4 });
    const far = " far".repeat(40);
    expect(await found(client, [`Ana saw Ana${far} Ana`])).toEqual([["NAME Ana", "NAME Ana", "NAME Ana"]]);
    expect(await found(client, [`${far} Ana`])).toEqual([[`OTHER ${far} Ana`]]);
  });

  it("with wrong offsets is of no text where several were sent, since it may mean any", async () => {
    const client = phiClient(/Ana/g, (text) => {
      const at = text.indexOf("Bo");
      return at < 0 ? undefined : { Entities: [{ ...ANA, BeginOffset: at + 1, EndOffset: at + 3, Text: "Bo" }] };
    });
    expect(await found(client, ["Ana", "Bo Bo", "Bob", "Ana"])).toEqual([
      ["NAME Ana"],
      ["NAME Bo", "NAME Bo"],
      ["NAME Bo"],
      ["NAME Ana"],
    ]);
  });

  it("counts places in code points", async () => {
    expect(await found(phiClient(/Ana/g), ["😀😀 Ana 😀", "é Ana", "Ana"])).toEqual([
      ["NAME Ana"],
      ["NAME Ana"],
      ["NAME Ana"],
    ]);
  });

  it("splits what crosses from one text into the next, and masks both sides", async () => {
    const client = phiClient(/Ana\nRuiz|x\n \ny/g);
    expect(await found(client, ["Seen: Ana", "Ruiz, Bo"])).toEqual([["NAME Ana"], ["NAME Ruiz"]]);
    expect(await found(client, ["x", " ", "y"])).toEqual([[], [], []]);
    expect(await found(phiClient(/a\nb\nc/g), ["a", "b", "c d"])).toEqual([["NAME a"], ["NAME b"], ["NAME c"]]);
  });

  it("is asked for again, less at a time, where it does not fit the texts", async () => {
    const wrong = { Entities: [{ ...ANA, Text: "Nobody" }] };
    const client = phiClient(/Ana/g, (text) => (text.includes("odd") ? wrong : undefined));
    expect(await found(client, ["Ana 1", "Ana 2", "odd Ana", "Ana 4"])).toEqual([
      ["NAME Ana"],
      ["NAME Ana"],
      ["OTHER odd Ana"],
      ["NAME Ana"],
    ]);
    expect(client.sent).toHaveLength(5);
  });

  it("is asked for again, less at a time, where there is more of it than was given", async () => {
    const client = phiClient(/Ana/g, (text) => (text.length > 300 ? { PaginationToken: "more" } : undefined));
    const long = "Seen by Ana. ".repeat(100);
    const [first, second] = await found(client, ["Ana", long]);
    expect(first).toEqual(["NAME Ana"]);
    expect(second).toEqual(Array.from({ length: 100 }, () => "NAME Ana"));
    const endless = phiClient(/Ana/g, () => ({ PaginationToken: "more" }));
    expect(await thrown(() => found(endless, [long]))).toEqual(["DETECTOR_FAILED", {}]);
  });

  it.each(["InvalidEncodingException", "InvalidRequestException", "TextSizeLimitExceededException"])(
    "may be %s for one text, which is then masked whole",
    async (name) => {
      const client = phiClient(/Ana/g, (text) => {
        if (text.includes("odd")) throw sdkError(name, 400);
        return undefined;
      });
      expect(await found(client, ["Ana 1", "an odd one", "Ana 3"])).toEqual([
        ["NAME Ana"],
        ["OTHER an odd one"],
        ["NAME Ana"],
      ]);
    },
  );

  it.each([
    ["no list of entities", { Entities: undefined }, "DETECTOR_FAILED"],
    ["entities that are none", { Entities: ["Ana"] }, "DETECTOR_FAILED"],
    ["an entity that is null", { Entities: [null] }, "DETECTOR_FAILED"],
  ])("fails with %s", async (_, answer, code) => {
    expect(
      await thrown(() =>
        found(
          phiClient(/Ana/g, () => answer),
          [TEXT],
        ),
      ),
    ).toEqual([code, {}]);
  });

  it.each([
    ["AccessDeniedException", 400, "SERVICE_DENIED"],
    ["UnrecognizedClientException", 403, "SERVICE_DENIED"],
    ["ValidationException", 400, "SERVICE_DENIED"],
    ["TooManyRequestsException", 429, "DETECTOR_FAILED"],
    ["InternalServerException", 500, "DETECTOR_FAILED"],
  ])("says nothing of the service's words at %s", async (name, status, code) => {
    const client = phiClient(/Ana/g, () => {
      throw sdkError(name, status);
    });
    const detector = comprehendDetector({ client, limits: { ...FAST, deadlineMs: 5 } });
    const error: Error = await detector.detect([TEXT], runOf()).then(
      () => new Error(),
      (refused) => refused,
    );
    expect(error).toMatchObject({ name: "MaskingError", code });
    expect(error.cause).toBeUndefined();
    expect(`${error.message} ${error.stack}`).not.toContain("text of the service");
  });
});
