import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { filesBelow, folderWith, KEY, phimask } from "./phimask.ts";
import { duck, tableAs } from "./tables.ts";

const CSV = `id,name,region,note
1,Jane Roe,north,"Seen by Dr. Alvarez on 03/04/2024, SSN 536-22-1234."
2,John Doe,south,Stable. No complaints.
3,,north,"Jane Roe called, (206) 555-0134"
`;
const JOB = `version: 1
source: {path: in}
target: {path: out}
columns:
  id: keep
  name: {mask: hash, length: 16}
  region: keep
  note: {mask: text, known: [name]}
`;

describe("phimask run", () => {
  it("masks a folder, leaves manifest, report and _SUCCESS, and ends with a summary", async () => {
    const folder = await folderWith({ "in/a.csv": CSV, "in/sub/b.csv": CSV, "job.yaml": JOB });
    const ended = await phimask(["run", `${folder}/job.yaml`, "--quiet"]);
    expect(ended.stderr).toBe("");
    expect(ended.exit).toBe(0);
    expect(ended.summary).toMatchObject({ status: "ok", rows: 6, files: 2, unchanged: 0, withheld: 0 });
    const files = await filesBelow(`${folder}/out`);
    expect([...files.keys()]).toEqual([
      "_SUCCESS",
      "_phimask/manifest.json",
      "_phimask/report.html",
      "_phimask/report.json",
      "a.csv",
      "sub/b.csv",
    ]);
    const [header, first, second, third] = files.get("a.csv")!.toString().split("\n");
    expect(header).toBe("id,name,region,note");
    expect(first).toMatch(/^1,[0-9a-f]{16},north,"Seen by Dr\. \[NAME\] on \[DATE\], SSN \[ID\]\."$/);
    expect(second).toMatch(/^2,[0-9a-f]{16},south,Stable\. No complaints\.$/);
    expect(third).toMatch(/^3,,north,"\[NAME\] called, \[PHONE_OR_FAX\]"$/);
    expect(files.get("sub/b.csv")).toEqual(files.get("a.csv"));
  });

  it("does nothing the second time, and only what changed the third", async () => {
    const folder = await folderWith({ "in/a.csv": CSV, "in/b.csv": CSV, "job.yaml": JOB });
    await phimask(["run", `${folder}/job.yaml`]);
    const before = await filesBelow(`${folder}/out`);
    const again = await phimask(["run", `${folder}/job.yaml`]);
    expect([again.exit, again.summary["status"]]).toEqual([99, "unchanged"]);
    expect(await filesBelow(`${folder}/out`)).toEqual(before);
    const { writeFile, rm } = await import("node:fs/promises");
    await writeFile(`${folder}/in/c.csv`, CSV);
    await rm(`${folder}/in/a.csv`);
    const third = await phimask(["run", `${folder}/job.yaml`]);
    expect(third.summary).toMatchObject({ status: "ok", files: 1, unchanged: 1 });
    const after = await filesBelow(`${folder}/out`);
    expect(after.has("a.csv")).toBe(false);
    expect(after.get("c.csv")).toEqual(before.get("b.csv"));
  });

  it("masks all again when the key changes", async () => {
    const folder = await folderWith({ "in/a.csv": CSV, "job.yaml": JOB });
    await phimask(["run", `${folder}/job.yaml`]);
    const before = (await filesBelow(`${folder}/out`)).get("a.csv");
    const other = await phimask(["run", `${folder}/job.yaml`], { env: { PHIMASK_KEY: `${KEY}-other` } });
    expect(other.summary).toMatchObject({ status: "ok", files: 1 });
    expect((await filesBelow(`${folder}/out`)).get("a.csv")).not.toEqual(before);
  });

  it("moves files of a masked partition to their masked folder", async () => {
    const folder = await folderWith({
      "in/clinic=Mercy/part-0.csv": "id\n1\n",
      "in/clinic=Hope/part-0.csv": "id\n2\n",
      "job.yaml":
        "version: 1\nsource: {path: in}\ntarget: {path: out}\ncolumns: {id: keep, clinic: {mask: label, type: ADDRESS}}\n",
    });
    const ended = await phimask(["run", `${folder}/job.yaml`]);
    expect(ended.exit).toBe(0);
    const names = [...(await filesBelow(`${folder}/out`)).keys()].filter((name) => name.endsWith(".csv"));
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^clinic=%5BADDRESS%5D\/part-0-[0-9a-f]{8}\.csv$/);
  });

  it("names files by keyed hash where the job asks for it, and keeps plain names in the private state alone", async () => {
    const folder = await folderWith({
      "in/roe_jane.csv": "id\n1\n",
      "job.yaml":
        "version: 1\nsource: {path: in}\ntarget: {path: out, names: hash}\nstate: {path: state}\ncolumns: {id: keep}\n",
    });
    expect((await phimask(["run", `${folder}/job.yaml`])).exit).toBe(0);
    const out = await filesBelow(`${folder}/out`);
    for (const [name, bytes] of out) expect(`${name} ${bytes.toString("latin1")}`).not.toContain("roe_jane");
    expect(await readFile(`${folder}/state/inputs.json`, "utf8")).toContain("roe_jane.csv");
  });

  it("takes one file to one file, --set, --summary-file and --run-id", async () => {
    const folder = await folderWith({ "in/a.csv": CSV, "job.yaml": JOB });
    const args = ["--set", "source.path=in/a.csv", "--set", "target.path=out/masked.csv", "--run-id", "nightly:1"];
    const ended = await phimask(["run", `${folder}/job.yaml`, ...args, "--summary-file", `${folder}/summary.json`]);
    expect(ended.summary).toMatchObject({ status: "ok", run_id: "nightly:1" });
    expect(JSON.parse(await readFile(`${folder}/summary.json`, "utf8"))).toEqual(ended.summary);
    expect((await filesBelow(`${folder}/out`)).has("masked.csv")).toBe(true);
  });

  it.each(["parquet", "arrow"])("writes %s from CSV with declared types", async (format) => {
    const folder = await folderWith({ "in/a.csv": CSV, "job.yaml": JOB });
    const set = ["--set", `target.format=${format}`, "--set", "source.csv={types: {id: int32}}"];
    const ended = await phimask(["run", `${folder}/job.yaml`, ...set]);
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    const suffix = format === "arrow" ? "arrow" : "parquet";
    expect((await filesBelow(`${folder}/out`)).has(`a.${suffix}`)).toBe(true);
  });

  it("infers types from the whole of all files, and keeps codes as text", async () => {
    const folder = await folderWith({
      "in/a.csv": "n,zip,day,free\n1,02139,2024-01-31,x\n",
      "in/b.csv": "n,zip,day,free\n2147483648,10001,2024-02-01,2\n",
      "job.yaml":
        "version: 1\nsource: {path: in, csv: {types: infer}}\ntarget: {path: out, format: parquet}\ncolumns: {n: keep, zip: keep, day: keep, free: keep}\n",
    });
    expect((await phimask(["run", `${folder}/job.yaml`])).exit).toBe(0);
    for (const name of ["a", "b"]) {
      const types = await duck(`DESCRIBE SELECT * FROM '${folder}/out/${name}.parquet'`);
      expect(types.map(({ column_type }) => column_type)).toEqual(["BIGINT", "VARCHAR", "DATE", "VARCHAR"]);
    }
  });
});

describe("the other commands", () => {
  it("plan names columns, masks and files, and writes nothing", async () => {
    const folder = await folderWith({ "in/a.csv": CSV, "job.yaml": JOB });
    const ended = await phimask(["plan", `${folder}/job.yaml`, "--sample", "2"], { env: { PHIMASK_KEY: undefined } });
    expect(ended.exit).toBe(0);
    const text = ended.stdout.toString();
    expect(text).toMatch(/note +Utf8 +text/);
    expect(text).toContain("1 to mask, 0 unchanged, 0 to remove");
    expect(text).not.toContain("Jane");
    expect([...(await filesBelow(folder)).keys()]).toEqual(["in/a.csv", "job.yaml"]);
  });

  it.each(["csv", "parquet", "arrow"] as const)("plan --sample comes close from part of a %s file", async (format) => {
    const note = Array.from({ length: 30_000 }, (_, row) => `note ${row % 10}`);
    const folder = await folderWith({
      [`in/a.${format}`]: await tableAs(format, { note }),
      "job.yaml": "version: 1\nsource: {path: in}\ntarget: {path: out}\ncolumns: {note: text}\n",
    });
    const ended = await phimask(["plan", `${folder}/job.yaml`, "--sample", "100"]);
    expect(ended.summary["estimate"]).toMatchObject({ sampled: 100, characters: 180_000 });
  });

  it("preview shows masked rows only", async () => {
    const folder = await folderWith({ "in/a.csv": CSV, "job.yaml": JOB });
    const ended = await phimask(["preview", `${folder}/job.yaml`, "--limit", "2"]);
    const rows = ended.stdout.toString().trimEnd().split("\n");
    expect(rows).toHaveLength(3);
    expect(JSON.parse(rows[0]!)).toMatchObject({ id: "1", note: "Seen by Dr. [NAME] on [DATE], SSN [ID]." });
    expect(ended.summary).toMatchObject({ status: "ok", rows: 2 });
    expect(ended.stdout.toString() + ended.stderr).not.toMatch(/Jane|Alvarez|536-22/);
    expect([...(await filesBelow(folder)).keys()]).toEqual(["in/a.csv", "job.yaml"]);
  });

  it("validate, schema, key and help need no data", async () => {
    const folder = await folderWith({ "job.yaml": JOB });
    expect((await phimask(["validate", `${folder}/job.yaml`])).summary).toMatchObject({ status: "ok", columns: 4 });
    const schema = JSON.parse((await phimask(["schema"])).stdout.toString()) as { properties: object };
    expect(Object.keys(schema.properties)).toContain("columns");
    const keys = await Promise.all([phimask(["key"]), phimask(["key"])]);
    expect(keys[0].stdout.toString()).toMatch(/^[\w-]{43}\n$/);
    expect(keys[0].stdout.toString()).not.toBe(keys[1].stdout.toString());
    expect((await phimask(["--help"])).stdout.toString()).toContain("Exit codes");
    expect((await phimask(["run", "--help"])).stdout.toString()).toContain("--set");
    expect((await phimask(["nonsense"])).exit).toBe(2);
  });
});
