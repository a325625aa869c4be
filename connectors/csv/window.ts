/** A stretch of a file that starts with a row. */
export interface Window {
  readonly bytes: Buffer;
  /** True where no byte follows. */
  readonly final: boolean;
  /** True where bytes follow that are not in the declared encoding; `final` is then true as well. */
  readonly broken: boolean;
}

/** The windows of a file, one at a time. */
export interface Windows {
  /** `carry`: what was not used of the window before; the next one starts with it and is at least twice as long. */
  next(carry: Uint8Array): Promise<Window>;
  /** Gives the memory of a window back: nobody may look at it any more. Optional; a window that is kept stays as it is. */
  release(bytes: Buffer): void;
  close(): Promise<void>;
}

/** Windows of `size` bytes each. The next chunk is asked for while the caller works on a window. */
export function windowsOf(chunks: AsyncIterable<Uint8Array | null>, size: number): Windows {
  const iterator = chunks[Symbol.asyncIterator]();
  let ahead: Promise<IteratorResult<Uint8Array | null>> | undefined;
  const free: Buffer[] = [];
  let rest: Uint8Array = new Uint8Array(0);
  let ended = false;
  let broken = false;

  function ask(): Promise<IteratorResult<Uint8Array | null>> {
    ahead = iterator.next();
    ahead.catch(() => {}); // thrown by the await of it
    return ahead;
  }

  async function pull(): Promise<void> {
    const next = await (ahead ?? ask());
    ahead = undefined;
    if (next.done) ended = true;
    else if (next.value === null) ended = broken = true;
    else rest = next.value;
    if (!ended) ask();
  }

  return {
    async next(carry) {
      const least = Math.max(size, carry.length * 2);
      const bytes = (least === size ? free.pop() : undefined) ?? Buffer.allocUnsafeSlow(least);
      bytes.set(carry);
      let length = carry.length;
      while (length < bytes.length && !(ended && rest.length === 0)) {
        const part = rest.subarray(0, bytes.length - length);
        bytes.set(part, length);
        length += part.length;
        rest = rest.subarray(part.length);
        if (rest.length === 0 && !ended) await pull();
      }
      const final = ended && rest.length === 0;
      return { bytes: bytes.subarray(0, length), final, broken: final && broken };
    },
    release({ buffer }) {
      if (buffer.byteLength === size) free.push(Buffer.from(buffer));
    },
    async close() {
      await iterator.return?.();
    },
  };
}
