import { MaskingError } from "../../src/errors.ts";
import type { Ask } from "../limit.ts";
import { isUnfit, type PhiAnswer } from "./ask.ts";
import { cutText } from "./cut.ts";
import { type CellFinding, findingsIn, shared, whole } from "./findings.ts";
import { type Pack, textOf } from "./pack.ts";

/** Bytes below which a text is not cut again. */
const SMALLEST = 100;

/**
 * What the service finds in a pack. Where it does not take the text, gives a part of the answer, or an answer that
 * does not fit the text, it is asked again about less, down to one text. Of a single text that it does not take or
 * answers amiss, all is a finding. Throws DETECTOR_FAILED where no text is short enough for a whole answer.
 */
export async function examine(pack: Pack, ask: Ask<PhiAnswer>, signal: AbortSignal): Promise<readonly CellFinding[]> {
  const text = textOf(pack);
  const answer = await ask(text, signal).catch((error: unknown) => {
    if (isUnfit(error)) return undefined;
    throw error;
  });
  const found = answer?.complete ? findingsIn(text, answer.entities, pack.length === 1) : undefined;
  if (found) return shared(pack, found);
  const misplaced = answer?.complete === true;
  const parts = pack.length > 1 ? halves(pack) : misplaced ? [] : pieces(pack);
  if (parts.length > 1) {
    const all: CellFinding[] = [];
    for (const part of parts) all.push(...(await examine(part, ask, signal)));
    return all;
  }
  if (answer && !misplaced) throw new MaskingError("DETECTOR_FAILED");
  return whole(pack);
}

function halves(pack: Pack): readonly Pack[] {
  const middle = pack.length >> 1;
  return [pack.slice(0, middle), pack.slice(middle)];
}

/** One text in pieces of about half its size. */
function pieces(pack: Pack): readonly Pack[] {
  const { cell, start, text } = pack[0]!;
  const bytes = Buffer.byteLength(text);
  if (bytes < SMALLEST) return [];
  const parts = cutText(text, Math.ceil(bytes * 0.6));
  return parts.map((part) => [{ cell, start: start + part.start, text: part.text }]);
}
