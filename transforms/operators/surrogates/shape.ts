import type { Mint } from "./name.ts";

const ROUNDS = 10;

/**
 * An identifier of the same shape: a digit for a digit, a letter for a letter of the same case, everything else as it
 * is. Values of one shape never share a surrogate (a Feistel network over their digits and letters), but for the rare
 * value that would have stayed itself; so joins hold.
 */
export function shapeSurrogate(text: string, mint: Mint): string {
  const symbols = [...text].map(symbolOf);
  const coded = symbols.filter((symbol) => typeof symbol !== "string");
  if (coded.length === 0) return text;
  const shape = symbols
    .map((symbol) => (typeof symbol === "string" ? symbol : symbol.radix === 10 ? "9" : "A"))
    .join("");
  const values = coded.map(({ value }) => value);
  const radices = coded.map(({ radix }) => radix);
  for (let attempt = 0; ; attempt++) {
    const permuted = permute(values, radices, (state) => mint("shape", `${attempt} ${shape}`, state!));
    const out = spelled(symbols, permuted);
    if (out !== text) return out;
  }
}

interface Symbol {
  readonly radix: 10 | 26;
  readonly value: number;
  readonly upper: boolean;
}

function symbolOf(character: string): Symbol | string {
  const code = character.charCodeAt(0);
  if (code >= 48 && code <= 57) return { radix: 10, value: code - 48, upper: false };
  if (code >= 65 && code <= 90) return { radix: 26, value: code - 65, upper: true };
  if (code >= 97 && code <= 122) return { radix: 26, value: code - 97, upper: false };
  if (/\p{N}/u.test(character)) return { radix: 10, value: character.codePointAt(0)! % 10, upper: false };
  if (!/\p{L}/u.test(character)) return character;
  return { radix: 26, value: character.codePointAt(0)! % 26, upper: character !== character.toLowerCase() };
}

function permute(values: readonly number[], radices: readonly number[], mint: Mint): readonly number[] {
  const middle = Math.ceil(values.length / 2);
  const left = product(radices, 0, middle);
  const right = product(radices, middle, radices.length);
  let a = joined(values, radices, 0, middle);
  let b = joined(values, radices, middle, radices.length);
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) a = (a + number(mint(`${round} ${b}`), left)) % left;
    else b = (b + number(mint(`${round} ${a}`), right)) % right;
  }
  const permuted = new Array<number>(values.length);
  part(a, radices, 0, middle, permuted);
  part(b, radices, middle, radices.length, permuted);
  return permuted;
}

function product(radices: readonly number[], from: number, to: number): bigint {
  let all = 1n;
  for (let i = from; i < to; i++) all *= BigInt(radices[i]!);
  return all;
}

/** The number that digits of several radices stand for. */
function joined(values: readonly number[], radices: readonly number[], from: number, to: number): bigint {
  let all = 0n;
  for (let i = from; i < to; i++) all = all * BigInt(radices[i]!) + BigInt(values[i]!);
  return all;
}

/** The digits again, into `values`. */
function part(number: bigint, radices: readonly number[], from: number, to: number, values: number[]): void {
  let rest = number;
  for (let i = to - 1; i >= from; i--) {
    values[i] = Number(rest % BigInt(radices[i]!));
    rest /= BigInt(radices[i]!);
  }
}

/** A number that the MAC chooses, spread over 0 to `below` as evenly as matters: by 8 bytes where it is small. */
function number(mac: Uint8Array, below: bigint): bigint {
  const view = new DataView(mac.buffer, mac.byteOffset, mac.byteLength);
  if (below < 0x1_0000_0000n) return view.getBigUint64(0);
  return [8, 16, 24].reduce((all, at) => (all << 64n) | view.getBigUint64(at), view.getBigUint64(0));
}

function spelled(symbols: readonly (Symbol | string)[], values: readonly number[]): string {
  let at = 0;
  return symbols
    .map((symbol) => {
      if (typeof symbol === "string") return symbol;
      const value = values[at++]!;
      if (symbol.radix === 10) return String(value);
      return String.fromCharCode((symbol.upper ? 65 : 97) + value);
    })
    .join("");
}
