import { describe, expect, it } from "vitest";
import { encodeIndices, encodeLevels } from "../../connectors/parquet/encodings.ts";
import {
  i64,
  list,
  struct,
  structFrom,
  structOf,
  structsOf,
  text,
  withField,
} from "../../connectors/parquet/fields.ts";
import { readThrift, T, type ThriftField, type ThriftStruct } from "../../connectors/parquet/thrift.ts";
import { writeThrift } from "../../connectors/parquet/thrift-write.ts";
import { pagesOf } from "../corpus/pages.ts";
import { type LeafRule, lengths, nulls } from "../fakes/leaf-mask.ts";
import { memoryObject } from "../fakes/object.ts";
import { dataPageOf, dictionaryPageOf, handmade, plainTexts, sized } from "../fakes/parquet-file.ts";
import { madeFile, PLANTED, rewritten, withFooter } from "../fakes/parquet-made.ts";

/** True where the text is in the file's bytes or in any page, decompressed. */
async function holds(bytes: Uint8Array, what: string = PLANTED): Promise<boolean> {
  const pages = await pagesOf(memoryObject(bytes));
  return [bytes, ...pages].some((part) => Buffer.from(part).includes(what));
}

const planted = (id: number, more = ""): ThriftField => ({
  id,
  type: T.binary,
  value: Buffer.from(`${PLANTED} ${more}`),
});
const statistics = structFrom(planted(1), planted(2), i64(3, 0), i64(4, 2), planted(5), planted(6));

/** Everything that a footer may say of the values of a chunk. */
function told(meta: ThriftStruct): ThriftStruct {
  const kept = meta.fields.filter(({ id }) => ![8, 12, 16, 17].includes(id));
  return structFrom(
    ...kept,
    list(8, T.struct, [structFrom(text(1, "note"), planted(2))]),
    struct(12, statistics),
    struct(16, structFrom(i64(1, 3), planted(9))),
    struct(17, structFrom(planted(1))),
    planted(40, "of a format to come"),
  );
}

function everywhere(source: Uint8Array, columns: readonly number[]): Uint8Array {
  return withFooter(source, (tree) => {
    const groups = structsOf(tree, 4).map((group) => {
      const chunks = structsOf(group, 1).map((chunk, column) => {
        if (!columns.includes(column)) return chunk;
        return { fields: [...withField(chunk, 3, T.struct, told(structOf(chunk, 3)!)).fields, planted(50)] };
      });
      return withField(group, 1, T.list, { element: T.struct, items: chunks });
    });
    const pairs = [structFrom(text(1, "who"), planted(2)), structFrom(planted(1), text(2, "what"))];
    const keyed = withField(tree, 5, T.list, { element: T.struct, items: pairs });
    return withField(keyed, 4, T.list, { element: T.struct, items: groups });
  });
}

/** A page of two texts whose header has statistics. */
async function pageWithStatistics(body: Uint8Array, count: number, encoding = 0): Promise<Uint8Array> {
  const parsed = readThrift(await dataPageOf(count, body, { encoding }))!;
  const own = withField(structOf(parsed.struct, 5)!, 5, T.struct, statistics);
  return Buffer.concat([writeThrift(withField(parsed.struct, 5, T.struct, own)), body]);
}

const note = { name: "note", type: 6, repetition: 0, converted: 0 };
const elements = [{ name: "root", children: 2 }, note, { ...note, name: "other" }];
const other = async () => ({ path: ["other"], type: 6, values: 2, pages: [await dataPageOf(2, plainTexts("x", "y"))] });
const RULES: readonly (readonly [string, LeafRule])[] = [
  ["masked", lengths],
  ["nulled", nulls],
  ["dropped", "drop"],
];
const modes = RULES.flatMap(([name, rule]) => [true, false].map((byValue) => [name, byValue, rule] as const));

describe.each(modes)("a column that is %s (by value: %s)", (_, byValue, rule) => {
  it("leaves nothing in statistics, indexes, filters, key-values or fields of formats to come", async () => {
    const source = everywhere(madeFile(), [1, 3]);
    expect(await holds(source)).toBe(true);
    const { bytes } = await rewritten(source, { note: rule, name: rule }, { byValue });
    expect(await holds(bytes)).toBe(false);
  });

  it("leaves nothing in page headers, in what pages hold behind their values, or between chunks", async () => {
    const body = Buffer.concat([plainTexts(`${PLANTED} one`, `${PLANTED} two`), Buffer.from(`${PLANTED} behind`)]);
    const behind = await dataPageOf(1, plainTexts(`${PLANTED} page too many`));
    const pages = [await pageWithStatistics(body, 2), behind];
    const source = handmade(elements, 2, [{ path: ["note"], type: 6, values: 2, pages }, await other()]);
    expect(await holds(source, `${PLANTED} page too many`)).toBe(true);
    const { bytes } = await rewritten(source, { note: rule }, { byValue });
    expect(await holds(bytes)).toBe(false);
  });

  it("leaves nothing in the dictionary, used or not", async () => {
    const entries = plainTexts(`${PLANTED} unused`, `${PLANTED} used`, `${PLANTED} also unused`, `${PLANTED} last`);
    const indices = await pageWithStatistics(encodeIndices(Int32Array.of(3, 1), 4), 2, 8);
    const pages = [await dictionaryPageOf(4, entries), indices];
    const source = handmade(elements, 2, [{ path: ["note"], type: 6, values: 2, pages }, await other()]);
    const withEncoding = withFooter(source, (tree) => listing(tree, 8));
    for (const file of [source, withEncoding]) {
      const { bytes, seen } = await rewritten(file, { note: rule }, { byValue });
      expect(await holds(bytes)).toBe(false);
      for (const cell of seen.cells.get("note") ?? []) expect(String(cell)).not.toContain("unused");
    }
  });

  it("leaves nothing of values that stand under a null or outside of any row", async () => {
    const optional = { ...note, repetition: 1 };
    const levels = sized(encodeLevels(Uint8Array.of(1, 0), 1));
    const body = Buffer.concat([levels, plainTexts(`${PLANTED} shown`, `${PLANTED} under the null`)]);
    const chunk = { path: ["note"], type: 6, values: 2, pages: [await dataPageOf(2, body)] };
    const source = handmade([elements[0]!, optional, elements[2]!], 2, [chunk, await other()]);
    const { bytes } = await rewritten(source, { note: rule }, { byValue });
    expect(await holds(bytes)).toBe(false);
  });
});

/** The footer with an encoding added to the first chunk's list. */
function listing(tree: ThriftStruct, encoding: number): ThriftStruct {
  const [group] = structsOf(tree, 4);
  const [first, ...rest] = structsOf(group!, 1);
  const meta = withField(structOf(first!, 3)!, 2, T.list, { element: T.i32, items: [0, 3, encoding] });
  const chunk = withField(first!, 3, T.struct, meta);
  const changed = withField(group!, 1, T.list, { element: T.struct, items: [chunk, ...rest] });
  return withField(tree, 4, T.list, { element: T.struct, items: [changed] });
}

describe("what goes with a masked column though it is not masked", () => {
  it("is nothing: bytes that no column owns are not copied", async () => {
    const source = Buffer.from(madeFile());
    const start = source.length - 8 - source.readUInt32LE(source.length - 8);
    const stray = Buffer.from(`${PLANTED} between the last index and the footer`);
    const file = Buffer.concat([source.subarray(0, start), stray, source.subarray(start)]);
    const { bytes } = await rewritten(file, { note: lengths, name: lengths });
    expect(await holds(bytes)).toBe(false);
  });

  it("is not the order of the entries: it is the order of the rows, whatever the order of the originals", async () => {
    const entries = plainTexts("Ann", "Bob", "Cid", "Dan");
    const rows = Int32Array.of(2, 0, 3, 0, 1, 2);
    const pages = [await dictionaryPageOf(4, entries), await dataPageOf(6, encodeIndices(rows, 4), { encoding: 8 })];
    const chunk = { path: ["note"], type: 6, values: 6, pages };
    const source = withFooter(handmade([{ name: "root", children: 1 }, note], 6, [chunk]), (tree) => listing(tree, 8));
    const { bytes } = await rewritten(source, {
      note: { cell: (cell) => `#${String(cell).length}${String(cell)[0]}` },
    });
    const [dictionary] = await pagesOf(memoryObject(bytes));
    expect(Buffer.compare(dictionary!, plainTexts("#3C", "#3A", "#3D", "#3B"))).toBe(0);
    const same = await rewritten(source, { note: { cell: () => "same" } });
    const [one, index] = await pagesOf(memoryObject(same.bytes));
    expect(Buffer.compare(one!, plainTexts("same"))).toBe(0);
    expect(Buffer.compare(index!, encodeIndices(new Int32Array(6), 1))).toBe(0);
  });
});

describe("an error", () => {
  it("holds no text of the file", async () => {
    const source = Buffer.from(everywhere(madeFile(), [1, 3]));
    for (let at = 0; at < source.length; at += 397) {
      const damaged = Buffer.from(source);
      damaged.fill(0xff, at, at + 5);
      const error = await rewritten(damaged, { note: lengths }, { byValue: at % 2 === 0 }).catch(
        (thrown: Error) => thrown,
      );
      if (!(error instanceof Error)) continue;
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(
        "Zanzibar",
      );
    }
  });
});
