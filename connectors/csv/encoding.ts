import { MaskingError } from "../../src/errors.ts";
import { type Charset, type Coding, decoderOf, singleByteCharset, UTF_8 } from "./charset.ts";
import { legacyCoding } from "./legacy.ts";
import { UTF_16BE, UTF_16LE } from "./utf16.ts";

type Bytes = AsyncIterable<Uint8Array>;

/** The text of one file: a byte order mark, where there is one, comes first and in UTF-8 reads EF BB BF. */
export interface OpenText {
  readonly chunks: AsyncIterable<Uint8Array | null>;
  /** Back to the encoding that this file was found in. */
  outward(chunks: Bytes): Bytes;
}

/** An encoding of the job. */
export interface Encoding {
  /** Of the bytes that the scanner sees; UTF-8 for every encoding that has to be transcoded. */
  readonly charset: Charset;
  /** Throws CSV_ENCODING where the file's byte order mark says that it is in another encoding. */
  open(chunks: Bytes): Promise<OpenText>;
  /** For a new file: from the scanner's charset, with a byte order mark where readers need one. */
  outward(chunks: Bytes): Bytes;
}

const AS_IT_IS: Coding = { inward: (chunks) => chunks, outward: (chunks) => chunks };

type Mark = "utf-8" | "utf-16le" | "utf-16be";
const MARKS: readonly (readonly [Mark, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

/** A byte order mark as the scanner sees it. */
export const BYTE_ORDER_MARK: Uint8Array = Uint8Array.of(0xef, 0xbb, 0xbf);

/**
 * The encoding by its name in the job. Undefined: what the file's byte order mark says, and UTF-8 without one. `utf-16`:
 * as its mark says, little endian without one. Throws JOB_INVALID for a name that nobody knows.
 */
export function encodingNamed(name: string | undefined): Encoding {
  const label = name?.trim().toLowerCase();
  if (label === undefined) return unicode((mark) => mark ?? "utf-8", "utf-8");
  if (/^utf-?8$/.test(label)) return unicode((mark) => only(mark, "utf-8"), "utf-8");
  if (/^utf-?16$/.test(label)) return unicode((mark) => (mark === "utf-8" ? clash(mark) : (mark ?? "utf-16le")));
  const charset = singleByteCharset(label);
  if (charset) return direct(charset);
  const decoder = decoderOf(label);
  const known = decoder?.encoding;
  if (known === "utf-16le" || known === "utf-16be" || known === "utf-8") {
    return unicode((mark) => only(mark, known), known);
  }
  const legacy = known && legacyCoding(known);
  if (!legacy) {
    throw new MaskingError("JOB_INVALID", { key: "source.csv.encoding", expected: "utf-8, utf-16, latin1, ..." });
  }
  return { charset: UTF_8, open: (chunks) => openAs(chunks, () => legacy), outward: legacy.outward };
}

/** `choose` names the encoding by the mark of a file; `plain` is written without a mark, UTF-16 of no stated order with one. */
function unicode(choose: (mark: Mark | undefined) => Mark, plain?: Mark): Encoding {
  return {
    charset: UTF_8,
    open: (chunks) => openAs(chunks, (mark) => codingOf(choose(mark))),
    outward: (chunks) => (plain ? codingOf(plain).outward(chunks) : UTF_16LE.outward(marked(chunks))),
  };
}

function direct(charset: Charset): Encoding {
  return {
    charset,
    open: (chunks) => openAs(chunks, (mark) => (mark === "utf-8" ? codingOf(clash(mark)) : AS_IT_IS)),
    outward: AS_IT_IS.outward,
  };
}

function codingOf(name: Mark): Coding {
  return name === "utf-8" ? AS_IT_IS : name === "utf-16le" ? UTF_16LE : UTF_16BE;
}

function only(mark: Mark | undefined, name: Mark): Mark {
  return mark === undefined || mark === name ? name : clash(mark);
}

function clash(mark: Mark): never {
  throw new MaskingError("CSV_ENCODING", { byte: 0, expected: `encoding ${mark}, by the file's byte order mark` });
}

async function openAs(chunks: Bytes, choose: (mark: Mark | undefined) => Coding): Promise<OpenText> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  for (let length = 0; length < 3; length += head.at(-1)!.length) {
    const next = await iterator.next();
    if (next.done) break;
    head.push(next.value);
  }
  const first = Buffer.concat(head).subarray(0, 3);
  try {
    const coding = choose(MARKS.find(([, bytes]) => bytes.every((byte, at) => first[at] === byte))?.[0]);
    return { chunks: coding.inward(resumed(head, iterator)), outward: coding.outward };
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

async function* resumed(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* marked(chunks: Bytes): AsyncGenerator<Uint8Array> {
  yield BYTE_ORDER_MARK;
  yield* chunks;
}
