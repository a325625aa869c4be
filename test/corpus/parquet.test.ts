import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parquetFormat } from "../../connectors/parquet/format.ts";
import { cellsOf, leafType, withCells } from "../../src/batch.ts";
import { collect } from "../../src/stream.ts";
import type { BatchStream, Leaf, MaskedValue, Touched } from "../../src/types.ts";
import { diskObject } from "../fakes/disk-object.ts";
import { type Duck, openDuck } from "../fakes/duck.ts";
import { joined } from "../fakes/object.ts";
import { pagesOf } from "./pages.ts";
import { madeBy, pythonWith } from "./python.ts";

// Files of pyarrow, polars, fastparquet and, with PHIMASK_SPARK=1, Spark; judged by DuckDB and pyarrow.
const PACKAGES = ["pyarrow==26.0.1", "polars==2.1.0", "fastparquet==2026.9.0"];
const spark = process.env["PHIMASK_SPARK"] === "1";
const found = pythonWith(spark ? [...PACKAGES, "pyspark==4.3.0"] : PACKAGES);
if ("missing" in found) console.warn(`The Parquet corpus is not tested: it needs ${found.missing}.`);

const PLANTED = "Zanzibar-Quillfeather";
/** Integers as split streams, which DuckDB cannot read, and 2,000 columns, which it takes a minute to compare. */
const NOT_FOR_DUCK = new Set(["arrow-byte-stream-split.parquet", "arrow-wide.parquet"]);

interface Listed {
  readonly file: string;
  readonly mask: readonly Leaf[];
}

interface Task {
  readonly original: string;
  readonly output: string;
  readonly how: "same" | "masked" | "rewritten";
  readonly mask: readonly Leaf[];
}

describe.runIf("python" in found)("files of other writers", () => {
  const python = "python" in found ? found.python : "";
  const folder =
    "python" in found ? madeBy(python, "scripts/make-parquet-corpus.py", spark ? { PHIMASK_SPARK: "1" } : {}) : "";
  const files: readonly Listed[] =
    "python" in found ? JSON.parse(readFileSync(join(folder, "files.json"), "utf8")) : [];
  const format = parquetFormat();
  const tasks: Task[] = [];
  let out = "";
  let duck: Duck;
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), "phimask-corpus-"));
    duck = await openDuck();
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  const rewritten = async (name: string, touched: Touched): Promise<Uint8Array> => {
    const path = join(folder, name);
    return joined(format.rewrite(diskObject(path), touched, masking(touched.writes)), readFileSync(path));
  };
  const keep = (
    bytes: Uint8Array,
    original: string,
    how: Task["how"],
    mask: readonly Leaf[],
    label: string = how,
  ): string => {
    const output = join(out, `${label}-${original}`);
    writeFileSync(output, bytes);
    tasks.push({ original: join(folder, original), output, how, mask });
    return output;
  };

  it("are many", () => {
    expect(files.length).toBeGreaterThan(70);
  });

  it.each(files)("$file comes out as it was where nothing is masked", async ({ file }) => {
    const bytes = await rewritten(file, { reads: [], writes: [], byValue: [] });
    const output = keep(bytes, file, "same", []);
    if (!NOT_FOR_DUCK.has(file)) expect(await duck.differing(join(folder, file), output)).toEqual([]);
  });

  it.each(files)("$file keeps everything but what is masked, of which nothing is left", async ({ file, mask }) => {
    for (const byValue of [[], mask]) {
      const bytes = await rewritten(file, { reads: mask, writes: mask, byValue });
      const output = keep(bytes, file, "masked", mask, `masked-${byValue.length}`);
      expect(Buffer.from(bytes).includes(PLANTED)).toBe(false);
      for (const page of await pagesOf(diskObject(output))) expect(Buffer.from(page).includes(PLANTED)).toBe(false);
      const tops = mask.flatMap((leaf) => [leaf, leaf.split(".")[0]!]);
      if (!NOT_FOR_DUCK.has(file)) expect(await duck.differing(join(folder, file), output, tops)).toEqual([]);
    }
  });

  it("hold what is looked for", async () => {
    for (const { file } of files.filter(({ file }) => !/no-rows|all-null|all-empty|empty-lists/.test(file))) {
      const pages = await pagesOf(diskObject(join(folder, file)));
      expect(
        pages.some((page) => Buffer.from(page).includes(PLANTED.slice(0, 8))),
        file,
      ).toBe(true);
    }
  });

  it.each(files)("$file is read and written anew", async ({ file, mask }) => {
    const bytes = await joined(format.write(await format.read(diskObject(join(folder, file)))));
    keep(bytes, file, "rewritten", mask);
  });

  it.each(files)("$file gives the leaves that are asked for, as in the whole", async ({ file, mask }) => {
    const source = diskObject(join(folder, file));
    const whole = await collect((await format.read(source)).batches);
    for (const leaf of mask) {
      const alone = await collect((await format.read(source, [leaf])).batches);
      const cells = (batches: typeof whole) => batches.flatMap((batch) => cellsOf(batch, leaf).cells);
      expect(cells(alone)).toEqual(cells(whole));
    }
  });

  it("pyarrow agrees", () => {
    const list = join(out, "tasks.json");
    writeFileSync(list, JSON.stringify(tasks));
    const said = execFileSync(python, ["scripts/check-parquet-corpus.py", list], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    const differences = Object.entries(JSON.parse(said) as Record<string, string[]>);
    expect(differences).toHaveLength(files.length * 4);
    expect(differences.filter(([, words]) => words.length > 0)).toEqual([]);
  });
});

/** Each text becomes M and the number of its code points. */
function masking(leaves: readonly Leaf[]): (stream: BatchStream) => BatchStream {
  return ({ schema, batches }) => ({
    schema,
    batches: (async function* () {
      for await (const batch of batches) {
        let masked = batch;
        for (const leaf of leaves) {
          const type = leafType(batch.schema, leaf)?.type;
          if (!type) continue;
          const cells = cellsOf(batch, leaf).cells.map((cell) =>
            cell === null ? null : `M${[...String(cell)].length}`,
          );
          masked = withCells(masked, leaf, cells as (MaskedValue | null)[], type);
        }
        yield masked;
      }
    })(),
  });
}
