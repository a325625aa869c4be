const LF = 0x0a;
const CR = 0x0d;
/** Beginnings of UTF-16, in either order of bytes. */
const WIDE = /^(fffe|feff)/;

/**
 * Whether a reader that takes each line for a row reads these bytes of CSV as they are meant: none of its cells holds a
 * line end, and it is not UTF-16. `quote` is one byte; undefined where cells are never quoted, so that none can hold one.
 */
export async function goesByLine(chunks: AsyncIterable<Uint8Array>, quote: number | undefined): Promise<boolean> {
  let quoted = false;
  let first = true;
  for await (const chunk of chunks) {
    if (first && WIDE.test(Buffer.from(chunk.subarray(0, 2)).toString("hex"))) return false;
    first &&= chunk.length === 0;
    if (quote === undefined) continue;
    for (let at = 0; at < chunk.length; ) {
      const mark = chunk.indexOf(quote, at);
      const end = mark < 0 ? chunk.length : mark;
      if (quoted && holdsLineEnd(chunk.subarray(at, end))) return false;
      if (mark >= 0) quoted = !quoted;
      at = end + 1;
    }
  }
  return true;
}

function holdsLineEnd(bytes: Uint8Array): boolean {
  return bytes.includes(LF) || bytes.includes(CR);
}
