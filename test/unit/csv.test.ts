import { describe, expect, test } from "vitest";
import { type CsvDialect, csvFormat } from "../../connectors/csv/format.ts";
import { dropLeaf, withoutLeaf } from "../../src/batch.ts";
import type { MaskingError } from "../../src/errors.ts";
import { collect } from "../../src/stream.ts";
import type { BatchStream } from "../../src/types.ts";
import { changing, reference, rewritten, rowsOf, touching } from "../fakes/csv.ts";
import { joined, memoryObject } from "../fakes/object.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
const file = (content: string | Uint8Array) => memoryObject(Buffer.from(content as string));

/** Where a text breaks off, as an error says it. */
async function failure(
  content: string | Uint8Array,
  dialect: CsvDialect = {},
  leaf = "note",
): Promise<Partial<MaskingError>> {
  const source = memoryObject(Buffer.from(content as string), { chunk: 5 });
  const outcome = joined(csvFormat(dialect).rewrite(source, touching(leaf), (stream) => stream));
  const { code, place } = await outcome.then(
    () => ({ code: undefined, place: {} }),
    (error: MaskingError) => error,
  );
  return { code, place } as Partial<MaskingError>;
}

describe("what is read", () => {
  // The cases of the csv-spectrum collection, and those that readers disagree on. Undefined: csv-parse refuses it too.
  test.each<[string, string, string[][] | undefined, CsvDialect?]>([
    [
      "plain",
      "a,b,c\n1,2,3\n",
      [
        ["a", "b", "c"],
        ["1", "2", "3"],
      ],
    ],
    [
      "CRLF",
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "CR",
      "a,b\r1,2\r",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["mixed line ends", "a\r\nb\nc\rd", [["a"], ["b"], ["c"], ["d"]]],
    [
      "no last line end",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "comma in quotes",
      'a,b\nJohn,"Doe, 120 any st."\n',
      [
        ["a", "b"],
        ["John", "Doe, 120 any st."],
      ],
    ],
    [
      "doubled quotes",
      'a,b\n1,"ha ""ha"" ha"\n',
      [
        ["a", "b"],
        ["1", 'ha "ha" ha'],
      ],
    ],
    ["a quote alone", 'a\n""""\n', [["a"], ['"']]],
    [
      "JSON",
      'k,v\n1,"{""type"": ""Point""}"\n',
      [
        ["k", "v"],
        ["1", '{"type": "Point"}'],
      ],
    ],
    [
      "line ends in quotes",
      'a,b\n1,"x\ny\r\nz"\n',
      [
        ["a", "b"],
        ["1", "x\ny\r\nz"],
      ],
    ],
    [
      "empty and quoted empty",
      'a,b\n,""\n',
      [
        ["a", "b"],
        ["", ""],
      ],
    ],
    [
      "letters beyond ASCII",
      "a,b\nʤ,日本\n",
      [
        ["a", "b"],
        ["ʤ", "日本"],
      ],
    ],
    [
      "spaces stay",
      " a , b\n1 , 2\n",
      [
        [" a ", " b"],
        ["1 ", " 2"],
      ],
    ],
    ["one column with blank lines", "a\n\n\nb\n", [["a"], [""], [""], ["b"]]],
    ["no text", "", []],
    ["one line end", "\n", [[""]]],
    ["byte order mark alone", "\ufeff", []],
    [
      "byte order mark",
      '\ufeff"a",b\n1,2\n',
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "tabs",
      "a\tb\n1\t2,3\n",
      [
        ["a", "b"],
        ["1", "2,3"],
      ],
      { delimiter: "\t" },
    ],
    ["tab spelled out", "a\tb\n", [["a", "b"]], { delimiter: "\\t" }],
    ["unit separator", "a\x01b\n", [["a", "b"]], { delimiter: "\\x01" }],
    [
      "no quotes",
      'a|b\n"|x"y\n',
      [
        ["a", "b"],
        ['"', 'x"y'],
      ],
      { delimiter: "|", quote: null },
    ],
    ["no quotes, by an empty text", '"a,b\n', [['"a', "b"]], { quote: "" }],
    [
      "single quotes",
      "a,b\n'x,''y',\"\n",
      [
        ["a", "b"],
        ["x,'y", '"'],
      ],
      { quote: "'" },
    ],
    ["delimiter of two characters", "a||b|c\n", [["a", "b|c"]], { delimiter: "||" }],
    [
      "semicolons",
      "a;b\n1,5;2\n",
      [
        ["a", "b"],
        ["1,5", "2"],
      ],
      { delimiter: ";" },
    ],
    ["bare quote", 'a,b\n1,x "y"\n', undefined],
    ["text after a quote", 'a,b\n1,"x"y\n', undefined],
    ["space before a quote", 'a,b\n1, "x"\n', undefined],
    ["open quote", 'a,b\n1,"x\n', undefined],
    ["too few cells", "a,b\n1\n", undefined],
    ["too many cells", "a,b\n1,2,3\n", undefined],
    ["blank line among two columns", "a,b\n\n1,2\n", undefined],
    ["blank line at the end", "a,b\n1,2\n\n", undefined],
  ])("%s", async (_, content, rows, dialect = {}) => {
    expect(
      reference(content, { ...dialect, delimiter: dialect.delimiter?.replace("\\t", "\t").replace("\\x01", "\x01") }),
    ).toEqual(rows);
    const format = csvFormat({ ...dialect, header: false });
    const found = await rowsOf(format, file(content)).catch(() => undefined);
    expect(found?.map((row) => row.map((cell) => cell ?? ""))).toEqual(rows);
  });

  test("text that is null is told apart from the same text in quotes", async () => {
    const content = 'a,b\n,""\nNA,"NA"\n';
    expect(await rowsOf(csvFormat(), file(content))).toEqual([
      [null, ""],
      ["NA", "NA"],
    ]);
    expect(await rowsOf(csvFormat({ null: "NA" }), file(content))).toEqual([
      ["", ""],
      [null, "NA"],
    ]);
  });

  test("the schema is the header, without a header columns are numbered", async () => {
    const names = async (dialect: CsvDialect, content: string) =>
      (await csvFormat(dialect).schema(file(content))).fields.map((field) => `${field.name}: ${field.type}`);
    expect(await names({}, 'id,"a ""b""",id\n1,2,3\n')).toEqual(["id: Utf8", 'a "b": Utf8', "id: Utf8"]);
    expect(await names({ header: false }, "1,2\n")).toEqual(["column_1: Utf8", "column_2: Utf8"]);
    expect(await names({ types: { id: "int32" } }, "id,x\n")).toEqual(["id: Int32", "x: Utf8"]);
    expect(await names({}, "")).toEqual([]);
    expect(await names({}, "__proto__,constructor\n")).toEqual(["__proto__: Utf8", "constructor: Utf8"]);
  });

  test("a type for a column that is not there is refused", async () => {
    await expect(csvFormat({ types: { agee: "int32" } }).schema(file("age\n1\n"))).rejects.toMatchObject({
      code: "COLUMN_MISSING",
      place: { column: "agee" },
    });
  });
});

describe("where a file breaks off", () => {
  test.each<[string, string | Uint8Array, object, CsvDialect?]>([
    ["bare quote", 'id,note\n1,a\n2,b "c"\n', { code: "CSV_QUOTE", place: { row: 2, line: 3, column: "note" } }],
    [
      "bare quote in another column",
      'id,note\n1,a\n2 "x",b\n',
      { code: "CSV_QUOTE", place: { row: 2, line: 3, column: "1" } },
    ],
    [
      "after a cell of several lines",
      'id,note\n1,"a\n\nb"\n2,b"\n',
      { code: "CSV_QUOTE", place: { row: 2, line: 5, column: "note" } },
    ],
    ["text after a quote", 'id,note\r\n1,"a"b\r\n', { code: "CSV_QUOTE", place: { row: 1, line: 2, column: "note" } }],
    ["NUL after a quote", 'id,note\n1,"a"\0\n', { code: "CSV_QUOTE", place: { row: 1, line: 2, column: "note" } }],
    [
      "quote that never closes",
      'id,note\n1,a\n2,"b\n3,c\n',
      { code: "CSV_QUOTE", place: { row: 2, line: 3, column: "note" } },
    ],
    ["bare quote in the header", 'id,no"te\n1,a\n', { code: "CSV_QUOTE", place: { line: 1, column: "2" } }],
    ["too few cells", "id,note\n1,a\n2\n", { code: "CSV_RAGGED", place: { row: 2, line: 3, expected: "2 cells" } }],
    ["too many cells", "id,note\n1,a,x\n", { code: "CSV_RAGGED", place: { row: 1, line: 2, expected: "2 cells" } }],
    ["blank line", "id,note\n1,a\n\n", { code: "CSV_RAGGED", place: { row: 2, line: 3 } }],
    ["without a header", "1,a\n2\n", { code: "CSV_RAGGED", place: { row: 2, line: 2 } }, { header: false }],
    [
      "not UTF-8",
      Buffer.from("id,note\n1,a\n2,caf\xe9\n", "latin1"),
      { code: "CSV_ENCODING", place: { row: 2, line: 3, column: "note" } },
    ],
    [
      "not UTF-8 in a column that is not touched",
      Buffer.from("x,note\ncaf\xe9,a\n", "latin1"),
      { code: "CSV_ENCODING", place: { row: 1, line: 2, column: "1" } },
    ],
    [
      "not UTF-8 in the header",
      Buffer.from("\xe9,note\n1,a\n", "latin1"),
      { code: "CSV_ENCODING", place: { line: 1, column: "1" } },
    ],
    [
      "cut inside a character",
      Buffer.from("id,note\n1,é").subarray(0, 11),
      { code: "CSV_ENCODING", place: { row: 1, line: 2, column: "note" } },
    ],
    [
      "not ASCII",
      "id,note\n1,é\n",
      { code: "CSV_ENCODING", place: { row: 1, line: 2, column: "note" } },
      { encoding: "ascii" },
    ],
    [
      "not windows-1252",
      Buffer.from("id,note\n1,\x9d\n", "latin1"),
      { code: "CSV_ENCODING", place: { row: 1, line: 2, column: "note" } },
      { encoding: "windows-1252" },
    ],
    [
      "not UTF-16",
      Buffer.from("id,note\n1,a\n2,\ud800x\n", "utf16le"),
      { code: "CSV_ENCODING", place: { row: 2, line: 3, column: "note" } },
      { encoding: "utf-16le" },
    ],
    [
      "half a character of UTF-16",
      Buffer.from("id,note\n1,ab", "utf16le").subarray(0, 23),
      { code: "CSV_ENCODING", place: { row: 1, line: 2, column: "note" } },
      { encoding: "utf-16le" },
    ],
    ["UTF-16 without a mark", Buffer.from("id,note\n1,a\n", "utf16le"), { code: "CSV_ENCODING", place: { line: 1 } }],
    [
      "UTF-16 where UTF-8 is declared",
      Buffer.from("\ufeffid,note\n", "utf16le"),
      { code: "CSV_ENCODING", place: { expected: "encoding utf-16le, by the file's byte order mark" } },
      { encoding: "utf-8" },
    ],
    ["UTF-8 where latin1 is declared", "\ufeffid,note\n", { code: "CSV_ENCODING" }, { encoding: "latin1" }],
    ["a name that two columns share", "note,x,note\n1,2,3\n", { code: "COLUMN_DUPLICATE", place: { column: "note" } }],
    ["no such column", "id,nose\n1,2\n", { code: "COLUMN_MISSING", place: { column: "note" } }],
    ["no column at all", "", { code: "COLUMN_MISSING", place: { column: "note" } }],
  ])("%s", async (_, content, expected, dialect = {}) => {
    const leaf = dialect.header === false ? "column_1" : "note";
    expect(await failure(content, dialect, leaf)).toMatchObject(expected);
  });

  test("a row without end is refused before it fills the memory", async () => {
    const endless = (start: string) => ({
      ...file(""),
      async *read() {
        yield Buffer.from(start);
        for (let chunk = 0; chunk < 100; chunk++) yield Buffer.alloc(1000, "x");
        throw new Error("read on");
      },
    });
    const format = csvFormat({}, { window: 1000, row: 8000 });
    const rewrite = (start: string) => joined(format.rewrite(endless(start), touching("note"), (stream) => stream));
    await expect(rewrite('id,note\n1,"a')).rejects.toMatchObject({ code: "CSV_QUOTE", place: { row: 1, line: 2 } });
    await expect(rewrite("id,note\n1,a")).rejects.toMatchObject({
      code: "INPUT_UNSUPPORTED",
      place: { row: 1, line: 2 },
    });
    await expect(rewrite("id")).rejects.toMatchObject({ code: "INPUT_UNSUPPORTED", place: { line: 1 } });
  });
});

describe("dialects", () => {
  test.each<[CsvDialect, string]>([
    [{ delimiter: "" }, "delimiter"],
    [{ delimiter: "\n" }, "delimiter"],
    [{ delimiter: '"' }, "quote"],
    [{ delimiter: 'a"' }, "quote"],
    [{ quote: "ab" }, "quote"],
    [{ quote: "\n" }, "quote"],
    [{ null: "a,b" }, "null"],
    [{ null: 'N"' }, "null"],
    [{ null: "a\n" }, "null"],
    [{ encoding: "klingon" }, "encoding"],
    [{ encoding: "iso-2022-jp" }, "encoding"],
    [{ encoding: "latin1", delimiter: "€" }, "delimiter"],
  ])("%j is refused", (dialect, key) => {
    expect(() => csvFormat(dialect)).toThrow(
      expect.objectContaining({ code: "JOB_INVALID", place: expect.objectContaining({ key: `source.csv.${key}` }) }),
    );
  });
});

describe("rewrite", () => {
  const note = (
    content: string,
    change: (cell: string | null, row: number) => string | null,
    dialect: CsvDialect = {},
  ) => rewritten(csvFormat(dialect), Buffer.from(content), "note", change).then(text);

  test.each<[string, string, string | null, string, CsvDialect?]>([
    ["a quoted cell stays quoted", 'id,note\n1,"a"\n', "M", 'id,note\n1,"M"\n'],
    ["a plain cell stays plain", "id,note\n1,a\n", "M", "id,note\n1,M\n"],
    ["a delimiter asks for quotes", "id,note\n1,a\n", "x,y", 'id,note\n1,"x,y"\n'],
    ["a quote is doubled", "id,note\n1,a\n", 'x"y', 'id,note\n1,"x""y"\n'],
    ["a quote in a quoted cell is doubled", 'id,note\n1,"a"\n', '"x""', 'id,note\n1,"""x"""""\n'],
    ["a line feed asks for quotes", "id,note\n1,a\n", "x\ny", 'id,note\n1,"x\ny"\n'],
    ["a carriage return asks for quotes", "id,note\n1,a\n", "x\ry", 'id,note\n1,"x\ry"\n'],
    ["spaces of a quoted cell stay in quotes", 'id,note\n1,"a"\n', " x ", 'id,note\n1," x "\n'],
    ["empty is not null", "id,note\n1,a\n", "", 'id,note\n1,""\n'],
    ["null is not quoted", 'id,note\n1,"a"\n', null, "id,note\n1,\n"],
    ["null by its own text", "id,note\n1,a\n", null, "id,note\n1,NA\n", { null: "NA" }],
    ["text that reads as null is quoted", "id,note\n1,a\n", "NA", 'id,note\n1,"NA"\n', { null: "NA" }],
    ["empty where null has a text", "id,note\n1,a\n", "", "id,note\n1,\n", { null: "NA" }],
    [
      "a part of a long delimiter asks for quotes",
      "id||note\n1||a\n",
      "x|",
      'id||note\n1||"x|"\n',
      { delimiter: "||" },
    ],
    ["a mark at the start asks for quotes", "note\na\n", "\ufeffx", 'note\n"\ufeffx"\n'],
    ["empty without quotes in the dialect", "id|note\n1|a\n", "", "id|note\n1|\n", { delimiter: "|", quote: null }],
    ["last cell without a line end", "id,note\n1,a", "M", "id,note\n1,M"],
    ["the only cell becomes null at the end", "note\na\nb", null, "note\n\n\n"],
    ["the only cell becomes null, CRLF", "note\r\na", null, "note\r\n\r\n"],
    ["the only cell becomes null between CR and LF", "note\ra\nb", null, "note\r\r\n\r"],
  ])("%s", async (_, content, mask, expected, dialect = {}) => {
    const output = await note(content, () => mask, dialect);
    expect(output).toBe(expected);
    const rows = await rowsOf(csvFormat(dialect), file(output));
    expect(rows.map((row) => row.at(-1))).toEqual(
      rows.map(() => (dialect.quote === null && mask === "" ? null : mask)),
    );
  });

  test("a text that needs quotes where the dialect has none is refused with its place", async () => {
    const dialect = { delimiter: "|", quote: null };
    await expect(note("id|note\n1|a\n2|b\n", (_, row) => (row ? "x|y" : "x"), dialect)).rejects.toMatchObject({
      code: "CSV_QUOTE",
      place: { row: 2, column: "note" },
    });
  });

  test("what is not masked keeps its bytes: quotes, line ends, mark, missing and empty cells", async () => {
    const content = '\ufeff"id",note,"x"\r\n1,a,""\n"2",a,\r3,b,"y\r\n""z"""\r\n4,,\' \n';
    expect(await note(content, (cell) => (cell === "a" ? "MASKED" : cell))).toBe(content.replaceAll(",a,", ",MASKED,"));
  });

  test("columns of one name may stay where no rule names them", async () => {
    expect(await note("x,x,note\n1,2,a\n", () => "M")).toBe("x,x,note\n1,2,M\n");
  });

  test("without a header every row is masked", async () => {
    const output = rewritten(csvFormat({ header: false }), Buffer.from("1,a\n2,b\n"), "column_2", () => "M");
    expect(text(await output)).toBe("1,M\n2,M\n");
  });

  test.each<[string, string[], string]>([
    ["the first", ["a"], "b,c\n2,3\n5,6"],
    ["the last", ["c"], "a,b\n1,2\n4,5"],
    ["all but one", ["a", "c"], "b\n2\n5"],
    ["neighbours", ["b", "c"], "a\n1\n4"],
    ["all", ["a", "b", "c"], ""],
  ])("dropped columns vanish: %s", async (_, leaves, expected) => {
    const drop = (stream: BatchStream): BatchStream => ({
      schema: leaves.reduce(withoutLeaf, stream.schema),
      batches: (async function* () {
        for await (const batch of stream.batches) yield leaves.reduce(dropLeaf, batch);
      })(),
    });
    expect(text(await joined(csvFormat().rewrite(file("a,b,c\n1,2,3\n4,5,6"), touching(...leaves), drop)))).toBe(
      expected,
    );
  });

  test("a column that is read and not written stays, whatever the mask makes of it", async () => {
    const touched = { reads: ["a", "note"], writes: ["note"], byValue: [] };
    const mask = (stream: BatchStream) => changing("a", () => "CHANGED")(changing("note", () => "M")(stream));
    expect(text(await joined(csvFormat().rewrite(file("a,note\n1,x\n"), touched, mask)))).toBe("a,note\n1,M\n");
  });

  test("a mask may cut its batches as it likes", async () => {
    const content = `id,note\n${Array.from({ length: 50 }, (_, row) => `${row},n${row}`).join("\n")}\n`;
    const mask = (size: number) => (stream: BatchStream) => ({
      schema: stream.schema,
      batches: (async function* () {
        for await (const batch of changing("note", (cell) => `${cell}!`)(stream).batches) {
          for (let row = 0; row < batch.numRows; row += size) yield batch.slice(row, row + size);
        }
      })(),
    });
    for (const size of [1, 3, 7]) {
      const output = csvFormat({}, { rows: 10 }).rewrite(file(content), touching("note"), mask(size));
      expect(text(await joined(output))).toBe(content.replaceAll(/n\d+/g, "$&!").replace("n!ote", "note"));
    }
  });

  test("a mask that loses or adds rows is refused", async () => {
    const short = ({ schema, batches }: BatchStream): BatchStream => ({
      schema,
      batches: (async function* () {
        for await (const batch of batches) yield batch.slice(0, 1);
      })(),
    });
    const none = ({ schema }: BatchStream): BatchStream => ({ schema, batches: (async function* () {})() });
    const twice = ({ schema, batches }: BatchStream): BatchStream => ({
      schema,
      batches: (async function* () {
        for await (const batch of batches) yield* [batch, batch];
      })(),
    });
    for (const mask of [short, none, twice]) {
      const output = csvFormat().rewrite(file("note\na\nb\n"), touching("note"), mask);
      await expect(joined(output)).rejects.toMatchObject({ code: "CHECK_FAILED" });
    }
  });

  test("a cell of 10 MB", async () => {
    const long = `${"x".repeat(99)}"`.repeat(105_000);
    const content = `id,note,z\n1,"${long.replaceAll('"', '""')}",2\n3,b,4\n`;
    let seen = 0;
    const output = await rewritten(
      csvFormat(),
      Buffer.from(content),
      "note",
      (cell) => {
        seen = Math.max(seen, cell!.length);
        return "M";
      },
      1 << 16,
    );
    expect([text(output), seen]).toEqual(['id,note,z\n1,"M",2\n3,M,4\n', long.length]);
  });

  test("5,000 columns, one of them masked", async () => {
    const columns = Array.from({ length: 5000 }, (_, column) => column);
    const line = (cell: (column: number) => string) => `${columns.map(cell).join(",")}\n`;
    const content = line((column) => `c${column}`) + line((column) => `v${column}`).repeat(40);
    const output = await rewritten(csvFormat(), Buffer.from(content), "c4321", () => "M", 1 << 16);
    expect(text(output)).toBe(content.replaceAll("v4321", "M"));
    expect(
      (await collect((await csvFormat().read(file(content))).batches)).reduce((rows, batch) => rows + batch.numRows, 0),
    ).toBe(40);
  });

  test("rows are told as they pass, none where there are none", async () => {
    const told = async (content: string) => {
      let rows = 0;
      const count = (some: number) => {
        rows += some;
      };
      await joined(csvFormat({}, { rows: 2 }).rewrite(file(content), touching("a"), (stream) => stream, count));
      return rows;
    };
    expect(await told("a\n1\n2\n3\n")).toBe(3);
    expect(await told("a\n")).toBe(0);
  });
});
