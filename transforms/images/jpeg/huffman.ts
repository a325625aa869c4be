/** Huffman codes of JPEG: read from a file's tables, and made anew for coefficients that were changed. */
import { unreadable } from "./markers.ts";

/** For every 16 bits that may come: the code's length times 256, and its symbol; 0 where no code starts so. */
export type Decoder = Uint16Array;

/** A table as a file holds it: how many codes there are of each length from 1 to 16, and their symbols in order. */
export interface HuffmanTable {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** Code and length by symbol; length 0 where a symbol has none. */
export interface Encoder {
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
}

/** Throws IMAGE_UNREADABLE where the counts are no prefix code. */
export function decoderOf({ counts, symbols }: HuffmanTable): Decoder {
  const decoder = new Uint16Array(1 << 16);
  let [code, index] = [0, 0];
  for (let length = 1; length <= 16; length++) {
    const span = 1 << (16 - length);
    for (let i = 0; i < counts[length - 1]!; i++) {
      if (code + span > 1 << 16) throw unreadable();
      decoder.fill((length << 8) | symbols[index++]!, code, code + span);
      code += span;
    }
  }
  return decoder;
}

/** Codes of a table, by symbol. */
export function encoderOf({ counts, symbols }: HuffmanTable): Encoder {
  const codes = new Uint16Array(256);
  const lengths = new Uint8Array(256);
  let [code, index] = [0, 0];
  for (let length = 1; length <= 16; length++, code <<= 1) {
    for (let i = 0; i < counts[length - 1]!; i++) {
      const symbol = symbols[index++]!;
      codes[symbol] = code++;
      lengths[symbol] = length;
    }
  }
  return { codes, lengths };
}

/**
 * The best table for symbols that occur so often, as annex K.2 of T.81 makes it: no code of ones alone, none over 16
 * bits. `frequencies` has 256 entries.
 */
export function bestTable(frequencies: Uint32Array): HuffmanTable {
  const lengths = codeLengths(frequencies);
  const bits = new Array<number>(64).fill(0);
  for (const length of lengths) if (length > 0) bits[length]! += 1;
  for (let length = bits.length - 1; length > 16; length--) {
    while (bits[length]! > 0) {
      let shorter = length - 2;
      while (bits[shorter] === 0) shorter--;
      bits[length]! -= 2;
      bits[length - 1]! += 1;
      bits[shorter + 1]! += 2;
      bits[shorter]! -= 1;
    }
  }
  let longest = 16;
  while (bits[longest] === 0) longest--;
  bits[longest]! -= 1; // the symbol that kept a code of ones free
  const order = [...frequencies.keys()].filter((symbol) => lengths[symbol]! > 0);
  order.sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  return { counts: Uint8Array.from(bits.slice(1, 17)), symbols: Uint8Array.from(order) };
}

/** Length of each symbol's code; the last entry, beyond the symbols, keeps the code of ones free. */
function codeLengths(frequencies: Uint32Array): Uint8Array {
  const weights = [...frequencies, 1];
  const lengths = new Uint8Array(weights.length);
  const next = new Int16Array(weights.length).fill(-1);
  for (;;) {
    const least = leastOf(weights, -1);
    const other = leastOf(weights, least);
    if (other < 0) return lengths;
    weights[least]! += weights[other]!;
    weights[other] = 0;
    let at = least;
    lengths[at]! += 1;
    while (next[at]! >= 0) {
      at = next[at]!;
      lengths[at]! += 1;
    }
    next[at] = other;
    for (let i = other; i >= 0; i = next[i]!) lengths[i]! += 1;
  }
}

/** Of the least weights above zero the last, so that the free code ends up among the longest. */
function leastOf(weights: readonly number[], besides: number): number {
  let least = -1;
  for (const [i, weight] of weights.entries()) {
    if (weight > 0 && i !== besides && (least < 0 || weight <= weights[least]!)) least = i;
  }
  return least;
}
