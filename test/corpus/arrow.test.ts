import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrowFormat, openArrowStream } from "../../connectors/arrow/format.ts";
import { collect } from "../../src/stream.ts";
import type { Leaf } from "../../src/types.ts";
import { inPieces } from "../fakes/arrow-file.ts";
import { diskObject } from "../fakes/disk-object.ts";
import { type LeafRule, leafMask, touching } from "../fakes/leaf-mask.ts";
import { joined } from "../fakes/object.ts";
import { madeBy, pythonWith } from "./python.ts";

// Files and streams of pyarrow and polars, judged by pyarrow. The packages are those of the Parquet corpus.
const found = pythonWith(["pyarrow==26.0.1", "polars==2.1.0", "fastparquet==2026.9.0"]);
if ("missing" in found) console.warn(`The Arrow corpus is not tested: it needs ${found.missing}.`);

const PLANTED = "Zanzibar-Quillfeather";
const codePoints: LeafRule = { cell: (cell) => (typeof cell === "string" ? `M${[...cell].length}` : cell) };

interface Task {
  readonly original: string;
  readonly output: string;
  readonly mask: readonly Leaf[];
}

describe.runIf("python" in found)("Arrow tables of other writers", () => {
  const python = "python" in found ? found.python : "";
  const folder = "python" in found ? madeBy(python, "scripts/make-arrow-corpus.py") : "";
  const files: readonly { file: string; mask: readonly Leaf[] }[] =
    "python" in found ? JSON.parse(readFileSync(join(folder, "files.json"), "utf8")) : [];
  const format = arrowFormat();
  const tasks: Task[] = [];
  let out = "";
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), "phimask-arrow-"));
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  const keep = (bytes: Uint8Array, file: string, how: string, mask: readonly Leaf[]) => {
    const output = join(out, `${how}-${file}`);
    writeFileSync(output, bytes);
    tasks.push({ original: join(folder, file), output, mask });
  };

  it("are many", () => {
    expect(files.length).toBeGreaterThan(30);
  });

  it.each(files)("$file comes out as it was where nothing is masked", async ({ file }) => {
    const original = readFileSync(join(folder, file));
    const pieces = format.rewrite(diskObject(join(folder, file)), touching({}), leafMask({}));
    const output = await joined(pieces, original);
    keep(output, file, "same", []);
    if (file.endsWith(".arrows") && !file.startsWith("before")) expect(Buffer.compare(output, original)).toBe(0);
  });

  it.each(files)("$file keeps everything but what is masked, of which nothing is left", async ({ file, mask }) => {
    const original = readFileSync(join(folder, file));
    const rules = Object.fromEntries(mask.map((leaf) => [leaf, codePoints]));
    for (const byValue of [true, false]) {
      const pieces = format.rewrite(diskObject(join(folder, file)), touching(rules, byValue), leafMask(rules));
      const output = await joined(pieces, original);
      keep(output, file, `masked-${byValue}`, mask);
      expect(Buffer.from(output).includes(PLANTED)).toBe(false);
      if (/polars.*arrow$/.test(file)) continue; // polars has a file's schema in its footer alone
      const input = await openArrowStream(inPieces(original, 4000));
      const piped = await joined(input.rewrite(touching(rules, byValue), leafMask(rules)));
      keep(piped, file, `piped-${byValue}`, mask);
      expect(Buffer.from(piped).includes(PLANTED)).toBe(false);
    }
  });

  it("hold what is looked for", () => {
    const plain = files.filter(({ file }) => !/lz4|zstd|no-batches/.test(file));
    for (const { file } of plain) expect(readFileSync(join(folder, file)).includes(PLANTED), file).toBe(true);
  });

  it.each(files.filter(({ file }) => !/every-type|wide/.test(file)))(
    "$file is read and written anew",
    async ({ file }) => {
      for (const compression of ["lz4", "zstd", undefined] as const) {
        const container = file.endsWith(".arrow") ? "file" : "stream";
        const writer = arrowFormat({ container, ...(compression && { compression }) });
        if (/version-4|before/.test(file)) {
          await expect(joined(writer.write(await format.read(diskObject(join(folder, file)))))).rejects.toMatchObject({
            code: "INPUT_UNSUPPORTED",
            place: { column: "coded_struct" },
          });
        } else
          keep(
            await joined(writer.write(await format.read(diskObject(join(folder, file))))),
            file,
            `new-${compression}`,
            [],
          );
      }
    },
  );

  it("columns that cannot be read are refused by name", async () => {
    const file = diskObject(join(folder, "every-type-plain.arrow"));
    await expect(format.read(file)).rejects.toMatchObject({
      code: "INPUT_UNSUPPORTED",
      place: { column: "list_view" },
    });
    for (const column of ["list_view", "large_list_view", "runs"]) {
      const masking = format.rewrite(file, touching({ [column]: codePoints }), leafMask({ [column]: codePoints }));
      await expect(joined(masking)).rejects.toMatchObject({ code: "INPUT_UNSUPPORTED", place: { column } });
      await expect(format.read(file, [column])).rejects.toMatchObject({ code: "INPUT_UNSUPPORTED" });
    }
    const less = Object.fromEntries(
      ["list_view", "large_list_view", "runs"].map((column) => [column, "drop"] as const),
    );
    const output = await joined(format.rewrite(file, touching(less), leafMask(less)));
    writeFileSync(join(out, "less.arrow"), output);
    expect((await collect((await format.read(diskObject(join(out, "less.arrow")))).batches)).length).toBe(4);
  });

  it("pyarrow agrees", () => {
    const list = join(out, "tasks.json");
    writeFileSync(list, JSON.stringify(tasks));
    const said = execFileSync(python, ["scripts/check-arrow-corpus.py", list], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    const differences = Object.entries(JSON.parse(said) as Record<string, string[]>);
    expect(differences.length).toBeGreaterThan(files.length * 5);
    expect(differences.filter(([, words]) => words.length > 0)).toEqual([]);
  });
});
