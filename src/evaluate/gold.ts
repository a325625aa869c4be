import { MaskingError } from "../errors.ts";

/** A value that somebody labelled in a text: UTF-16 units, end exclusive. */
export interface GoldSpan {
  readonly start: number;
  readonly end: number;
  /** The corpus's own word for the kind. */
  readonly type: string;
}

/** A labelled text. One without spans is held to be free of PHI. */
export interface GoldDocument {
  readonly id?: string;
  readonly text: string;
  readonly spans: readonly GoldSpan[];
}

const SHAPE = "one JSON object a line: {text, spans: [{start, end, type}]}";

/**
 * The documents of a JSON Lines file: `{"text": "...", "spans": [{"start": 0, "end": 8, "type": "NAME"}]}`, other keys
 * passed over, empty lines too. Throws INPUT_MALFORMED with the line where one is something else or a span lies outside
 * its text.
 */
export function readGold(jsonLines: string): readonly GoldDocument[] {
  return jsonLines.split("\n").flatMap((line, at) => (line.trim() === "" ? [] : [documentOf(line, at + 1)]));
}

function documentOf(line: string, number: number): GoldDocument {
  const wrong = (expected: string): MaskingError => new MaskingError("INPUT_MALFORMED", { line: number, expected });
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    throw wrong(SHAPE);
  }
  if (!isDocument(read)) throw wrong(SHAPE);
  const { text, spans, id } = read;
  const inside = spans.every(({ start, end }) => start >= 0 && start < end && end <= text.length);
  if (!inside) throw wrong("spans within the text, in UTF-16 units, end exclusive");
  return { ...(id !== undefined && { id }), text, spans };
}

function isDocument(read: unknown): read is GoldDocument {
  if (typeof read !== "object" || read === null) return false;
  const { text, spans } = read as { text?: unknown; spans?: unknown };
  return typeof text === "string" && Array.isArray(spans) && spans.every(isSpan);
}

function isSpan(read: unknown): read is GoldSpan {
  if (typeof read !== "object" || read === null) return false;
  const { start, end, type } = read as Record<keyof GoldSpan, unknown>;
  return Number.isInteger(start) && Number.isInteger(end) && typeof type === "string";
}
