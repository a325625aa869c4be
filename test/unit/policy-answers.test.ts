import { describe, expect, it } from "vitest";
import { comprehendDetector } from "../../connectors/comprehend.ts";
import { type Profile, policyOf } from "../../src/policy.ts";
import { GUIDE_ANSWER, GUIDE_TEXT } from "../corpus/comprehend/guide.ts";
import { type FakePhiClient, phiClient } from "../fakes/phi-client.ts";
import { runOf } from "../fakes/rows.ts";

const FAST = { requestsPerSecond: 1e6, charactersPerSecond: 1e9, random: () => 0.001 };
const CODES: Readonly<Record<string, string>> = {
  A: "AGE",
  D: "DATE",
  L: "ADDRESS",
  N: "NAME",
  I: "ID",
  W: "PROFESSION",
  P: "PHONE_OR_FAX",
};

/** A text whose entities stand between marks, as `{A:48}`, and DetectPHI's answer for it. */
function answer(written: string): { readonly text: string; readonly client: FakePhiClient } {
  const entities: object[] = [];
  let text = "";
  for (const part of written.split(/(\{[A-Z]:[^}]*\})/)) {
    const [, code, value] = /^\{([A-Z]):([^}]*)\}$/.exec(part) ?? [];
    if (code !== undefined && value !== undefined)
      entities.push({
        ...{ Id: entities.length, BeginOffset: text.length, EndOffset: text.length + value.length, Score: 0.97 },
        ...{ Text: value, Category: "PROTECTED_HEALTH_INFORMATION", Type: CODES[code], Traits: [] },
      });
    text += value ?? part;
  }
  return { text, client: phiClient(/never^/g, () => ({ Entities: entities, UnmappedAttributes: [] })) };
}

async function left(client: FakePhiClient, text: string, profile: Profile): Promise<readonly string[]> {
  const policy = policyOf(profile, { asOf: "2026-01-01" });
  const [findings = []] = await comprehendDetector({ client, limits: FAST }).detect([text], runOf());
  return findings.filter((finding) => policy.permits(text, finding)).map(({ start, end }) => text.slice(start, end));
}

describe("what a profile lets stand of DetectPHI's answers", () => {
  it("of the guide's own: the age; Washington may be a town", async () => {
    const client = phiClient(/never^/g, () => GUIDE_ANSWER);
    expect(await left(client, GUIDE_TEXT, "safe_harbor")).toEqual(["48"]);
    expect(await left(client, GUIDE_TEXT, "strict")).toEqual([]);
  });

  it.each<readonly [string, readonly string[]]>([
    ["a {A:67}-year-old woman and a {A:92} year old man", ["67"]],
    ["aged {A:89}, {A:90}, {A:101}; her {A:ninety-one}-year-old aunt", ["89"]],
    ["since {D:2019}, on {D:03/04/2019}, in {D:March 2019}, born {D:1931}", ["2019"]],
    ["from {L:Texas}, of {L:Boston}, at {L:12 Elm St, Boston, MA 02139}", ["Texas"]],
    ["ZIP {L:021}, ZIP {L:036}, ZIP {L:02139}", ["021"]],
    ["by {N:Jane Roe}, MRN {I:123456}, call {P:555-0100}", []],
  ])("under safe_harbor, %s", async (written, expected) => {
    const { text, client } = answer(written);
    expect(await left(client, text, "safe_harbor")).toEqual(expected);
  });

  it("lets dates and towns stand in a limited data set, and nothing under strict", async () => {
    const { text, client } = answer("{N:Ana Roe}, {A:67}, of {L:Boston, MA 02139}, seen {D:03/04/2019}");
    expect(await left(client, text, "limited_data_set")).toEqual(["67", "Boston, MA 02139", "03/04/2019"]);
    expect(await left(client, text, "strict")).toEqual([]);
  });
});
