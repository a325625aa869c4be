import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { previewJob } from "../../src/preview.ts";
import { filesBelow, KEY } from "../cli/phimask.ts";
import { inkReader, paintedPng } from "../fakes/ink.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "phimask-images-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (path: string, content: string | Uint8Array) => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
};
const scan = (...names: readonly string[]) =>
  paintedPng(...names.map((text, i) => ({ text, x: 10 + i * 60, y: 20 + i * 18 })));
const below = async (path: string) =>
  new Map(
    [...(await filesBelow(join(folder, path)))].filter(
      ([name]) => !name.includes("_phimask") && !name.endsWith("_SUCCESS"),
    ),
  );
const words = async (bytes: Uint8Array) => {
  const { pngFormat } = await import("../../transforms/images/png.ts");
  const run = { tally: {} as never, signal: new AbortController().signal };
  for await (const page of (await pngFormat({ megapixels: 1, pages: 1 }).open(bytes, run)).pages()) {
    return (await inkReader().read(page, run)).map(({ text }) => text);
  }
  return [];
};

const JOB = `
version: 1
name: scans
source: {path: raw/tables}
target: {path: out/tables}
policy: {unlisted: keep, subject: patient_id}
columns:
  last_name: {mask: surrogate, type: NAME}
  patient_id: {mask: hash, length: 16}
  scan: {mask: image, to: out/images, from: raw/images, known: [last_name]}
`;
const runText = async (text: string, settings: readonly string[] = []) => {
  const reader = inkReader();
  const job = await openJob(parseJob(text, settings), { folder, key: KEY, readers: [reader] });
  const { status, report } = await runJob(job);
  return { status, report, read: reader.seen.count };
};
const codeOf = (failing: Promise<unknown>) =>
  failing.then(
    () => "passes",
    (error: unknown) => (error instanceof MaskingError ? error.code : String(error)),
  );

async function clinic(): Promise<void> {
  await put("raw/images/feeney/film.png", await scan("Feeney", "left"));
  await put("raw/images/both.png", await scan("Feeney", "Okafor", "supine"));
  await put(
    "raw/tables/a.csv",
    "patient_id,last_name,scan\nP1,Feeney,feeney/film.png\nP2,Okafor,both.png\nP3,Lindqvist,\n",
  );
  await put("raw/tables/b.csv", `patient_id,last_name,scan\nP1,Feeney,${join(folder, "raw/images/both.png")}\n`);
}

const linksOf = async (file: string): Promise<string[]> =>
  (await readFile(join(folder, "out/tables", file), "utf8"))
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").at(-1)!);

describe("a job with a column of links", () => {
  it("leaves a dataset that is whole by itself and says no name", async () => {
    await clinic();
    const { status, report, read } = await runText(JOB);
    expect([status, report.rows, read]).toEqual(["ok", 4, 2]);
    expect(report.columns["scan"]).toMatchObject({ cells: 3, masked: 3, withheld: 0, found: { NAME: 2 } }); // two names side by side are one finding
    const [film, both, none] = await linksOf("a.csv");
    expect(none).toBe("");
    expect(await linksOf("b.csv")).toEqual([both]);
    expect(await words(await readFile(join(folder, "out/tables", film!)))).toEqual(["left"]);
    expect(await words(await readFile(join(folder, "out/tables", both!)))).toEqual(["supine"]);
    for (const [path, bytes] of await filesBelow(join(folder, "out"))) {
      expect(`${path}${bytes.toString("latin1")}`).not.toMatch(/feeney|okafor|film|both/i);
    }
    expect((await below("out/images")).size).toBe(2);
  });

  it("says where its images are, so that the next run takes those away that no row links to", async () => {
    await clinic();
    await runText(JOB);
    expect((await runText(JOB)).status).toBe("unchanged");
    await put("raw/tables/a.csv", "patient_id,last_name,scan\nP2,Okafor,both.png\n");
    const again = await runText(JOB);
    expect([again.status, again.report.files, again.report.unchanged, again.read]).toEqual(["ok", 1, 1, 1]);
    expect((await below("out/images")).size).toBe(1);
    await rm(join(folder, "raw/tables/a.csv"));
    await runText(JOB);
    const [link] = await linksOf("b.csv");
    expect(await words(await readFile(join(folder, "out/tables", link!)))).toEqual(["supine"]);
  });

  it("a new row that links to an image has it masked again, with what it knows", async () => {
    await clinic();
    await runText(JOB);
    await put("raw/tables/c.csv", "patient_id,last_name,scan\nP9,supine,both.png\n");
    expect((await runText(JOB)).read).toBe(1);
    const [link] = await linksOf("b.csv");
    expect(await linksOf("c.csv")).toEqual([link]);
    expect(await words(await readFile(join(folder, "out/tables", link!)))).toEqual([]);
  });

  it("is previewed without a file being written", async () => {
    await clinic();
    const job = await openJob(parseJob(JOB, []), { folder, key: KEY, readers: [inkReader()] });
    const rows: string[] = [];
    await previewJob(job, 2, (row) => rows.push(row));
    expect(rows.map((row) => JSON.parse(row).scan)).toEqual([
      expect.stringMatching(/\.png$/),
      expect.stringMatching(/\.png$/),
    ]);
    expect([...(await filesBelow(folder)).keys()].filter((path) => !path.startsWith("raw/"))).toEqual([]);
  });

  it("an image that is not there stops the run with its row, or is withheld", async () => {
    await clinic();
    await put("raw/tables/c.csv", "patient_id,last_name,scan\nP1,Feeney,both.png\nP9,Feeney,feeney/gone.png\n");
    const failure = await runText(JOB).then(
      () => undefined,
      (error: MaskingError) => error,
    );
    expect(failure).toMatchObject({ code: "IMAGE_MISSING", place: { file: "c.csv", column: "scan", row: 2 } });
    expect(String(failure?.message)).not.toContain("gone");
    expect((await below("out/tables")).size).toBe(0);
    const { report } = await runText(JOB, ["policy.on_error=withhold"]);
    expect(report.columns["scan"]!.withheld).toBe(1);
    expect((await linksOf("c.csv"))[1]).toBe("[WITHHELD]");
  });

  it.each([
    ["masked images within the source", ["columns.scan.to=raw/tables/masked"], "TARGET_OVERLAPS"],
    ["masked images within the folder of the originals", ["columns.scan.to=raw/images"], "TARGET_OVERLAPS"],
    ["no place for masked images", ["columns.scan={mask: image}"], "RULE_UNFIT"],
    ["a key that there is not", ["columns.scan.faces=maybe"], "JOB_INVALID"],
    ["a colour that is none", ["columns.scan.fill=[300, 0, 0]"], "JOB_INVALID"],
  ])("refuses %s", async (_, settings, code) => {
    await clinic();
    expect(await codeOf(runText(JOB, settings))).toBe(code);
  });

  it("fills with the colour that is asked for, and covers every word where told to", async () => {
    await clinic();
    await runText(JOB, ["columns.scan.fill=[1, 2, 3]", "columns.scan.text=all"]);
    const [film] = await linksOf("a.csv");
    const bytes = await readFile(join(folder, "out/tables", film!));
    expect(await words(bytes)).toEqual([]);
    const { default: sharp } = await import("sharp");
    expect([...(await sharp(bytes).raw().toBuffer()).subarray((28 * 240 + 16) * 3).subarray(0, 3)]).toEqual([1, 2, 3]);
  });
});

describe("a folder of images", () => {
  const FOLDER = `
version: 1
name: folder
source: {path: raw/scans, format: images}
target: {path: out/scans}
deny: {terms: [Feeney]}
columns: {image: image}
`;

  it("is masked file by file, under names that say nothing", async () => {
    await put("raw/scans/feeney/region=north/film.png", await scan("Feeney", "left"));
    await put("raw/scans/region=north/other.PNG", await scan("supine"));
    const { status, report, read } = await runText(FOLDER, ["columns.region=keep"]);
    expect([status, report.rows, report.files, read]).toEqual(["ok", 2, 2, 2]);
    const out = await below("out/scans");
    expect([...out.keys()].sort().map((path) => path.replace(/[0-9a-f]{16}/, "#"))).toEqual([
      "region=north/#.png",
      "region=north/#.png",
    ]);
    expect((await Promise.all([...out.values()].map(words))).flat().sort()).toEqual(["left", "supine"]);
    expect((await runText(FOLDER, ["columns.region=keep"])).status).toBe("unchanged");
  });

  it("stops at what is no image, or leaves an empty file for it", async () => {
    await put("raw/scans/notes.txt", "Feeney");
    expect(await codeOf(runText(FOLDER))).toBe("IMAGE_UNSUPPORTED");
    const { report } = await runText(FOLDER, ["policy.on_error=withhold"]);
    expect(report.columns["image"]).toMatchObject({ cells: 1, withheld: 1 });
    expect([...(await below("out/scans")).values()].map((bytes) => bytes.length)).toEqual([0]);
  });

  it("becomes a table where the target is one", async () => {
    await put("raw/scans/film.png", await scan("Feeney", "left"));
    await runText(FOLDER, ["target.format=parquet"]);
    const [[path, bytes]] = [...(await below("out/scans"))] as [[string, Buffer]];
    expect(path).toMatch(/\.parquet$/);
    expect(bytes.indexOf("PAR1")).toBe(0);
  });
});
