import { Utf8, vectorFromArray } from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCells } from "../../src/cells.ts";
import { writeCells } from "../../src/columns.ts";
import { asBuffer, asciiBytes, latinBytes, latinTexts } from "../../src/latin.ts";

/** Texts end to end, and where each begins. */
function laid(texts: readonly string[]): readonly [ReturnType<typeof asBuffer>, (index: number) => number] {
  const starts = [0];
  for (const text of texts) starts.push(starts.at(-1)! + Buffer.byteLength(text));
  return [asBuffer(Buffer.from(texts.join(""))), (index) => starts[index]!];
}

const read = (texts: readonly string[]): string[] => latinTexts(...laid(texts), texts.length);

describe("texts with accents", () => {
  it.each<[string, string[]]>([
    ["none", []],
    ["empty ones", ["", "", ""]],
    ["plain ones", ["Ann", "", "Bob"]],
    ["accents at every place", ["é", "éé", "aé", "éa", "a é b", "", "ÿ\u0080\u00ff"]],
    ["characters beyond Latin-1", ["Ann’s", "é’é", "漢字", "🙂", "Āé", "é"]],
    ["accents before and behind such ones", ["ééé", "é’", "ééé", "’", "é"]],
    ["zero bytes", ["\0é\0", "\0"]],
  ])("%s", (_, texts) => {
    expect(read(texts)).toEqual(texts);
  });

  it("of every length up to three blocks of sixteen bytes, with an accent at every place", () => {
    const texts = Array.from({ length: 49 }, (_, length) =>
      Array.from({ length: length + 1 }, (_, at) => [
        `${"x".repeat(at)}é${"y".repeat(length - at)}`,
        `${"x".repeat(at)}é${"\u007f".repeat(length - at)}ÿ`,
        `${"é".repeat(at)}${"z".repeat(length - at)}`,
      ]),
    ).flat(2);
    const [bytes, startOf] = laid(texts);
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const decoded = texts.map((_, i) => decoder.decode(bytes.subarray(startOf(i), startOf(i + 1))));
    expect(latinTexts(bytes, startOf, texts.length)).toEqual(decoded);

    const ends = new Float64Array(texts.length + 1);
    ends[texts.length] = texts.join("").length;
    const encoder = new TextEncoder();
    expect(Buffer.from(latinBytes(texts, ends)!)).toEqual(Buffer.concat(texts.map((text) => encoder.encode(text))));
    expect([...ends]).toEqual([...texts, ""].map((_, i) => startOf(i)));
  });

  it.each<[string, (string | null)[], boolean]>([
    ["none", [], true],
    ["with nulls and empty ones", ["a".repeat(70), null, "", "\0~\u007f"], true],
    ["an accent", ["a", "é"], false],
    ["a character whose low byte is ASCII", ["a", "Ł"], false], // U+0141
    ["half a character", ["a\ud83d"], false],
  ])("are told from ASCII: %s", (_, cells, ascii) => {
    const bytes = asciiBytes(cells);
    expect(bytes && Buffer.from(bytes).toString()).toBe(ascii ? cells.join("") : undefined);
    const long = cells.map((cell) => cell?.padStart(80) ?? null);
    const data = writeCells([...long, "x".repeat(500)], new Utf8(), "note");
    const utf8 = (text: string | null) => text && Buffer.from(text).toString(); // half a character becomes U+FFFD
    expect(readCells(data, "note").slice(0, -1)).toEqual(long.map(utf8));
  });

  it("longer than the room that is kept", () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `${"x".repeat(400)}é${i}`);
    expect(read(texts)).toEqual(texts);
  });

  it("of any kind", () => {
    const unit = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom("a", " ", "7") },
      { weight: 3, arbitrary: fc.constantFrom("é", "ü", "ÿ", "\u0080") },
      { weight: 1, arbitrary: fc.constantFrom("’", "Ā", "漢", "🙂") },
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit, maxLength: 60 }), { maxLength: 30 }), (texts) => {
        expect(read(texts)).toEqual(texts);
        expect(readCells(writeCells(texts, new Utf8(), "note"), "note")).toEqual(texts);
      }),
      { numRuns: 500 },
    );
  });

  it("are what a column's cells are", () => {
    const texts = ["é".repeat(300), null, "x".repeat(200), "’".repeat(99)];
    expect(readCells(vectorFromArray(texts, new Utf8()).data[0]!, "note")).toEqual(texts);
  });
});
