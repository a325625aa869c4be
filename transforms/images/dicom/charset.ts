/** Text of DICOM character sets (PS3.3, C.12.1.1.2): read in all of them, written in those that have one form. */
import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";

/** Defined terms by what `TextDecoder` calls them; `ISO 2022 IR n` is `ISO_IR n` with escape sequences. */
const LABELS: Readonly<Record<string, string>> = {
  "": "latin1",
  "ISO_IR 6": "latin1",
  "ISO_IR 100": "latin1",
  "ISO_IR 101": "iso-8859-2",
  "ISO_IR 109": "iso-8859-3",
  "ISO_IR 110": "iso-8859-4",
  "ISO_IR 144": "iso-8859-5",
  "ISO_IR 127": "iso-8859-6",
  "ISO_IR 126": "iso-8859-7",
  "ISO_IR 138": "iso-8859-8",
  "ISO_IR 148": "iso-8859-9",
  "ISO_IR 203": "iso-8859-15",
  "ISO_IR 13": "shift_jis",
  "ISO_IR 166": "windows-874",
  "ISO_IR 192": "utf-8",
  "ISO_IR 87": "latin1",
  "ISO_IR 159": "latin1",
  "ISO_IR 149": "euc-kr",
  "ISO_IR 58": "gbk",
  GB18030: "gb18030",
  GBK: "gbk",
};

/** What stands after an escape sequence: the decoder, and what its bytes become first. */
interface Switch {
  readonly label: string;
  readonly bytes: "same" | "high" | "supplementary";
}
const same = (label: string): Switch => ({ label, bytes: "same" });
const ESCAPES: Readonly<Record<string, Switch>> = {
  "(B": same("latin1"),
  "(J": same("shift_jis"),
  ")I": same("shift_jis"),
  "-A": same("latin1"),
  "-B": same("iso-8859-2"),
  "-C": same("iso-8859-3"),
  "-D": same("iso-8859-4"),
  "-L": same("iso-8859-5"),
  "-G": same("iso-8859-6"),
  "-F": same("iso-8859-7"),
  "-H": same("iso-8859-8"),
  "-M": same("iso-8859-9"),
  "-b": same("iso-8859-15"),
  "-T": same("windows-874"),
  $B: { label: "euc-jp", bytes: "high" },
  "$(D": { label: "euc-jp", bytes: "supplementary" },
  "$)C": same("euc-kr"),
  "$)A": same("gbk"),
};
const ESC = 0x1b;

/** The character sets of a data set, from the values of Specific Character Set (0008,0005). */
export interface Charset {
  readonly label: string;
  /** True where text may hold escape sequences. */
  readonly extended: boolean;
  /** True where the data set names none, and so should hold ASCII alone: some writers put UTF-8 there. */
  readonly unnamed?: boolean;
}

export const DEFAULT_CHARSET: Charset = { label: "latin1", extended: false, unnamed: true };

/** The character set that these defined terms name. An unknown term reads as Latin-1, which loses no byte. */
export function charsetOf(terms: readonly string[]): Charset {
  const [first = ""] = terms.map((term) => term.trim().replace(/^ISO 2022 IR /, "ISO_IR "));
  const extended = terms.some((term) => term.includes("2022"));
  const unnamed = first === "" || first === "ISO_IR 6";
  return { label: Object.hasOwn(LABELS, first) ? LABELS[first]! : "latin1", extended, unnamed };
}

export function decodeText(bytes: Uint8Array, charset: Charset): string {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  if (charset.unnamed && !charset.extended && isUtf8(bytes)) return decoderOf("utf-8").decode(bytes);
  if (!charset.extended || !bytes.includes(ESC)) return decoderOf(charset.label).decode(bytes);
  let now: Switch = same(charset.label);
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const next = bytes.indexOf(ESC, at);
    const end = next === -1 ? bytes.length : next;
    text += decodePart(bytes.subarray(at, end), now);
    if (end === bytes.length) break;
    const [length, found] = escapeAt(bytes, end + 1);
    now = found;
    at = end + 1 + length;
  }
  return text;
}

/** The text in the character set; undefined where it cannot be written there. ASCII can be written in all of them. */
export function encodeText(text: string, charset: Charset): Uint8Array | undefined {
  if (/^[\t\n\f\r -~]*$/.test(text)) return Buffer.from(text, "latin1");
  if (charset.label === "utf-8") return Buffer.from(text, "utf8");
  const codes = codesOf(charset.label);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character < "\x80" ? character.charCodeAt(0) : codes.get(character);
    if (code === undefined) return undefined;
    if (code > 0xff) bytes.push(code >> 8);
    bytes.push(code & 0xff);
  }
  return Uint8Array.from(bytes);
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80 && byte !== ESC);
}

function escapeAt(bytes: Uint8Array, at: number): readonly [length: number, to: Switch] {
  for (const length of [2, 3]) {
    const code = String.fromCharCode(...bytes.subarray(at, at + length));
    if (Object.hasOwn(ESCAPES, code)) return [length, ESCAPES[code]!];
  }
  return [0, same("latin1")];
}

function decodePart(bytes: Uint8Array, { label, bytes: kind }: Switch): string {
  if (kind === "same") return decoderOf(label).decode(bytes);
  // Two bytes a character; separators of values and lines stand between them as single bytes.
  const high: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte <= 0x20) high.push(byte);
    else {
      if (kind === "supplementary") high.push(0x8f);
      high.push(byte | 0x80, (bytes[++i] ?? 0x21) | 0x80);
    }
  }
  return decoderOf(label).decode(Uint8Array.from(high));
}

const decoders = new Map<string, TextDecoder>();

function decoderOf(label: string): TextDecoder {
  const decoder = decoders.get(label) ?? new TextDecoder(label);
  decoders.set(label, decoder);
  return decoder;
}

const codes = new Map<string, ReadonlyMap<string, number>>();

/** The code of each character of one byte, or of two where the set has such. */
function codesOf(label: string): ReadonlyMap<string, number> {
  const known = codes.get(label);
  if (known) return known;
  const made = new Map<string, number>();
  const decoder = decoderOf(label);
  const add = (code: number, bytes: readonly number[]): void => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if ([...text].length === 1 && text !== "\ufffd" && !made.has(text)) made.set(text, code);
  };
  for (let code = 0x80; code < 0x100; code++) add(code, [code]);
  if (/^(gb|euc-kr|shift_jis)/.test(label)) {
    for (let code = 0x8100; code < 0xff00; code++) if ((code & 0xff) >= 0x40) add(code, [code >> 8, code & 0xff]);
  }
  codes.set(label, made);
  return made;
}
