import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileStore } from "../../connectors/files.ts";
import { parquetFormat } from "../../connectors/parquet/format.ts";
import { cellsOf } from "../../src/batch.ts";
import type { Dataset } from "../../src/catalog-types.ts";
import { MaskingError } from "../../src/errors.ts";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { planJob } from "../../src/plan.ts";
import { planText } from "../../src/plantext.ts";
import { planShards, runShard } from "../../src/shards.ts";
import { readable } from "../../src/source.ts";
import { verifyJob } from "../../src/verify.ts";
import { readWork } from "../../src/work.ts";
import { filesBelow, KEY, phimask } from "../cli/phimask.ts";
import { dicomOf, type Made, made } from "../fakes/dicom.ts";
import { said } from "../fakes/dicom-said.ts";
import { inkReader, painted } from "../fakes/ink.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "phimask-folder-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const put = async (path: string, content: string | Uint8Array) => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
};

const JOB = `
version: 1
name: study
source: {path: raw, format: dicom}
target: {path: out}
policy: {profile: expert_determination}
columns:
  image: {mask: image, dicom: {tags: {PatientID: {mask: hash, length: 16}}}}
`;
const SECRETS = /feeney|okafor|p1001|p1002|1\.2\.77|20240131|20240202|ward 3/i;

/** A picture of words as a DICOM file of somebody. */
function film(patient: string, name: string, series: number, instance: number, day: string): readonly Made[] {
  const { data, width, height } = painted([{ text: name.split("^")[0]!.toUpperCase(), x: 10, y: 10 }]);
  return [
    made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"),
    made(0x00080018, "UI", `1.2.77.${patient}.${series}.${instance}`),
    made(0x00080020, "DA", day),
    made(0x00080060, "CS", "OT"),
    made(0x00081030, "LO", `Hand of ${name.split("^")[0]}`),
    made(0x00100010, "PN", name),
    made(0x00100020, "LO", `P${patient}`),
    made(0x0020000d, "UI", `1.2.77.${patient}`),
    made(0x0020000e, "UI", `1.2.77.${patient}.${series}`),
    made(0x00200013, "IS", String(instance)),
    made(0x00280002, "US", [3]),
    made(0x00280004, "CS", "RGB"),
    made(0x00280006, "US", [0]),
    made(0x00280010, "US", [height]),
    made(0x00280011, "US", [width]),
    made(0x00280100, "US", [8]),
    made(0x00280101, "US", [8]),
    made(0x00280102, "US", [7]),
    made(0x00280103, "US", [0]),
    made(0x7fe00010, "OB", data),
  ];
}
const waveform = (): Buffer =>
  dicomOf([
    made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.9.1.1"),
    made(0x00080018, "UI", "1.2.77.9"),
    made(0x00100010, "PN", "Feeney^Ana"),
    made(0x0020000d, "UI", "1.2.77.1001"),
    made(0x0020000e, "UI", "1.2.77.1001.5"),
  ]);
const directory = (): Buffer =>
  dicomOf([
    made(0x00041130, "CS", "FEENEY"),
    made(0x00041220, "SQ", { items: [[made(0x00041430, "CS", "PATIENT"), made(0x00100010, "PN", "Feeney^Ana")]] }),
  ]);

async function clinic(): Promise<void> {
  await put("raw/Feeney Ana/ward=3/a.dcm", dicomOf(film("1001", "Feeney^Ana", 1, 1, "20240131")));
  await put("raw/Feeney Ana/ward=3/b", dicomOf(film("1001", "Feeney^Ana", 1, 2, "20240202")));
  await put("raw/Okafor/c.dcm", dicomOf(film("1002", "Okafor^Ben", 1, 1, "20240131")));
  await put("raw/DICOMDIR", directory());
  await put("raw/README.txt", "Films of Ana Feeney");
}

const open = (settings: readonly string[] = []) =>
  openJob(parseJob(JOB, settings), { folder, key: KEY, readers: [inkReader()] });
const run = async (settings: readonly string[] = []) => runJob(await open(settings));
const codeOf = (failing: Promise<unknown>) =>
  failing.then(
    () => "passes",
    (error: unknown) =>
      error instanceof MaskingError ? `${error.code} ${error.place.key ?? ""}`.trim() : String(error),
  );

/** The rows of the index, by column. */
async function index(): Promise<readonly Record<string, unknown>[]> {
  const store = fileStore();
  const object = await store.head(join(folder, "out/index/instances.parquet"));
  const { schema, batches } = await parquetFormat().read(readable(store, object!));
  const rows: Record<string, unknown>[] = [];
  for await (const batch of batches) {
    const columns = schema.fields.map(({ name }) => [name, cellsOf(batch, name).cells] as const);
    for (let i = 0; i < batch.numRows; i++) rows.push(Object.fromEntries(columns.map(([name, c]) => [name, c[i]])));
  }
  return rows;
}
const files = async (): Promise<readonly string[]> =>
  [...(await filesBelow(join(folder, "out"))).keys()].filter((path) => path.endsWith(".dcm")).sort();

describe("a folder of DICOM files", () => {
  beforeEach(clinic);

  it("leaves instances named by their new UIDs, and says nothing of the old ones in any byte or name", async () => {
    const { status, report } = await run();
    expect([status, report.rows, report.files, report.left_out]).toEqual(["ok", 3, 3, { directory: 1, foreign: 1 }]);
    const paths = await files();
    expect(paths.map((path) => path.split("/").length)).toEqual([3, 3, 3]);
    for (const path of paths) {
      const tags = new Map(said(await readFile(join(folder, "out", path))));
      const [study, series, instance] = ["(0020,000D)", "(0020,000E)", "(0008,0018)"].map((tag) => tags.get(tag));
      expect(path).toBe(`${study}/${series}/${instance}.dcm`);
    }
    const all = await filesBelow(join(folder, "out"));
    for (const [path, bytes] of all) {
      for (const encoding of ["latin1", "utf16le"] as const) expect(bytes.toString(encoding)).not.toMatch(SECRETS);
      expect(path).not.toMatch(SECRETS);
    }
  });

  it("leaves an index with a row for each instance, as its masked header has it", async () => {
    await run();
    const rows = await index();
    expect(rows.map(({ file }) => file)).toEqual(await files());
    for (const row of rows) {
      const tags = new Map(said(await readFile(join(folder, "out", String(row["file"])))));
      const day = new Date(Number(row["study_date"]) * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
      expect([row["patient_id"], row["patient_name"], day, row["instance_number"]]).toEqual([
        tags.get("(0010,0020)"),
        tags.get("(0010,0010)"),
        tags.get("(0008,0020)"),
        Number(tags.get("(0020,0013)")),
      ]);
      expect(row).toMatchObject({ modality: "OT", number_of_frames: 1, withheld: false, body_part_examined: null });
      expect(row["rows"]).toBeGreaterThan(10);
    }
    // The dates of one patient move together: hers are of 31 January and 2 February.
    const daysOf = (patient: unknown): readonly number[] =>
      rows.filter(({ patient_id }) => patient_id === patient).map(({ study_date }) => Number(study_date));
    const apart = rows.map(({ patient_id }) => Math.max(...daysOf(patient_id)) - Math.min(...daysOf(patient_id)));
    expect(apart.sort()).toEqual([0, 2, 2]);
  });

  it("dates and patients agree with a table whose subject is the patient", async () => {
    await run();
    await put("tables/visits.csv", "mrn,taken\nP1001,2024-01-31\n");
    const table = JOB.replace("{path: raw, format: dicom}", "{path: tables}")
      .replace("{path: out}", "{path: masked}")
      .replace("expert_determination}", "expert_determination, subject: mrn}")
      .replace(/ {2}image:.*/, "  mrn: {mask: hash, length: 16}\n  taken: date");
    await runJob(await openJob(parseJob(table, []), { folder, key: KEY }));
    const [, row] = (await readFile(join(folder, "masked/visits.csv"), "utf8")).trim().split("\n");
    const days = (await index()).map(({ patient_id, study_date }) => {
      return `${patient_id},${new Date(Number(study_date) * 86_400_000).toISOString().slice(0, 10)}`;
    });
    expect(days).toContain(row);
  });

  it("phimask init drafts a job for it", async () => {
    const { stdout, exit } = await phimask(["init", join(folder, "raw"), "--format", "dicom"]);
    expect([exit, stdout.toString()]).toEqual([0, expect.stringMatching(/format: dicom[\s\S]*image: image/)]);
  });

  it("a refresh masks what is new, takes away what is gone, and keeps the other rows as they were", async () => {
    await run();
    const before = await index();
    expect((await run()).status).toBe("unchanged");
    await put("raw/Okafor/d.dcm", dicomOf(film("1002", "Okafor^Ben", 2, 1, "20240202")));
    await rm(join(folder, "raw/Feeney Ana/ward=3/a.dcm"));
    const { report } = await run();
    expect([report.files, report.unchanged, report.removed]).toEqual([1, 2, 1]);
    const after = await index();
    expect(after.map(({ file }) => file)).toEqual(await files());
    expect(after.filter(({ file }) => before.some((row) => row["file"] === file))).toEqual(
      before.filter(({ file }) => after.some((row) => row["file"] === file)),
    );
    expect((await runJob(await open(), { full: true })).report.files).toBe(3);
    expect(await index()).toEqual(after);
    await rm(join(folder, "out/index/instances.parquet"));
    expect((await run()).report.files).toBe(3);
    expect(await index()).toEqual(after);
  });

  it("what cannot be examined stops the run, or leaves a row that says so and no file to read", async () => {
    await put("raw/Feeney Ana/ecg.dcm", waveform());
    expect(await codeOf(run())).toBe("IMAGE_UNSUPPORTED");
    const { report } = await run(["policy.on_error=withhold"]);
    expect(report.columns["image"]!.withheld).toBe(1);
    expect((await files()).length).toBe(3);
    const withheld = (await index()).filter((row) => row["withheld"]);
    expect(withheld).toMatchObject([{ file: null, sop_class_uid: "1.2.840.10008.5.1.4.1.1.9.1.1", patient_id: null }]);
    expect(withheld[0]!["study_instance_uid"]).toMatch(/^2\.25\./);
    expect((await run(["policy.on_error=withhold"])).status).toBe("unchanged");
    await put("raw/Feeney Ana/ecg.dcm", Buffer.concat([waveform(), Buffer.alloc(2)]));
    await run(["policy.on_error=withhold"]);
    expect((await run(["policy.on_error=withhold"])).status).toBe("unchanged");
    expect((await verifyJob(await open(["policy.on_error=withhold"]))).faults).toEqual([]);
  });

  it("shards mask it together, to the same bytes", async () => {
    await run();
    const whole = await filesBelow(join(folder, "out"));
    await rm(join(folder, "out"), { recursive: true });
    await put("raw/Feeney Ana/ecg.dcm", waveform());
    const withhold = ["policy.on_error=withhold"];
    await planShards(await open(withhold), 2);
    for (const shard of [0, 1]) await runShard(await open(withhold), { index: shard, count: 2 });
    const job = await open(withhold);
    await runJob(job, { work: await readWork(job) });
    const shared = await filesBelow(join(folder, "out"));
    for (const path of await files()) expect(shared.get(path)!.equals(whole.get(path)!)).toBe(true);
    expect((await index()).map(({ withheld }) => withheld).sort()).toEqual([false, false, false, true]);
    expect((await run(withhold)).status).toBe("unchanged");
  });

  it("verify proves every file and the index; versions hold both", async () => {
    await run(["target.publish=versioned"]);
    const job = await open(["target.publish=versioned"]);
    expect(await verifyJob(job)).toMatchObject({ files: 4, proven: 4, faults: [] });
    const [version] = (await readdir(join(folder, "out"))).filter((name) => name.startsWith("v="));
    await writeFile(join(folder, "out", version!, "index/instances.parquet"), "x");
    expect((await verifyJob(job)).faults).toEqual([{ kind: "damaged", place: { file: "index/instances.parquet" } }]);
  });

  it("the catalog is told of the index, and of nothing else", async () => {
    const told: Dataset[] = [];
    const note = async (dataset: Dataset) => void told.push(dataset);
    await runJob({ ...(await open()), catalog: { name: "fake", check: note, publish: note } });
    const [, dataset] = told;
    expect(dataset).toMatchObject({ format: "parquet", rows: 3, partitionBy: [], partitions: [] });
    expect(dataset!.location).toBe(join(folder, "out/index/"));
    expect(dataset!.schema.fields.map(({ name }) => name)).toEqual(Object.keys((await index())[0]!));
    expect(Object.keys(dataset!.masked)).not.toContain("file");
  });

  it("plan tells where each file goes and what stays out", async () => {
    const job = await open();
    const plan = await planJob(job);
    const text = planText(job, plan, { bytes: 1, seconds: 1, sampled: 0, characters: 0, services: {} } as never);
    expect(text).toMatch(/c\.dcm -> 2\.25\.\d+\/2\.25\.\d+\/2\.25\.\d+\.dcm: new/);
    expect(text).toContain("Left out, since they are no DICOM instances: 1 DICOMDIR, 1 of other kinds.");
  });

  it("an instance that is there twice stops the run, and goes under two names where names are hashed", async () => {
    await put("raw/copy.dcm", dicomOf(film("1002", "Okafor^Ben", 1, 1, "20240131")));
    expect(await codeOf(run())).toBe("TARGET_COLLIDES");
    await run(["target.names=hash"]);
    expect((await files()).length).toBe(4);
    expect((await index()).length).toBe(4);
  });

  it.each([
    ["a target format", ["target.format=parquet"], "JOB_INVALID target.format"],
    ["a rule that would copy the files", ["columns.image=keep"], "RULE_UNFIT columns.image"],
  ])("refuses %s", async (_, settings, code) => {
    expect(await codeOf(run(settings))).toBe(code);
  });
});
