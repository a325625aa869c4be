/** What EXIF and XMP say: the orientation, and texts in which PHI may be told. */

export interface Exif {
  /** 1 to 8; 1 where nothing is said. */
  readonly orientation: number;
  readonly texts: readonly string[];
}

/** Characters of one text that are kept; a note is shorter, a maker's private data longer. */
const MOST_TEXT = 20_000;
/** Entries that are looked at: broken files have loops and counts without end. */
const MOST_ENTRIES = 4_000;

const ORIENTATION = 0x0112;
const USER_COMMENT = 0x9286;
/** Tags whose value is the offset of a directory: EXIF, GPS, interoperability, and sub-pictures. */
const DIRECTORIES: ReadonlySet<number> = new Set([0x8769, 0x8825, 0xa005, 0x014a]);
/** Windows' own tags of a file's title, comment, author, keywords and subject: UTF-16. */
const WINDOWS: ReadonlySet<number> = new Set([0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f]);

/** Reads the TIFF structure in which EXIF is kept. What is broken in it is passed over: nothing of it is written again. */
export function readExif(bytes: Uint8Array): Exif {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) return { orientation: 1, texts: [] };
  const little = bytes[0] === 0x49;
  const texts: string[] = [];
  let orientation = 1;
  let left = MOST_ENTRIES;
  const seen = new Set<number>();
  const visit = (start: number): void => {
    if (seen.has(start) || start < 8 || start + 2 > bytes.length) return;
    seen.add(start);
    const count = view.getUint16(start, little);
    for (let i = 0, at = start + 2; i < count && at + 12 <= bytes.length && left-- > 0; i++, at += 12) {
      const [tag, type, items] = [
        view.getUint16(at, little),
        view.getUint16(at + 2, little),
        view.getUint32(at + 4, little),
      ];
      const inline = at + 8;
      if (tag === ORIENTATION && type === 3 && seen.size === 1) orientation = view.getUint16(inline, little);
      if (DIRECTORIES.has(tag)) visit(view.getUint32(inline, little));
      const from = items <= 4 ? inline : view.getUint32(inline, little);
      const text = textOf(tag, type, bytes.subarray(from, from + Math.min(items, MOST_TEXT)));
      if (text !== undefined) texts.push(text);
    }
    const next = start + 2 + count * 12;
    if (next + 4 <= bytes.length) visit(view.getUint32(next, little));
  };
  visit(view.getUint32(4, little));
  return { orientation: orientation >= 1 && orientation <= 8 ? orientation : 1, texts: clean(texts) };
}

/** Elements' texts and attributes' values of an XMP packet, or of any XML. */
export function readXmp(bytes: Uint8Array): readonly string[] {
  const xml = decoded(bytes.subarray(0, 50 * MOST_TEXT));
  const inside = [...xml.matchAll(/>([^<>]+)</g)].map((match) => match[1]!);
  const attributes = [...xml.matchAll(/="([^"<>]{2,})"/g)].map((match) => match[1]!);
  const told = attributes.filter((text) => !/^(?:https?:\/\/(?:ns\.adobe|www\.w3|purl)|uuid:|xmp\.)/.test(text));
  return clean([...inside, ...told].map(unescaped));
}

/** Runs of text between other bytes, as in IPTC's records, whose frames are single bytes. */
export function readRuns(bytes: Uint8Array): readonly string[] {
  return clean(decoded(bytes.subarray(0, MOST_TEXT)).match(/[\p{L}\p{N}\p{P}\p{Zs}]{3,}/gu) ?? []);
}

/** Texts worth keeping: each once, white space trimmed, at least two characters with a letter or digit in them. */
export function clean(texts: readonly string[]): readonly string[] {
  const kept = texts.map((text) => text.replaceAll("\0", " ").replace(/\s+/g, " ").trim().slice(0, MOST_TEXT));
  return [...new Set(kept)].filter((text) => text.length > 1 && /[\p{L}\p{N}]/u.test(text));
}

/** Bytes as UTF-8 where they are, else as Latin-1. */
export function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}

function textOf(tag: number, type: number, bytes: Uint8Array): string | undefined {
  if (WINDOWS.has(tag)) return new TextDecoder("utf-16le").decode(bytes);
  if (tag !== USER_COMMENT) return type === 2 ? decoded(bytes) : undefined;
  const code = Buffer.from(bytes.subarray(0, 8)).toString("latin1");
  const rest = bytes.subarray(8);
  return code.startsWith("UNICODE") ? new TextDecoder("utf-16le").decode(rest) : decoded(rest);
}

function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d{1,6})|(\w+));/g, (whole, code: string | undefined, name: string | undefined) =>
    code !== undefined ? String.fromCodePoint(Math.min(Number(code), 0x10ffff)) : (named[name!] ?? whole),
  );
}
