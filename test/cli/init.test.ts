import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { makeClinic } from "../../samples/clinic/make.ts";
import { parseJob } from "../../src/parse.ts";
import { filesBelow, folderWith, phimask } from "./phimask.ts";
import { duck } from "./tables.ts";

let clinic: string;

beforeAll(async () => {
  clinic = await folderWith();
  await makeClinic(`${clinic}/`);
});

describe("init", () => {
  it.each(["parquet", "csv", "arrow"])("drafts a job that masks %s as it stands", async (format) => {
    const folder = await folderWith();
    const target = join(folder, "masked/");
    const { exit, stdout, stderr, summary } = await phimask(["init", `${clinic}/${format}/`, "--target", target]);
    expect([exit, summary["status"], summary["sampled"]]).toEqual([0, "ok", 500]);
    const job = join(folder, "job.yaml");
    await writeFile(job, stdout);
    const { columns, policy } = parseJob(stdout.toString());
    expect(policy?.subject).toBe("patient_id");
    expect(columns["note"]).toMatchObject({ mask: "text", known: expect.arrayContaining(["last_name", "mrn", "ssn"]) });
    expect([columns["birth_date"], columns["zip"], columns["sex"], columns["region"]]).toEqual([
      "date",
      "zip",
      "keep",
      "keep",
    ]);
    await refuseCells(`${stdout.toString()}${stderr}`);
    expect((await phimask(["run", job, "--quiet"])).exit).toBe(0);
    const bytes = Buffer.concat([...(await filesBelow(target)).values()]).toString("latin1");
    const [person] = await people();
    expect(bytes).not.toContain(person!["ssn"]);
    expect(bytes).not.toContain(person!["email"]);
  });

  it("works by names and types alone", async () => {
    const { exit, stdout, summary } = await phimask(["init", `${clinic}/csv/`, "--sample", "0"]);
    expect([exit, summary["sampled"]]).toEqual([0, 0]);
    const { columns, target } = parseJob(stdout.toString());
    expect([columns["first_name"], columns["department"], target?.path]).toEqual([
      { mask: "surrogate", type: "NAME" },
      expect.objectContaining({ mask: "text" }),
      `${clinic}/csv-masked/`,
    ]);
  });

  it.each(["images", "dicom"])("takes a folder of %s", async (format) => {
    const folder = await folderWith({ "scans/a.png": Buffer.from("89504e47", "hex") });
    const { exit, stdout } = await phimask(["init", "scans/", "--format", format], { cwd: folder });
    expect([exit, parseJob(stdout.toString())]).toEqual([
      0,
      expect.objectContaining({ source: { path: "scans/", format }, columns: { image: "image" } }),
    ]);
  });

  it("takes a delimiter, and columns of any name", async () => {
    const folder = await folderWith({ "a.csv": "__proto__;null;a: b;true\nx;y;z;w\n" });
    const { stdout } = await phimask(["init", "a.csv", "--delimiter", ";"], { cwd: folder });
    await writeFile(join(folder, "job.yaml"), stdout);
    expect(Object.keys(parseJob(stdout.toString()).columns)).toEqual(["__proto__", "null", "a: b", "true"]);
    expect((await phimask(["run", "job.yaml", "--quiet"], { cwd: folder })).exit).toBe(0);
  });

  it.each([
    ["nothing there", "nowhere/", [], "SOURCE_MISSING"],
    ["an empty folder", "empty/", [], "SOURCE_MISSING"],
    ["no format", "b.xyz", [], "FORMAT_UNKNOWN"],
    ["no folder beside it", ".", [], "JOB_INVALID"],
    ["a damaged file", "bad.parquet", [], "INPUT_TRUNCATED"],
  ])("says what is wrong: %s", async (_, path, options, code) => {
    const folder = await folderWith({ "b.xyz": "1", "bad.parquet": "PAR1" });
    await mkdir(join(folder, "empty"));
    const { exit, stdout, summary } = await phimask(["init", path, ...options], { cwd: folder });
    expect([exit, summary["code"], stdout.length]).toEqual([2, code, 0]);
  });
});

function people(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return duck(
    `SELECT last_name, ssn, email, street, note FROM read_parquet('${clinic}/parquet/**/*.parquet') WHERE note IS NOT NULL LIMIT 200`,
  );
}

/** No cell is in what the command says. */
async function refuseCells(said: string): Promise<void> {
  for (const person of await people()) {
    for (const column of ["last_name", "ssn", "email", "street"]) expect(said).not.toContain(String(person[column]));
  }
}

it("keeps the README's first job in step", async () => {
  expect(await readFile("README.md", "utf8")).toContain("phimask init visits/ > job.yaml");
});
