import { cutText } from "./cut.ts";

/** A text, or a piece of one, as it is sent. */
export interface Segment {
  /** Which of the given texts. */
  readonly cell: number;
  /** Where the piece begins in that text, in UTF-16 code units. */
  readonly start: number;
  readonly text: string;
}

/** Segments that go out as one text, in order, `SEPARATOR` between them. */
export type Pack = readonly Segment[];

/**
 * Between two segments: one character, since each is billed. A finding that crosses it is split there.
 */
export const SEPARATOR = "\n";

/** Bytes of UTF-8. The service takes 20,000, or a few less: AWS's pages differ. */
export const LIMIT = 19_500;

/**
 * The texts in as few packs as their order allows; those without a visible character in none. What the service may not
 * take is replaced, unit for unit: halves of characters by U+FFFD, control characters by spaces.
 */
export function packed(texts: readonly string[], limit: number = LIMIT): readonly Pack[] {
  const packs: Pack[] = [];
  let pack: Segment[] = [];
  let bytes = 0;
  const close = () => {
    if (pack.length > 0) packs.push(pack);
    [pack, bytes] = [[], 0];
  };
  texts.forEach((given, cell) => {
    const sent = sendable(given);
    if (sent.trim() === "") return;
    for (const piece of cutText(sent, limit)) {
      const size = Buffer.byteLength(piece.text);
      if (bytes + SEPARATOR.length + size > limit) close();
      bytes += (pack.length > 0 ? SEPARATOR.length : 0) + size;
      pack.push({ cell, ...piece });
    }
  });
  close();
  return packs;
}

/** The text that is sent for a pack. */
export function textOf(pack: Pack): string {
  return pack.map(({ text }) => text).join(SEPARATOR);
}

function sendable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be sent
  return text.replace(/\p{Cs}/gu, "\ufffd").replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, " ");
}
