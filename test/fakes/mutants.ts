/** Damaged copies of files: bits turned, bytes overwritten, stretches cut out, doubled or zeroed, ends cut off. */

/** Numbers from 0 up to a bound that are the same every time. */
function numbers(seed: number): (below: number) => number {
  let state = (seed * 2654435761 + 97) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** The copy of this number. Most damage is near the start, where the headers are. */
export function mutant(bytes: Uint8Array, number: number): Buffer {
  const next = numbers(number + 1);
  const at = () => (next(2) === 0 ? next(Math.min(bytes.length, 200)) : next(bytes.length));
  let changed: Buffer = Buffer.from(bytes);
  for (let times = 1 + next(4); times > 0; times--) {
    const [from, length] = [at() % changed.length, 1 + next(64)];
    const kind = next(7);
    if (kind === 0) changed[from]! ^= 1 << next(8);
    else if (kind === 1) changed[from] = next(256);
    else if (kind === 2) changed.fill(next(2) * 255, from, Math.min(changed.length, from + length));
    else if (kind === 3) changed = Buffer.concat([changed.subarray(0, from), changed.subarray(from + length)]);
    else if (kind === 4) changed = Buffer.concat([changed.subarray(0, from + length), changed.subarray(from)]);
    else if (kind === 5) changed = changed.subarray(0, Math.max(16, from));
    else if (from + 4 <= changed.length) changed.writeUInt32BE([0xffffffff, 0x7fffffff, 0, 0x10000][next(4)]!, from);
  }
  return changed;
}
