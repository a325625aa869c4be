import { rm, writeFile } from "node:fs/promises";
import { DataType, Dictionary, Field, Int32, List, Schema, Struct, Utf8 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import type { Catalog, Dataset } from "../../src/catalog-types.ts";
import { MaskingError } from "../../src/errors.ts";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import type { Job } from "../../src/plan.ts";
import { recordedSchema, recordTables } from "../../src/recorded.ts";
import { filesBelow, folderWith, KEY } from "../cli/phimask.ts";

const JOB = `version: 1
source: {path: in}
target: {path: out}
columns: {id: keep, name: {mask: hash}, gone: drop, clinic: {mask: label, type: ADDRESS}, year: keep}
`;
const CSV = "id,name,gone\n1,Ana,x\n2,,y\n";

/** A catalog that notes what it is told, and fails as often as it is asked to. */
function notingCatalog(name = "noting"): Catalog & { readonly told: Dataset[]; failures: number } {
  const told: Dataset[] = [];
  return {
    name,
    told,
    failures: 0,
    async check() {},
    async publish(dataset) {
      if (this.failures-- > 0) throw new MaskingError("STORE_FAILED");
      told.push(dataset);
    },
  };
}

async function jobIn(folder: string, catalog: Catalog): Promise<Job> {
  return { ...(await openJob(parseJob(JOB), { folder, key: KEY })), catalog };
}

describe("a dataset in a catalog", () => {
  it("is told with its masked schema, its masks, and its partitions by their masked values", async () => {
    const folder = await folderWith({
      "in/clinic=Mercy/year=2024/a.csv": CSV,
      "in/clinic=Mercy/year=2025/a.csv": CSV,
      "in/clinic=Hope/year=2025/a.csv": CSV,
    });
    const catalog = notingCatalog();
    const { report } = await runJob(await jobIn(folder, catalog));
    const [dataset] = catalog.told;
    expect(dataset).toMatchObject({
      location: `${folder}/out/`,
      format: "csv",
      masked: { name: "hash", clinic: "label" },
      partitionBy: ["clinic", "year"],
      ...{ rows: 6, runId: report.run_id, jobDigest: report.job_digest },
    });
    expect(dataset!.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual(["id Utf8", "name Utf8"]);
    const label = encodeURIComponent("[ADDRESS]");
    expect(dataset!.partitions).toEqual([
      { values: ["[ADDRESS]", "2024"], location: `${folder}/out/clinic=${label}/year=2024/` },
      { values: ["[ADDRESS]", "2025"], location: `${folder}/out/clinic=${label}/year=2025/` },
    ]);
  });

  it("is told what is left, and nothing where nothing changed", async () => {
    const folder = await folderWith({ "in/clinic=A/year=1/a.csv": CSV, "in/clinic=A/year=2/a.csv": CSV });
    const catalog = notingCatalog();
    await runJob(await jobIn(folder, catalog));
    await rm(`${folder}/in/clinic=A/year=1/a.csv`);
    await runJob(await jobIn(folder, catalog));
    const values = catalog.told.map(({ partitions }) => partitions.map((each) => each.values[1]));
    expect(values).toEqual([["1", "2"], ["2"]]);
    expect((await runJob(await jobIn(folder, catalog))).status).toBe("unchanged");
    expect(catalog.told).toHaveLength(2);
  });

  it("is told again, and nothing else is done, where the catalog failed or is another one", async () => {
    const folder = await folderWith({ "in/clinic=A/year=1/a.csv": CSV });
    const catalog = notingCatalog();
    catalog.failures = 1;
    await expect(runJob(await jobIn(folder, catalog))).rejects.toMatchObject({ code: "STORE_FAILED" });
    const published = await filesBelow(`${folder}/out`);
    expect(published.has("_SUCCESS")).toBe(true);
    const { status, report } = await runJob(await jobIn(folder, catalog));
    expect([status, report.files, report.unchanged]).toEqual(["ok", 0, 1]);
    expect(catalog.told).toMatchObject([{ rows: 2 }]);
    const after = await filesBelow(`${folder}/out`);
    for (const [path, bytes] of published) expect(after.get(path)).toEqual(bytes);
    const other = notingCatalog("other");
    expect((await runJob(await jobIn(folder, other))).status).toBe("ok");
    expect(other.told).toMatchObject([{ rows: 2 }]);
  });

  it("keeps columns that later files add, after those that were there", async () => {
    const folder = await folderWith({ "in/clinic=A/year=1/a.csv": CSV });
    const catalog = notingCatalog();
    const open = async (extra: string) => ({
      ...(await openJob(parseJob(JOB.replace("columns:", `policy: {unlisted: keep}\ncolumns:${extra}`)), {
        folder,
        key: KEY,
      })),
      catalog,
    });
    await runJob(await open(""));
    await writeFile(`${folder}/in/clinic=A/year=1/b.csv`, "extra,id,name,gone\n9,1,Ana,x\n");
    await runJob(await open(""));
    expect(catalog.told.map(({ schema }) => schema.fields.map(({ name }) => name))).toEqual([
      ["id", "name"],
      ["id", "name", "extra"],
    ]);
  });

  it("refuses files that do not stand below the same columns", async () => {
    const folder = await folderWith({ "in/clinic=A/year=1/a.csv": CSV, "in/clinic=A/year=2/more=3/a.csv": CSV });
    const rules = JOB.replace("columns:", "policy: {unlisted: keep}\ncolumns:");
    const job = { ...(await openJob(parseJob(rules), { folder, key: KEY })), catalog: notingCatalog() };
    await expect(runJob(job)).rejects.toMatchObject({ code: "SCHEMA_DIFFERS" });
  });
});

describe("a recorded schema", () => {
  it("holds types and no metadata, dictionaries as what they hold, at any depth", () => {
    const item = new Field("item", new Dictionary(new Utf8(), new Int32()), true, new Map([["k", "Jane Roe"]]));
    const people = new Field("people", new List(new Field("e", new Struct([item]))), false);
    const schema = new Schema([people, new Field("n", new Int32())], new Map([["pandas", "Jane Roe"]]));
    const table = { transforms: [], checks: [], schema, columns: [], partition: [] };
    const recorded = recordTables(undefined, [{ table, format: "parquet" }])!;
    expect(Buffer.from(recorded.arrow_schema, "base64").toString("latin1")).not.toContain("Jane Roe");
    const [first, second] = recordedSchema(recorded).fields;
    expect(String(first!.type)).toBe("List<Struct<{item:Utf8}>>");
    expect([first!.nullable, DataType.isInt(second!.type)]).toEqual([false, true]);
    expect(people.type.children[0]!.type.children[0]).toBe(item);
  });

  it("that is damaged is INPUT_MALFORMED", () => {
    expect(() => recordedSchema({ format: "csv", arrow_schema: "AAAA", columns: [] })).toThrow(
      new MaskingError("INPUT_MALFORMED", { file: "_phimask/manifest.json" }),
    );
  });
});
