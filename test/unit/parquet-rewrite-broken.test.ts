import { describe, expect, it } from "vitest";
import {
  i32,
  numberOf,
  structFrom,
  structOf,
  structsOf,
  withField,
  withoutFields,
} from "../../connectors/parquet/fields.ts";
import { readFooter } from "../../connectors/parquet/footer.ts";
import { parquetFormat } from "../../connectors/parquet/format.ts";
import { readParquet } from "../../connectors/parquet/read.ts";
import { readThrift, T, type ThriftStruct } from "../../connectors/parquet/thrift.ts";
import { writeThrift } from "../../connectors/parquet/thrift-write.ts";
import { cellsOf } from "../../src/batch.ts";
import { MaskingError } from "../../src/errors.ts";
import { collect } from "../../src/stream.ts";
import { lengths, texts } from "../fakes/leaf-mask.ts";
import { joined, memoryObject } from "../fakes/object.ts";
import { dataPageOf, handmade, plainTexts } from "../fakes/parquet-file.ts";
import { madeFile, metadataOf, PLANTED, rewritten, withFooter } from "../fakes/parquet-made.ts";

const refusal = (code: string) => expect.objectContaining({ name: "MaskingError", code });

/** The file with one chunk, or its metadata, changed in the footer: row group 1, which is neither first nor last. */
function withChunk(source: Uint8Array, column: number, change: (chunk: ThriftStruct) => ThriftStruct): Uint8Array {
  return withFooter(source, (tree) => {
    const groups = structsOf(tree, 4).map((group, g) => {
      if (g !== 1) return group;
      const columns = structsOf(group, 1).map((chunk, c) => (c === column ? change(chunk) : chunk));
      return withField(group, 1, T.list, { element: T.struct, items: columns });
    });
    return withField(tree, 4, T.list, { element: T.struct, items: groups });
  });
}

function withMeta(source: Uint8Array, column: number, change: (meta: ThriftStruct) => ThriftStruct): Uint8Array {
  return withChunk(source, column, (chunk) => withField(chunk, 3, T.struct, change(structOf(chunk, 3)!)));
}

describe("a file that ends too early", () => {
  it("is refused wherever it ends", async () => {
    const source = madeFile();
    const steps = Array.from({ length: 120 }, (_, i) => Math.floor((source.length * i) / 120));
    for (const end of [...steps, 0, 1, 3, 4, 7, 8, 11, 12, source.length - 1, source.length - 4, source.length - 9]) {
      for (const rules of [{}, { note: lengths }]) {
        const error = await rewritten(source.subarray(0, end), rules).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(MaskingError);
        expect(["INPUT_TRUNCATED", "INPUT_MALFORMED"]).toContain((error as MaskingError).code);
      }
    }
  });

  it("is not taken for another format, and another format not for it", async () => {
    await expect(rewritten(madeFile().subarray(0, 2000), {})).rejects.toEqual(refusal("INPUT_TRUNCATED"));
    await expect(rewritten(Buffer.from("id,note\n1,Ann\n".repeat(99)), {})).rejects.toEqual(refusal("INPUT_MALFORMED"));
    await expect(rewritten(new Uint8Array(0), {})).rejects.toEqual(refusal("INPUT_TRUNCATED"));
  });
});

describe("an encrypted file", () => {
  it("is refused by its mark, whatever the job touches", async () => {
    const source = Buffer.from(madeFile());
    source.write("PARE", source.length - 4, "latin1");
    for (const rules of [{}, { note: lengths }]) {
      await expect(rewritten(source, rules)).rejects.toEqual(refusal("INPUT_ENCRYPTED"));
    }
  });

  it("is refused where its footer is plain", async () => {
    const empty = structFrom();
    const files = [
      withFooter(madeFile(), (tree) => withField(tree, 8, T.struct, empty)),
      withChunk(madeFile(), 0, (chunk) => withField(chunk, 8, T.struct, empty)),
      withChunk(madeFile(), 0, (chunk) => withoutFields(withField(chunk, 9, T.binary, Buffer.from("x")), 3)),
    ];
    for (const file of files) await expect(rewritten(file, {})).rejects.toEqual(refusal("INPUT_ENCRYPTED"));
  });
});

describe("a footer that lies", () => {
  it.each<[string, Uint8Array, string]>([
    [
      "columns lie in another file",
      withChunk(madeFile(), 2, (chunk) => withField(chunk, 1, T.binary, Buffer.from("part-0.parquet"))),
      "INPUT_UNSUPPORTED",
    ],
    [
      "a chunk begins behind the footer",
      withMeta(madeFile(), 2, (meta) => withField(meta, 9, T.i64, 2 ** 40)),
      "INPUT_TRUNCATED",
    ],
    [
      "a chunk begins before the file",
      withMeta(madeFile(), 2, (meta) => withField(meta, 9, T.i64, -5)),
      "INPUT_MALFORMED",
    ],
    [
      "a chunk is of another type than its column",
      withMeta(madeFile(), 2, (meta) => withField(meta, 1, T.i32, 6)),
      "INPUT_MALFORMED",
    ],
    [
      "there are fewer values than rows",
      withMeta(madeFile(), 1, (meta) => withField(meta, 5, T.i64, 10)),
      "INPUT_MALFORMED",
    ],
    [
      "there are more values than rows",
      withMeta(madeFile(), 1, (meta) => withField(meta, 5, T.i64, 10 ** 9)),
      "INPUT_MALFORMED",
    ],
    ["a codec is not known", withMeta(madeFile(), 1, (meta) => withField(meta, 4, T.i32, 3)), "INPUT_UNSUPPORTED"],
    [
      "a chunk is missing",
      withFooter(madeFile(), (tree) => {
        const groups = structsOf(tree, 4).map((group) =>
          withField(group, 1, T.list, { element: T.struct, items: structsOf(group, 1).slice(1) }),
        );
        return withField(tree, 4, T.list, { element: T.struct, items: groups });
      }),
      "INPUT_MALFORMED",
    ],
    [
      "the schema's tree is torn",
      withFooter(madeFile(), (tree) =>
        withField(tree, 2, T.list, { element: T.struct, items: structsOf(tree, 2).slice(0, -1) }),
      ),
      "INPUT_MALFORMED",
    ],
    [
      "a field stands twice",
      withFooter(madeFile(), (tree) => ({ fields: [...tree.fields, tree.fields[0]!] })),
      "INPUT_MALFORMED",
    ],
  ])("%s", async (_, file, code) => {
    for (const byValue of [true, false]) {
      await expect(rewritten(file, { note: lengths }, { byValue })).rejects.toEqual(refusal(code));
    }
  });

  it("has the rows of a row group wrong", async () => {
    const rowsAre = (rows: number) =>
      withFooter(madeFile(), (tree) => {
        const groups = structsOf(tree, 4).map((group) => withField(group, 3, T.i64, rows));
        return withField(tree, 4, T.list, { element: T.struct, items: groups });
      });
    for (const rows of [0, 399, 401, 2 ** 40]) {
      for (const byValue of [true, false]) {
        await expect(rewritten(rowsAre(rows), { note: lengths }, { byValue })).rejects.toEqual(
          refusal("INPUT_MALFORMED"),
        );
      }
    }
  });

  it("may have a codec that is not known where nothing is masked", async () => {
    const file = withMeta(madeFile(), 2, (meta) => withField(meta, 4, T.i32, 3));
    expect((await rewritten(file, { note: lengths })).rows).toBe(1000);
  });

  it("puts a masked column's bytes where others are to be copied", async () => {
    const { rowGroups } = await readFooter(memoryObject(madeFile()));
    const note = rowGroups[1]!.chunks[1]!;
    const inside = note.start + 40;
    const copied = (offset: number, length: number) => (chunk: ThriftStruct) =>
      structFrom(
        ...withoutFields(chunk, offset, length).fields,
        { id: offset, type: T.i64, value: inside },
        i32(length, 30),
      );
    const files = [
      withMeta(madeFile(), 0, (meta) => withField(withField(meta, 9, T.i64, inside), 7, T.i64, 30)),
      withMeta(madeFile(), 0, (meta) => withField(meta, 7, T.i64, inside - numberOf(meta, 9)!)),
      withMeta(madeFile(), 0, copied(14, 15)),
      withChunk(madeFile(), 0, copied(4, 5)),
      withChunk(madeFile(), 0, copied(6, 7)),
    ];
    for (const file of files) {
      await expect(rewritten(file, { note: lengths })).rejects.toEqual(refusal("INPUT_MALFORMED"));
      await expect(rewritten(file, { note: "drop" })).rejects.toEqual(refusal("INPUT_MALFORMED"));
    }
  });

  it("names the columns in another order than the schema", async () => {
    const swapped = withFooter(madeFile(), (tree) => {
      const groups = structsOf(tree, 4).map((group) => {
        const [id, note, age, name, weight] = structsOf(group, 1);
        return withField(group, 1, T.list, { element: T.struct, items: [id!, name!, age!, note!, weight!] });
      });
      return withField(tree, 4, T.list, { element: T.struct, items: groups });
    });
    await expect(rewritten(swapped, { note: lengths })).rejects.toEqual(refusal("INPUT_MALFORMED"));
  });
});

describe("a damaged page", () => {
  it("is refused by its checksum, with its place", async () => {
    const body = Buffer.concat([plainTexts("Ann", "Bob")]);
    const page = await dataPageOf(2, body);
    const parsed = readThrift(page)!;
    const header = (sum: number) => writeThrift(withField(parsed.struct, 4, T.i32, sum));
    const { crc32 } = await import("node:zlib");
    const file = (sum: number) =>
      handmade(
        [
          { name: "root", children: 1 },
          { name: "note", type: 6, repetition: 0 },
        ],
        2,
        [{ path: ["note"], type: 6, values: 2, pages: [header(sum), page.subarray(parsed.end)] }],
      );
    const right = crc32(body) | 0;
    expect((await rewritten(file(right), { note: lengths })).rows).toBe(2);
    await expect(rewritten(file(right ^ 1), { note: lengths })).rejects.toMatchObject({
      code: "INPUT_MALFORMED",
      place: { byte: 4 },
    });
  });

  it("may claim any size: nothing is allocated for the claim", async () => {
    const claims = [i32(2, 2 ** 31 - 1), i32(3, 2 ** 31 - 1)];
    for (const claim of claims) {
      const parsed = readThrift(await dataPageOf(2, plainTexts("Ann", "Bob"), { codec: 1 }))!;
      const header = writeThrift({
        fields: parsed.struct.fields.map((field) => (field.id === claim.id ? claim : field)),
      });
      const file = handmade(
        [
          { name: "root", children: 1 },
          { name: "note", type: 6, repetition: 0 },
        ],
        2,
        [{ path: ["note"], type: 6, codec: 1, values: 2, pages: [header, plainTexts("Ann", "Bob")] }],
      );
      const before = process.memoryUsage().arrayBuffers;
      await expect(rewritten(file, { note: lengths })).rejects.toMatchObject({ name: "MaskingError" });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 26);
    }
  });

  it("is not read where its column is not masked", async () => {
    const source = Buffer.from(madeFile());
    const { rowGroups } = await readFooter(memoryObject(source));
    const { start, end } = rowGroups[1]!.chunks[4]!;
    source.fill(0xff, start, end);
    expect((await rewritten(source, { note: lengths })).rows).toBe(1000);
    await expect(rewritten(source, { weight: texts })).rejects.toMatchObject({ name: "MaskingError" });
  });
});

describe("files of odd shapes", () => {
  const root = (children: number) => ({ name: "root", children });
  const note = { name: "note", type: 6, repetition: 0, converted: 0 };
  const cellsIn = async (bytes: Uint8Array, leaf: string) => {
    const batches = await collect((await readParquet(memoryObject(bytes))).batches);
    return batches.flatMap((batch) => cellsOf(batch, leaf).cells);
  };

  it("no row groups, and no columns", async () => {
    const none = withFooter(madeFile(), (tree) =>
      withField(withField(tree, 4, T.list, { element: T.struct, items: [] }), 3, T.i64, 0),
    );
    for (const byValue of [true, false]) {
      const { bytes, rows } = await rewritten(none, { note: lengths, id: texts }, { byValue });
      expect([rows, metadataOf(bytes).row_groups]).toEqual([0, []]);
      expect(metadataOf(bytes).schema[1]).toMatchObject({ name: "id", type: "BYTE_ARRAY" });
    }
    const bare = handmade([root(0)], 7, []);
    expect((await rewritten(bare, {})).rows).toBe(7);
    await expect(rewritten(bare, { note: lengths })).rejects.toEqual(refusal("COLUMN_MISSING"));
  });

  it("a row group without rows", async () => {
    const empty = handmade([root(1), note], 0, [{ path: ["note"], type: 6, values: 0, pages: [] }]);
    for (const byValue of [true, false]) {
      const { bytes } = await rewritten(empty, { note: lengths }, { byValue });
      expect(await cellsIn(bytes, "note")).toEqual([]);
      expect(metadataOf(bytes).row_groups).toHaveLength(1);
    }
  });

  it("two columns of one name: neither can be named, and neither hinders another", async () => {
    const chunk = async (text: string) => ({
      path: ["note"],
      type: 6,
      values: 1,
      pages: [await dataPageOf(1, plainTexts(text))],
    });
    const other = { path: ["other"], type: 6, values: 1, pages: [await dataPageOf(1, plainTexts("Cid"))] };
    const twins = handmade([root(3), note, note, { ...note, name: "other" }], 1, [
      await chunk("Ann"),
      await chunk("Bob"),
      other,
    ]);
    await expect(rewritten(twins, { note: lengths })).rejects.toMatchObject({
      code: "COLUMN_DUPLICATE",
      place: { column: "note" },
    });
    const { bytes } = await rewritten(twins, { other: lengths });
    expect(Buffer.from(bytes).includes("Ann") && Buffer.from(bytes).includes("Bob")).toBe(true);
    expect(Buffer.from(bytes).includes("Cid")).toBe(false);
  });

  it.each(["__proto__", "constructor", "a.b", "", " ", "é漢🙂"])("a column named '%s'", async (name) => {
    const pages = [await dataPageOf(2, plainTexts("Ann", "Bobby"))];
    const file = handmade([root(1), { ...note, name }], 2, [{ path: [name], type: 6, values: 2, pages }]);
    for (const byValue of [true, false]) {
      const { bytes } = await rewritten(file, { [name]: lengths }, { byValue });
      expect(await cellsIn(bytes, name)).toEqual(["M3", "M5"]);
    }
  });

  it("cells of 10 MB", async () => {
    const large = `${PLANTED} ${"x".repeat(10_000_000)}`;
    const pages = [await dataPageOf(3, plainTexts(large, "", `${large}!`), { codec: 1 })];
    const file = handmade([root(1), note], 3, [{ path: ["note"], type: 6, codec: 1, values: 3, pages }]);
    for (const byValue of [true, false]) {
      const { bytes } = await rewritten(file, { note: lengths }, { byValue });
      expect(await cellsIn(bytes, "note")).toEqual([`M${large.length}`, "M0", `M${large.length + 1}`]);
    }
    const kept = await rewritten(file, { note: { cell: (cell) => cell } });
    expect(await cellsIn(kept.bytes, "note")).toEqual([large, "", `${large}!`]);
  });

  it("5,000 columns", async () => {
    const columns = Array.from({ length: 5000 }, (_, i) => `c${i}`);
    const page = await dataPageOf(1, plainTexts("Ann"));
    const chunks = columns.map((name) => ({ path: [name], type: 6, values: 1, pages: [page] }));
    const file = handmade([root(5000), ...columns.map((name) => ({ ...note, name }))], 1, chunks);
    const touched = { reads: ["c17", "c4999"], writes: ["c17", "c4999"], byValue: [] };
    const pieces = await collect(parquetFormat().rewrite(memoryObject(file), touched, (stream) => stream));
    expect(pieces.length).toBeLessThan(10);
    const bytes = await joined(
      parquetFormat().rewrite(memoryObject(file), touched, (stream) => stream),
      file,
    );
    expect(metadataOf(bytes).row_groups[0]!.columns).toHaveLength(5000);
    expect(await cellsIn(bytes, "c4999")).toEqual(["Ann"]);
  });
});
