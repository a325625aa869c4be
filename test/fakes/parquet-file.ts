import { compress } from "../../connectors/parquet/codecs.ts";
import { i32, i64, list, struct, structFrom, text } from "../../connectors/parquet/fields.ts";
import { T, type ThriftField, type ThriftStruct } from "../../connectors/parquet/thrift.ts";
import { writeThrift } from "../../connectors/parquet/thrift-write.ts";

/** A schema element by hand; see parquet.thrift for the numbers. */
export interface Element {
  readonly name: string;
  readonly type?: number;
  readonly repetition?: number;
  readonly children?: number;
  readonly converted?: number;
  readonly typeLength?: number;
}

/** A chunk by hand: whatever is claimed of it is written as claimed. */
export interface HandmadeChunk {
  readonly path: readonly string[];
  readonly type: number;
  readonly codec?: number;
  readonly values: number;
  readonly pages: readonly Uint8Array[];
}

/** A file of one row group that says just what it is told to say. */
export function handmade(elements: readonly Element[], rows: number, chunks: readonly HandmadeChunk[]): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from("PAR1")];
  let at = 4;
  const columns = chunks.map(({ path, type, codec = 0, values, pages }) => {
    const bytes = Buffer.concat(pages);
    const meta = structFrom(
      i32(1, type),
      list(2, T.i32, [0]),
      list(
        3,
        T.binary,
        path.map((part) => Buffer.from(part)),
      ),
      i32(4, codec),
      i64(5, values),
      i64(6, bytes.length),
      i64(7, bytes.length),
      i64(9, at),
    );
    parts.push(bytes);
    at += bytes.length;
    return structFrom(i64(2, 0), struct(3, meta));
  });
  const group = structFrom(list(1, T.struct, columns), i64(2, at), i64(3, rows));
  const schema = list(2, T.struct, elements.map(elementOf));
  const footer = writeThrift(structFrom(i32(1, 1), schema, i64(3, rows), list(4, T.struct, [group])));
  const end = Buffer.alloc(8, "\0\0\0\0PAR1", "latin1");
  end.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, end]);
}

function elementOf(element: Element): ThriftStruct {
  return structFrom(
    maybe(1, element.type),
    maybe(2, element.typeLength),
    maybe(3, element.repetition),
    text(4, element.name),
    maybe(5, element.children),
    maybe(6, element.converted),
  );
}

function maybe(id: number, value: number | undefined): ThriftField | undefined {
  return value === undefined ? undefined : i32(id, value);
}

/** A data page of version 1. `levels`: the encoding of both kinds of levels, RLE unless told. */
export async function dataPageOf(
  count: number,
  body: Uint8Array,
  { encoding = 0, levels = 3, codec = 0, size = body.length } = {},
): Promise<Uint8Array> {
  const own = structFrom(i32(1, count), i32(2, encoding), i32(3, levels), i32(4, levels));
  return pageOf(0, body, codec, size, struct(5, own));
}

/** A dictionary page of plain entries. */
export async function dictionaryPageOf(count: number, body: Uint8Array, codec = 0): Promise<Uint8Array> {
  return pageOf(2, body, codec, body.length, struct(7, structFrom(i32(1, count), i32(2, 0))));
}

async function pageOf(
  type: number,
  body: Uint8Array,
  codec: number,
  size: number,
  own: ThriftField,
): Promise<Uint8Array> {
  const stored = await compress(codec, body);
  return Buffer.concat([writeThrift(structFrom(i32(1, type), i32(2, size), i32(3, stored.length), own)), stored]);
}

/** PLAIN byte arrays. */
export function plainTexts(...texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.map((value) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(value));
      return Buffer.concat([length, Buffer.from(value)]);
    }),
  );
}

/** Four bytes of length, then the runs: levels of a page of version 1. */
export function sized(runs: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(runs.length);
  return Buffer.concat([length, runs]);
}
