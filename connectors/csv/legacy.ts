import { MaskingError } from "../../src/errors.ts";
import type { Coding } from "./charset.ts";

const KNOWN = new Set(["shift_jis", "euc-jp", "euc-kr", "gbk", "gb18030", "big5"]);

/** No encoding of `KNOWN` uses a byte below this one inside a longer character, so a text can be cut after it. */
const NEVER_INSIDE = 0x30;

/**
 * The multi-byte encodings of East Asia, transcoded. A file is refused where a character has two spellings in its
 * encoding and uses the one that is not written today, or is of four bytes: its untouched cells would change.
 */
export function legacyCoding(name: string): Coding | undefined {
  if (!KNOWN.has(name)) return undefined;
  return {
    inward: (chunks) => toUtf8(chunks, name),
    outward: (chunks) => fromUtf8(chunks, name),
  };
}

async function* toUtf8(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array | null> {
  let carry: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([carry, chunk]);
    const cut = bytes.findLastIndex((byte) => byte < NEVER_INSIDE) + 1;
    carry = Uint8Array.from(bytes.subarray(cut));
    const text = strictText(bytes.subarray(0, cut), name);
    yield Buffer.from(text.valid, "utf8");
    if (text.whole) continue;
    yield null;
    return;
  }
  const last = strictText(Buffer.from(carry), name);
  yield Buffer.from(last.valid, "utf8");
  if (!last.whole) yield null;
}

function strictText(bytes: Buffer, name: string): { readonly valid: string; readonly whole: boolean } {
  const text = decoded(bytes, name, false);
  if (text === undefined) return { valid: validPrefix(bytes, name), whole: false };
  if (!encoded(text, name)?.equals(bytes)) {
    throw new MaskingError("INPUT_UNSUPPORTED", { expected: `characters as ${name} is written today, or UTF-8` });
  }
  return { valid: text, whole: true };
}

function validPrefix(bytes: Buffer, name: string): string {
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decoded(bytes.subarray(0, middle), name, true) === undefined) invalid = middle;
    else valid = middle;
  }
  return decoded(bytes.subarray(0, valid), name, true) ?? "";
}

function decoded(bytes: Uint8Array, name: string, stream: boolean): string | undefined {
  try {
    return new TextDecoder(name, { fatal: true }).decode(bytes, { stream });
  } catch {
    return undefined; // a strict decoder's only failure
  }
}

async function* fromUtf8(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    const bytes = encoded(text, name);
    if (!bytes) throw new MaskingError("CSV_ENCODING", { expected: `masks whose answers ${name} can hold` });
    if (bytes.length > 0) yield bytes;
  }
}

function encoded(text: string, name: string): Buffer | undefined {
  const bytesOf = encoderOf(name);
  const bytes = Buffer.allocUnsafe(text.length * 3);
  let length = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    const spelling = code < 0x80 ? code : bytesOf.get(character);
    if (spelling === undefined) return undefined;
    if (spelling > 0xffff) bytes[length++] = spelling >> 16;
    if (spelling > 0xff) bytes[length++] = (spelling >> 8) & 0xff;
    bytes[length++] = spelling & 0xff;
  }
  return bytes.subarray(0, length);
}

const ENCODERS = new Map<string, ReadonlyMap<string, number>>();

/** Character to bytes, high byte first; made by decoding every sequence of one, two and (EUC-JP) three bytes. */
function encoderOf(name: string): ReadonlyMap<string, number> {
  const known = ENCODERS.get(name);
  if (known) return known;
  const spellings = new Map<string, number>();
  const decoder = new TextDecoder(name);
  const add = (lead: readonly number[], from: number): void => {
    const lasts = Array.from({ length: 0x100 - from }, (_, index) => from + index);
    const lines = decoder.decode(Uint8Array.from(lasts.flatMap((last) => [...lead, last, LINE_FEED]))).split("\n");
    for (const [index, last] of lasts.entries()) {
      const text = lines[index]!;
      const one = text !== "\ufffd" && [...text].length === 1;
      if (one && !spellings.has(text))
        spellings.set(
          text,
          [...lead, last].reduce((bytes, byte) => (bytes << 8) | byte),
        );
    }
  };
  add([], 0x80);
  for (const lead of leadsOf(name)) add([lead], 0x40);
  if (name === "euc-jp") for (let second = 0xa1; second < 0xff; second++) add([0x8f, second], 0xa1);
  ENCODERS.set(name, spellings);
  return spellings;
}

/** Ends any sequence, whole or not. */
const LINE_FEED = 10;

/** In the order of preference of the WHATWG encoders: Big5 before Hong Kong's additions, IBM's kanji before NEC's copies. */
function leadsOf(name: string): readonly number[] {
  const all = Array.from({ length: 0x7e }, (_, index) => 0x81 + index);
  if (name === "big5") return [...all.filter((lead) => lead >= 0xa1), ...all.filter((lead) => lead < 0xa1)];
  if (name === "shift_jis") return all.filter((lead) => lead !== 0xed && lead !== 0xee);
  return all;
}
