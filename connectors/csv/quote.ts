import { MaskingError } from "../../src/errors.ts";
import type { Dialect } from "./dialect.ts";
import { nextMark, type Output } from "./output.ts";
import { isValid } from "./packed.ts";
import type { FileTexts } from "./texts.ts";

/**
 * Writes one cell: `quoted` puts it in quotes even where its text does not ask for them. `next`, and the answer, is a
 * lower bound of where the next quote in the texts is, to be handed on from cell to cell; -1 to begin with.
 */
export type CellWriter = (
  output: Output,
  texts: FileTexts,
  index: number,
  quoted: boolean,
  next: number,
  row: number,
) => number;

/** The cell writer of a dialect. It throws CSV_QUOTE where a text asks for quotes and the dialect has none. */
export function cellWriterOf(dialect: Dialect): CellWriter {
  const { quote, nullText } = dialect;
  const asks = quoteRule(dialect);
  return (output, { valid, encoded, column }, index, quoted, next, row) => {
    if (!isValid(valid, index)) {
      output.write(nullText, 0, nullText.length);
      return next;
    }
    const { bytes, offsets } = encoded;
    const start = offsets[index]!;
    const end = offsets[index + 1]!;
    if (!quoted && !asks(bytes, start, end)) {
      output.write(bytes, start, end);
      return next;
    }
    if (!quote) {
      throw new MaskingError("CSV_QUOTE", { row, column, expected: "a quote in the csv dialect: this cell needs one" });
    }
    output.write(quote, 0, quote.length);
    const found = next >= start ? next : nextMark(bytes, quote, start);
    const later = output.writeDoubled(bytes, start, end, quote, found);
    output.write(quote, 0, quote.length);
    return later;
  };
}

/**
 * Whether a text has to be quoted: it holds a byte that starts a delimiter, a quote or a line end, reads as null, or
 * starts as a byte order mark does. Without quotes in the dialect an empty text is written as it is, like null.
 */
function quoteRule({ delimiter, quote, nullText }: Dialect): (bytes: Buffer, start: number, end: number) => boolean {
  const special = new Uint8Array(256);
  for (const byte of [delimiter[0]!, 13, 10, ...(quote ? [quote[0]!] : [])]) special[byte] = 1;
  return (bytes, start, end) => {
    if (start === end) return nullText.length === 0 && quote !== null;
    if (quote && bytes[start] === 0xef && bytes[start + 1] === 0xbb) return true;
    for (let at = start; at < end; at++) if (special[bytes[at]!] === 1) return true;
    return end - start === nullText.length && nullText.compare(bytes, start, end) === 0;
  };
}
