import { describe, expect, test } from "vitest";
import { csvFormat } from "../../connectors/csv/format.ts";
import { rewritten, rowsOf } from "../fakes/csv.ts";
import { joined, memoryObject } from "../fakes/object.ts";

const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

/** Bytes by hand: what no encoder of this package made. */
const FILES: readonly (readonly [name: string, encoding: string | undefined, text: string, bytes: Buffer])[] = [
  ["UTF-8", "utf-8", "id,note\n1,Zoë 日本 👩\n", Buffer.from("id,note\n1,Zoë 日本 👩\n")],
  ["UTF-8 with a mark", undefined, "id,note\n1,Zoë\n", Buffer.from("\ufeffid,note\n1,Zoë\n")],
  [
    "UTF-16 LE with a mark, not declared",
    undefined,
    "id,note\n1,Zoë 👩\n",
    Buffer.from("\ufeffid,note\n1,Zoë 👩\n", "utf16le"),
  ],
  ["UTF-16 BE with a mark, not declared", undefined, "id,note\n1,Zoë 👩\n", utf16be("\ufeffid,note\n1,Zoë 👩\n")],
  ["UTF-16 by its mark", "utf-16", "id,note\n1,Zoë 👩\n", utf16be("\ufeffid,note\n1,Zoë 👩\n")],
  ["UTF-16 LE", "utf-16le", "id,note\n1,Zoë 👩\n", Buffer.from("id,note\n1,Zoë 👩\n", "utf16le")],
  ["UTF-16 BE", "UTF-16BE", "id,note\n1,Zoë 👩\n", utf16be("id,note\n1,Zoë 👩\n")],
  ["latin1", "latin1", "id,note\n1,Zoë ÿ\x93\n", Buffer.from("id,note\n1,Zo\xeb \xff\x93\n", "latin1")],
  ["ISO-8859-1", "ISO-8859-1", "id,note\n1,é\n", Buffer.from("id,note\n1,\xe9\n", "latin1")],
  ["windows-1252", "windows-1252", "id,note\n1,“Zoë” €\n", Buffer.from("id,note\n1,\x93Zo\xeb\x94 \x80\n", "latin1")],
  ["windows-1251", "windows-1251", "id,note\n1,Анна\n", Buffer.from("id,note\n1,\xc0\xed\xed\xe0\n", "latin1")],
  ["windows-1250", "cp1250", "id,note\n1,Żółw\n", Buffer.from("id,note\n1,\xaf\xf3\xb3w\n", "latin1")],
  ["ISO-8859-15", "iso-8859-15", "id,note\n1,€\n", Buffer.from("id,note\n1,\xa4\n", "latin1")],
  ["KOI8-R", "koi8-r", "id,note\n1,Анна\n", Buffer.from("id,note\n1,\xe1\xce\xce\xc1\n", "latin1")],
  ["ASCII", "us-ascii", "id,note\n1,Zoe\n", Buffer.from("id,note\n1,Zoe\n")],
  ["Shift JIS", "shift_jis", "id,note\n1,髙橋 ソ\n", Buffer.from("id,note\n1,\xfb\xfc\x8b\xb4 \x83\x5c\n", "latin1")],
  ["GBK", "gbk", "id,note\n1,王伟\n", Buffer.from("id,note\n1,\xcd\xf5\xce\xb0\n", "latin1")],
  ["Big5", "big5", "id,note\n1,王功\n", Buffer.from("id,note\n1,\xa4\xfd\xa5\x5c\n", "latin1")],
  ["EUC-KR", "euc-kr", "id,note\n1,김\n", Buffer.from("id,note\n1,\xb1\xe8\n", "latin1")],
  ["EUC-JP", "euc-jp", "id,note\n1,高\n", Buffer.from("id,note\n1,\xb9\xe2\n", "latin1")],
];

describe.each(FILES)("%s", (_, encoding, text, bytes) => {
  const format = csvFormat({ encoding }, { window: 8 });

  test("is read", async () => {
    for (const chunk of [1, 2, 3, 5, 100]) {
      expect(await rowsOf(format, memoryObject(bytes, { chunk }))).toEqual([["1", text.slice(10, -1)]]);
    }
  });

  test("keeps its bytes where nothing is masked", async () => {
    for (const chunk of [1, 3, 100]) {
      expect((await rewritten(format, bytes, "note", (cell) => cell, chunk)).equals(bytes)).toBe(true);
    }
  });

  test("keeps its encoding where a cell is masked", async () => {
    const masked = await rewritten(format, bytes, "note", (cell) => `[${cell}]`, 3);
    expect(await rowsOf(format, memoryObject(masked))).toEqual([["1", `[${text.slice(10, -1)}]`]]);
    const before = bytes.indexOf("1");
    expect(masked.subarray(0, before).equals(bytes.subarray(0, before))).toBe(true);
  });

  test("is written", async () => {
    const written = await joined(format.write(await format.read(memoryObject(bytes))));
    expect(await rowsOf(format, memoryObject(written))).toEqual([["1", text.slice(10, -1)]]);
  });
});

describe("what an encoding cannot hold", () => {
  test.each(["latin1", "ascii", "windows-1251", "shift_jis"])("%s: a mask's answer is refused", async (encoding) => {
    const output = rewritten(csvFormat({ encoding }), Buffer.from("id,note\n1,a\n2,b\n"), "note", (cell) =>
      cell === "b" ? "Zoë 👩" : cell,
    );
    await expect(output).rejects.toMatchObject({ code: "CSV_ENCODING" });
    if (encoding !== "shift_jis") await expect(output).rejects.toMatchObject({ place: { row: 2, column: "note" } });
  });

  test("a new file is refused", async () => {
    const stream = await csvFormat().read(memoryObject(Buffer.from("id,note\n1,a\n2,日本\n")));
    await expect(joined(csvFormat({ encoding: "latin1" }).write(stream))).rejects.toMatchObject({
      code: "CSV_ENCODING",
      place: { row: 2, column: "note" },
    });
  });

  test("a second spelling of a character is refused, since its bytes would change", async () => {
    const bytes = Buffer.from("id,note\n1,\xed\x40\n", "latin1"); // one of NEC's copies of IBM's kanji
    const output = rewritten(csvFormat({ encoding: "shift_jis" }), bytes, "id", () => "M");
    await expect(output).rejects.toMatchObject({ code: "INPUT_UNSUPPORTED" });
  });

  test("bytes that an East Asian encoding has not are refused with their place", async () => {
    const bytes = Buffer.from("id,note\n1,a\n2,\x8b\xb4\xff\n", "latin1");
    const output = rewritten(csvFormat({ encoding: "shift_jis" }), bytes, "note", () => "M");
    await expect(output).rejects.toMatchObject({ code: "CSV_ENCODING", place: { row: 2, line: 3, column: "note" } });
  });
});

test("UTF-16 of no stated order is written with its mark", async () => {
  const stream = await csvFormat().read(memoryObject(Buffer.from("a\nZoë\n")));
  const bytes = Buffer.from(await joined(csvFormat({ encoding: "utf-16" }).write(stream)));
  expect(bytes.equals(Buffer.from("\ufeffa\nZoë\n", "utf16le"))).toBe(true);
});
