import type { Mint } from "./name.ts";

const ROUNDS = 10;

/**
 * An identifier of the same shape: a digit for a digit, a letter for a letter of the same case, everything else as it
 * is. Values of one shape never share a surrogate (a Feistel network over their digits and letters), but for the rare
 * value that would have stayed itself; so joins hold.
 */
export function shapeSurrogate(text: string, mint: Mint): string {
  const symbols = [...text].map(symbolOf);
  const radices = symbols.flatMap((symbol) => (typeof symbol === "string" ? [] : [BigInt(symbol.radix)]));
  if (radices.length === 0) return text;
  const shape = symbols
    .map((symbol) => (typeof symbol === "string" ? symbol : symbol.radix === 10 ? "9" : "A"))
    .join("");
  const values = symbols.flatMap((symbol) => (typeof symbol === "string" ? [] : [BigInt(symbol.value)]));
  for (let attempt = 0; ; attempt++) {
    const permuted = permute(values, radices, (...parts) => mint("shape", String(attempt), shape, ...parts));
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

function permute(values: readonly bigint[], radices: readonly bigint[], mint: Mint): readonly bigint[] {
  const middle = Math.ceil(values.length / 2);
  const left = product(radices.slice(0, middle));
  const right = product(radices.slice(middle));
  let a = joined(values.slice(0, middle), radices.slice(0, middle));
  let b = joined(values.slice(middle), radices.slice(middle));
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) a = (a + number(mint(String(round), String(b)))) % left;
    else b = (b + number(mint(String(round), String(a)))) % right;
  }
  return [...parted(a, radices.slice(0, middle)), ...parted(b, radices.slice(middle))];
}

function product(radices: readonly bigint[]): bigint {
  return radices.reduce((all, radix) => all * radix, 1n);
}

function joined(values: readonly bigint[], radices: readonly bigint[]): bigint {
  return values.reduce((all, value, i) => all * radices[i]! + value, 0n);
}

function parted(number: bigint, radices: readonly bigint[]): bigint[] {
  let rest = number;
  return radices
    .toReversed()
    .map((radix) => {
      const value = rest % radix;
      rest /= radix;
      return value;
    })
    .reverse();
}

function number(mac: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(mac).toString("hex")}`);
}

function spelled(symbols: readonly (Symbol | string)[], values: readonly bigint[]): string {
  let at = 0;
  return symbols
    .map((symbol) => {
      if (typeof symbol === "string") return symbol;
      const value = Number(values[at++]);
      if (symbol.radix === 10) return String(value);
      return String.fromCharCode((symbol.upper ? 65 : 97) + value);
    })
    .join("");
}
