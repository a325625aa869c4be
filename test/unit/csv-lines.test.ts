import { describe, expect, it } from "vitest";
import { goesByLine } from "../../connectors/csv/lines.ts";

/** The bytes in chunks of a size. */
async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const QUOTE = 0x22;

describe("goesByLine", () => {
  it.each<[string, string, boolean]>([
    ["nothing", "", true],
    ["rows", "a,b\n1,2\r\n", true],
    ["quotes within a line", 'a\n"x, ""y"" z"\n"",""\n', true],
    ["no line end at the end", 'a\n"x"', true],
    ["a line feed in a cell", 'a,b\n1,"x\ny"\n', false],
    ["a carriage return in a cell", 'a\n"x\ry"\n', false],
    ["a cell that begins with one", 'a\n"\nx"\n', false],
    ["one after a doubled quote", 'a\n"x""\ny"\n', false],
    ["one in the header", '"a\nb"\n1\n', false],
    ["one in the last cell, which nothing closes", 'a\n"x\n', false],
  ])("%s", async (_, text, expected) => {
    const bytes = Buffer.from(text);
    for (const size of [1, 2, 3, 64]) expect(await goesByLine(chunksOf(bytes, size), QUOTE)).toBe(expected);
  });

  it("is no matter of quotes where cells are never quoted", async () => {
    expect(await goesByLine(chunksOf(Buffer.from('a\n"x\ny"\n'), 3), undefined)).toBe(true);
  });

  it.each(["fffe6100", "feff0061"])("takes UTF-16 (%s) for what it is", async (hex) => {
    expect(await goesByLine(chunksOf(Buffer.from(hex, "hex"), 4), QUOTE)).toBe(false);
  });
});
