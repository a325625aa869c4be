import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { type CsvDialect, csvFormat, inferTypes } from "../../connectors/csv/format.ts";
import { MaskingError } from "../../src/errors.ts";
import { collect } from "../../src/stream.ts";
import { rewritten, touching } from "../fakes/csv.ts";
import { joined, memoryObject } from "../fakes/object.ts";

/** In every cell and header of the files below, in every encoding as ASCII. */
const PLANTED = "Quillfeather";
const P = PLANTED;

const file = (content: string | Uint8Array) => memoryObject(Buffer.from(content as string), { chunk: 9 });

/** Everything that a log could print of an error. */
function allOf(error: unknown): string {
  const { stack, message } = error as Error;
  return [inspect(error, { depth: 9, showHidden: true }), stack, message, JSON.stringify(error), String(error)].join(
    "\n",
  );
}

describe("errors of a CSV file hold no cell and no header", () => {
  test.each<[string, string | Uint8Array, CsvDialect?]>([
    ["ragged", `${P} a,note\n${P},${P}\n${P}\n`],
    ["ragged, too long", `${P} a,note\n${P},${P},${P}\n`],
    ["bare quote", `${P} a,note\n${P} "x",${P}\n`],
    ["bare quote in the note", `${P} a,note\n${P},${P} "x"\n`],
    ["text after a quote", `${P} a,note\n"${P}"x,${P}\n`],
    ["open quote", `${P} a,note\n${P},"${P}\n`],
    ["open quote in the header", `${P} a,"note\n${P},${P}\n`],
    ["no header, so a person is one", `${P},${P} MRN 1\n${P},${P}\n`],
    ["two columns of one name", `${P},note,note\n${P},${P},${P}\n`],
    ["another encoding", Buffer.from(`${P} a,note\n${P},${P} \xe9\n`, "latin1")],
    ["another encoding in the header", Buffer.from(`${P} \xe9,note\n${P},${P}\n`, "latin1")],
    ["UTF-16 without a mark", Buffer.from(`${P} a,note\n`, "utf16le")],
    ["UTF-16 with half a character", Buffer.from(`${P} a,note\n${P},\ud800\n`, "utf16le"), { encoding: "utf-16le" }],
    ["Shift JIS", Buffer.from(`${P} a,note\n${P},${P}\xff\n`, "latin1"), { encoding: "shift_jis" }],
    ["a mask that the encoding cannot hold", `a,note\n${P},${P}\n`, { encoding: "latin1" }],
    ["a mask that needs quotes", `a|note\n${P}|${P}\n`, { delimiter: "|", quote: null }],
    ["a value of another type", `a,note\n${P},${P}\n`, { types: { a: "int32", note: "date" } }],
  ])("%s", async (_, content, dialect = {}) => {
    const format = csvFormat(dialect, { window: 64 });
    const attempts = [
      joined(format.rewrite(file(content), touching("note"), (stream) => stream)),
      rewritten(format, Buffer.from(content as string), "note", () => `|${P} 日本`),
      format.read(file(content)).then(({ batches }) => collect(batches)),
      format.schema(file(content)),
      inferTypes([file(content)], dialect),
    ];
    const outcomes = await Promise.allSettled(attempts);
    const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error).toBeInstanceOf(MaskingError);
      expect(allOf(error)).not.toContain(PLANTED);
      expect(error.cause).toBeUndefined();
    }
  });
});

test("no byte of a masked or dropped column is left, whatever its quoting", async () => {
  const rows = Array.from({ length: 3000 }, (_, row) => {
    const cell = [`${P} ${row}`, `"${P}, ""${row}"""`, `"${P}\n${row}"`, "", '""'][row % 5]!;
    return `${row},${cell},${row % 3 ? "x" : '"y"'}`;
  });
  const content = Buffer.from(`id,note,z\n${rows.join("\r\n")}`);
  for (const window of [100, 5000, 1 << 20]) {
    const output = await rewritten(
      csvFormat({}, { window }),
      content,
      "note",
      (cell) => (cell ? "[NAME]" : cell),
      1000,
    );
    expect(content.includes(PLANTED)).toBe(true);
    expect(output.includes(PLANTED)).toBe(false);
  }
});
