import type { PhiClient, RawEntity } from "../../connectors/comprehend/ask.ts";

/** A client of Comprehend Medical that finds what a pattern matches, offsets in code points, and keeps what it was sent. */
export interface FakePhiClient extends PhiClient {
  readonly sent: string[];
}

/** An answer in place of the pattern's; undefined for the pattern's own. */
type Says = (text: string, call: number) => Promise<object | undefined> | object | undefined;

export function phiClient(pattern: RegExp, says: Says = () => undefined, type = "NAME"): FakePhiClient {
  const sent: string[] = [];
  return {
    sent,
    async detectPHI({ Text: text }) {
      sent.push(text);
      const own = { Entities: entitiesIn(text, pattern, type), ModelVersion: "2.4.0" };
      return { ...own, ...(await says(text, sent.length)) };
    },
  };
}

export function entitiesIn(text: string, pattern: RegExp, type = "NAME"): readonly RawEntity[] {
  let [unit, point] = [0, 0];
  return [...text.matchAll(pattern)].map((match) => {
    point += [...text.slice(unit, match.index)].length;
    unit = match.index;
    return { BeginOffset: point, EndOffset: point + [...match[0]].length, Text: match[0], Type: type, Score: 0.9 };
  });
}

/** An error as the SDK throws it. */
export function sdkError(name: string, status: number, headers: Readonly<Record<string, string>> = {}): Error {
  const error = new Error("text of the service");
  return Object.assign(error, { name, $metadata: { httpStatusCode: status }, $response: { headers } });
}
