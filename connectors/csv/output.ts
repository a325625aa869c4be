import { copy } from "./cells.ts";

/** Bytes of one chunk that is handed on, more or less. */
const CHUNK = 1 << 20;

/** The offset of the first `mark` at or after `from`; Infinity where there is none. */
export function nextMark(bytes: Buffer, mark: Buffer, from: number): number {
  const found = mark.length === 1 ? bytes.indexOf(mark[0]!, from) : bytes.indexOf(mark, from);
  return found < 0 ? Number.POSITIVE_INFINITY : found;
}

/** Collects small runs of bytes into large chunks. A chunk that was taken is never written to again. */
export class Output {
  #chunk: Buffer = Buffer.allocUnsafeSlow(CHUNK);
  #length = 0;
  #full: Uint8Array[] = [];
  /** The byte that was written last; undefined before the first, and where the caller says so. */
  last: number | undefined = undefined;

  /** `from[start, end)`. */
  write(from: Buffer, start: number, end: number): void {
    if (end <= start) return;
    if (this.#length + end - start > this.#chunk.length) this.#next(end - start);
    this.#length = copy(from, start, end, this.#chunk, this.#length);
    this.last = from[end - 1];
  }

  /**
   * `from[start, end)` with each `quote` in it written twice. `found`: where the first quote at or after `start` is;
   * the answer is where the first one at or after `end` is. Infinity: there is none.
   */
  writeDoubled(from: Buffer, start: number, end: number, quote: Buffer, found: number): number {
    let next = start;
    let at = found;
    while (at < end) {
      this.write(from, next, at + quote.length);
      this.write(quote, 0, quote.length);
      next = at + quote.length;
      at = nextMark(from, quote, next);
    }
    this.write(from, next, end);
    return at;
  }

  /** The chunks that are full, each once. */
  take(): readonly Uint8Array[] {
    const taken = this.#full;
    this.#full = [];
    return taken;
  }

  /** All that was written and not yet taken. */
  end(): readonly Uint8Array[] {
    this.#next(0);
    return this.take();
  }

  #next(least: number): void {
    if (this.#length > 0) this.#full.push(this.#chunk.subarray(0, this.#length));
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK, least));
    this.#length = 0;
  }
}
