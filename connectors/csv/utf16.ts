import { type Coding, LONE_SURROGATE } from "./charset.ts";

/** UTF-16 with its low byte first; UTF-8 inside. */
export const UTF_16LE: Coding = coding(false);

/** UTF-16 with its high byte first; UTF-8 inside. */
export const UTF_16BE: Coding = coding(true);

function coding(bigEndian: boolean): Coding {
  return {
    inward: (chunks) => toUtf8(chunks, bigEndian),
    outward: (chunks) => fromUtf8(chunks, bigEndian),
  };
}

async function* toUtf8(chunks: AsyncIterable<Uint8Array>, bigEndian: boolean): AsyncGenerator<Uint8Array | null> {
  let carry: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([carry, chunk]);
    const whole = wholeCharacters(bytes, bigEndian);
    carry = Uint8Array.from(bytes.subarray(whole));
    const text = littleEndian(bytes.subarray(0, whole), bigEndian).toString("utf16le");
    const wrong = text.search(LONE_SURROGATE);
    yield Buffer.from(wrong < 0 ? text : text.slice(0, wrong), "utf8");
    if (wrong < 0) continue;
    yield null;
    return;
  }
  if (carry.length > 0) yield null;
}

/** The number of bytes before a half code unit or the first half of a surrogate pair at the end. */
function wholeCharacters(bytes: Buffer, bigEndian: boolean): number {
  const units = bytes.length & ~1;
  if (units === 0) return 0;
  const high = bytes[bigEndian ? units - 2 : units - 1]!;
  return (high & 0xfc) === 0xd8 ? units - 2 : units;
}

/** Swaps in place: only for bytes that nobody else holds. */
function littleEndian(bytes: Buffer, bigEndian: boolean): Buffer {
  return bigEndian ? bytes.swap16() : bytes;
}

async function* fromUtf8(chunks: AsyncIterable<Uint8Array>, bigEndian: boolean): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text.length > 0) yield littleEndian(Buffer.from(text, "utf16le"), bigEndian);
  }
}
