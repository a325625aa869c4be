/** Codes of GIF's compression are 12 bits at most; then the table starts again. */
const MOST_CODES = 4096;

/** LZW as GIF89a's appendix F has it, in blocks of up to 255 bytes, the first byte (the size of the codes) and the last (none) included. */
export function lzwBlocks(indexes: Uint8Array, bits: number): Uint8Array {
  const least = Math.max(2, bits);
  const clear = 1 << least;
  const out: number[] = [];
  let [held, count, size, next] = [0, 0, least + 1, clear + 2];
  const put = (code: number): void => {
    held |= code << count;
    for (count += size; count >= 8; count -= 8, held >>>= 8) out.push(held & 0xff);
  };
  let table = new Map<number, number>();
  put(clear);
  let prefix = indexes[0]!;
  for (let i = 1; i < indexes.length; i++) {
    const key = (prefix << 8) | indexes[i]!;
    const known = table.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    put(prefix);
    prefix = indexes[i]!;
    if (next === MOST_CODES) {
      put(clear);
      [table, size, next] = [new Map(), least + 1, clear + 2];
      continue;
    }
    // A reader's table is one code behind, so the size grows when the code after the last of this size is made.
    if (next === 1 << size) size++;
    table.set(key, next++);
  }
  put(prefix);
  put(clear + 1);
  if (count > 0) out.push(held & 0xff);
  return blocks(Uint8Array.from(out), least);
}

function blocks(bytes: Uint8Array, least: number): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(least)];
  for (let at = 0; at < bytes.length; at += 255) {
    const part = bytes.subarray(at, at + 255);
    parts.push(Uint8Array.of(part.length), part);
  }
  return Buffer.concat([...parts, Uint8Array.of(0)]);
}
