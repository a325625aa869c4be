import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { checkNotes } from "../samples/clinic/check.ts";
import { makeEncounters } from "../samples/clinic/encounters.ts";
import { COUNT } from "../samples/clinic/make.ts";
import { filesBelow, KEY, phimask } from "./cli/phimask.ts";
import { openDuck } from "./fakes/duck.ts";

const HERE = "samples/clinic";
const REGIONS = ["east", "north", "south", "west"];

/** Runs a sample as README says; it must end well and say nothing on stderr but how far it is. */
async function run(file: string): Promise<string> {
  const env = { ...process.env, PHIMASK_KEY: KEY, NO_COLOR: "1", npm_config_loglevel: "error" };
  const { stdout, stderr } = await promisify(execFile)("node", ["--import", "tsx", file], { env });
  expect(stderr.replace(/^phimask: \d+% of .*\n/gm, "")).toBe("");
  return stdout;
}

const encounters = makeEncounters(COUNT);
/** Values that say who somebody is and that no surrogate can be by chance, as a made-up phone number can. */
const identifiers = new Set(
  encounters.flatMap(({ id, person: { id: patient, mrn, email, ssn } }) => [id, patient, mrn, email, ssn]),
);
/** What such a value looks like. */
const IDENTIFIER = /\b(?:E\d{4}-\d{6}|P\d{6}|\d{8}|\d{3}-\d{2}-\d{4}|[\w.]+@example\.com)\b/g;

describe("samples/clinic", () => {
  let first = "";
  beforeAll(async () => {
    await Promise.all(["data", "out"].map((folder) => rm(`${HERE}/${folder}`, { recursive: true, force: true })));
    first = await run(`${HERE}/demo.ts`);
  });

  it("the demo makes the data, plans, runs, and shows three rows before and after", () => {
    expect(first).toContain(`${COUNT} encounters of made-up patients`);
    expect(first).toMatch(/contacts\.list\.element\.name +Utf8 +surrogate/);
    expect(first).toMatch(/^\{"status":"ok","run_id":"[^"]+","rows":2000,"files":4,"unchanged":0,"withheld":0,/m);
    expect(first.match(/^before {2}P\d{6}/gm)).toHaveLength(3);
    expect(first.match(/^after {3}[0-9a-f]{16}/gm)).toHaveLength(3);
    expect(first).toContain("out/parquet/_phimask/report.html");
  });

  it("a second demo finds nothing to do and says so", async () => {
    const again = await run(`${HERE}/demo.ts`);
    expect(again).toContain('{"status":"unchanged"');
    expect(again).toContain("nothing was done");
  });

  it("the masked dataset has the rows and types of the source, and its kept columns as they were", async () => {
    const duck = await openDuck();
    const masked = (
      "age admitted_at birth_date city contacts discharged email encounter_id first_name last_name mrn note " +
      "patient_id phone ssn street zip"
    ).split(" ");
    for (const region of REGIONS) {
      const [was, is] = ["data", "out"].map((folder) => `${HERE}/${folder}/parquet/region=${region}/part-0.parquet`);
      expect(await duck.differing(was!, is!, masked)).toEqual([]);
      expect(new Set(await duck.differing(was!, is!))).toEqual(new Set(masked));
    }
  });

  it("ages, ZIP codes and dates are as Safe Harbor lets them stand", async () => {
    const duck = await openDuck();
    const from = `FROM read_parquet('${HERE}/out/parquet/*/*.parquet')`;
    expect(await duck.rows(`SELECT max(age), count(*) FILTER (age = 90) > 9 ${from}`)).toEqual([[90, true]]);
    const zips = (await duck.rows(`SELECT DISTINCT zip ${from}`)).map(([zip]) => String(zip)).sort();
    expect(zips).toContain("000");
    expect(zips).toContain("021");
    expect(zips.filter((zip) => !/^\d{3}$/.test(zip) || ["036", "059", "692", "878", "893"].includes(zip))).toEqual([]);
    const days = `count(*) FILTER (strftime(birth_date, '%m-%d') <> '01-01' OR strftime(admitted_at, '%m-%d %H') <> '01-01 00')`;
    expect(await duck.rows(`SELECT ${days}, count(birth_date) > 0, min(year(birth_date)) ${from}`)).toEqual([
      [0n, true, 1936n],
    ]);
  });

  it("of what the row knows nothing is left, of what notes alone say hardly anything", async () => {
    const { planted, left } = await checkNotes(`${HERE}/out/parquet`);
    expect(planted).toBeGreaterThan(20_000);
    const known = left.filter(({ encounter: { person }, piece }) =>
      [person.first, person.last, person.mrn, person.ssn, person.phone, person.email, person.street].includes(piece),
    );
    expect(known.map(({ encounter, piece }) => `${encounter.id} ${piece}`)).toEqual([]);
    expect(left.length / planted).toBeLessThan(0.02);
  });

  it.each([
    ["csv", { rows: 2000, files: 4 }],
    ["arrow", { rows: 2000, files: 4 }],
    ["csv-to-parquet", { rows: 2000, files: 4 }],
  ])("%s.yaml runs as it stands", async (job, summary) => {
    const ended = await phimask(["run", `${HERE}/${job}.yaml`, "--quiet"]);
    expect(ended.stderr).toBe("");
    expect(ended.summary).toMatchObject({ status: "ok", withheld: 0, ...summary });
    for (const [path, bytes] of await filesBelow(`${HERE}/out/${job}`)) {
      const found = bytes.toString("latin1").match(IDENTIFIER) ?? [];
      expect({ path, found: found.filter((value) => identifiers.has(value)) }).toEqual({ path, found: [] });
    }
  });

  it("csv-to-parquet gives the declared types", async () => {
    const duck = await openDuck();
    const described = await duck.rows(`DESCRIBE SELECT * FROM read_parquet('${HERE}/out/csv-to-parquet/*/*.parquet')`);
    const types = Object.fromEntries(described.map(([name, type]) => [name, type]));
    expect(types).toMatchObject({ age: "INTEGER", birth_date: "DATE", charge: "DOUBLE", note: "VARCHAR" });
  });

  it("the data is the same every time, and is what the notes say of it", async () => {
    expect(JSON.stringify(makeEncounters(COUNT))).toBe(JSON.stringify(encounters));
    const source = await readFile(`${HERE}/data/csv/region=east/part-0.csv`, "utf8");
    expect(source.match(IDENTIFIER)!.filter((value) => identifiers.has(value)).length).toBeGreaterThan(2000);
    expect(Math.max(...encounters.map(({ person }) => person.age))).toBe(101);
    expect(source).toMatch(/,0\d{4},/);
  });
});

describe("samples/aws", () => {
  it("the demo runs each job against services on this machine, and shows objects and catalog", async () => {
    const said = await run("samples/aws/demo.ts");
    const summaries = [...said.matchAll(/^\{"status":"ok","run_id".*$/gm)].map(([line]) => JSON.parse(line));
    expect(summaries.map(({ files, withheld }) => [files, withheld])).toEqual([
      [2, 0],
      [1, 0],
      [2, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(summaries[3].calls.rekognition.calls).toBeGreaterThanOrEqual(2);
    expect(said).toMatch(/^rekognition: about 2 calls, /m);
    expect(said).toContain('Tagged {"sensitivity":"deidentified"}');
    expect(summaries[0].calls.comprehend_medical_batch.units).toBeGreaterThan(2000);
    expect(summaries[2].calls.comprehend_medical.usd).toBeLessThan(20);
    expect(said).toMatch(/^comprehend_medical: about \d+ calls, /m);
    for (const name of ["s3", "comprehend", "catalog", "images"])
      expect(said).toMatch(new RegExp(`^ +\\d+ {2}${name}/_SUCCESS$`, "m"));
    expect(said).toContain("research.encounters at s3://phimask-research/catalog/");
    expect(said).toMatch(/^ {2}note +string +\[masked: text\]$/m);
    expect(said).toContain("Partitioned by region: north\n");
    expect(said.match(IDENTIFIER)?.filter((value) => identifiers.has(value)) ?? []).toEqual([]);
  }, 300_000);
});

describe("samples/compose", () => {
  it("record-batches.ts masks batches as they come", async () => {
    const lines = (await run("samples/compose/record-batches.ts"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(7);
    expect(lines[1]).toEqual({
      patient: expect.stringMatching(/^[0-9a-f]{12}$/),
      age: 90,
      note: "[ID] called from [PHONE_OR_FAX].",
    });
    expect(lines[6].note).toMatchObject({ cells: 6, masked: 6, withheld: 0 });
  });

  it("streams.ts gives the same over Web Streams, Node streams and bytes", async () => {
    const rows = `{"mrn":"********","note":"MRN [ID] was seen on [DATE]."}\n{"mrn":"********","note":"E-mail sent to [EMAIL]."}\n`;
    const [web, node, bytes] = (await run("samples/compose/streams.ts"))
      .split(/^(?:Web Streams|Node streams|Bytes .*)\n/m)
      .slice(1);
    expect([web, node, bytes]).toEqual([rows, rows, "2 rows\n"]);
  });

  it("own-parts.ts runs a detector, an operator and a step of one's own", async () => {
    const rows = (await run("samples/compose/own-parts.ts"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows).toEqual([
      { consent: true, note: expect.stringMatching(/^HF-\*{4}\/\*, seen by Dr\. \w+ on \[DATE\]\.$/), charge: 120.5 },
      { consent: false, note: null, charge: 80 },
      { consent: true, note: "Potassium 4.1, no change.", charge: 99.95 },
    ]);
    expect(rows[0].note).not.toContain("Feeney");
  });
});

describe("samples/refresh", () => {
  it("nights.ts masks what is new and nothing else, rolls back, and verifies", async () => {
    const said = await run("samples/refresh/nights.ts");
    expect(said).toContain("Night 1: nothing is masked yet");
    expect(said).toMatch(
      /Night 2.*\n {2}ward=east\/monday.csv: changed\n {2}ward=west\/tuesday.csv: new\n {2}ok: 2 masked, 2 kept/,
    );
    expect(said).toMatch(/Night 3: .*\n {2}ward=east\/tuesday.csv: its input is gone\n {2}ok: 0 masked, 3 kept/);
    expect(said).toMatch(/Night 3, once more.*\n {2}unchanged: 0 masked, 3 kept, in out\/v=night-3\//);
    expect(said).toContain("Rolled back: v=night-2 is in force again.");
    expect(said).toContain("Verified: 4 of 4 files are as they were written, 0 faults.");
    for (const [path, bytes] of await filesBelow("samples/refresh/out")) {
      expect(bytes.toString(), path).not.toMatch(/Feeney|FEENEY|Alvarez|lindqvist|802-555|899-12/i);
    }
  });
});

describe("samples/scans", () => {
  it("the demo masks scans without a service and shows before and after", async () => {
    await Promise.all(["data", "out"].map((folder) => rm(`samples/scans/${folder}`, { recursive: true, force: true })));
    const said = await run("samples/scans/demo.ts");
    expect(said).toContain("out/before-after.png");
    const files = [...(await filesBelow("samples/scans/out"))].filter(([path]) => !path.endsWith("before-after.png"));
    expect(files.filter(([path]) => /\.(png|jpg|pdf)$/.test(path))).toHaveLength(4);
    for (const [path, bytes] of files) {
      expect(`${path} ${bytes.toString("latin1")}`).not.toMatch(
        /Feeney|Alvarez|Lindqvist|48210337|30915526|Front desk/,
      );
    }
  });
});
