import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { filesBelow, KEY } from "../cli/phimask.ts";
import { dicomOf, type Made, made } from "../fakes/dicom.ts";
import { said } from "../fakes/dicom-said.ts";
import { inkReader, painted } from "../fakes/ink.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "phimask-dicom-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const put = async (path: string, content: string | Uint8Array) => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
};

const JOB = `
version: 1
name: study
source: {path: raw}
target: {path: out}
policy: {profile: expert_determination, unlisted: keep, subject: mrn}
columns:
  mrn: {mask: hash, length: 16}
  last_name: {mask: surrogate, type: NAME}
  taken: date
  study: uid
  scan: {mask: image, to: scans, from: pics, known: [last_name], dicom: {tags: {PatientID: {mask: hash, length: 16}, StationName: keep}}}
`;

/** A picture of words as a DICOM file of somebody. */
function picture(...words: readonly string[]): readonly Made[] {
  const { data, width, height } = painted(words.map((text, i) => ({ text, x: 10, y: 10 + i * 20 })));
  return [
    made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"),
    made(0x00080018, "UI", "1.2.77.5"),
    made(0x00080020, "DA", "20240131"),
    made(0x00081010, "SH", "ROOM4"),
    made(0x00100010, "PN", "Feeney^Ana"),
    made(0x00100020, "LO", "P1001"),
    made(0x0020000d, "UI", "1.2.77.1"),
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

const run = async (settings: readonly string[] = []) => {
  const job = await openJob(parseJob(JOB, settings), { folder, key: KEY, readers: [inkReader()] });
  return runJob(job);
};
const codeOf = (failing: Promise<unknown>) =>
  failing.then(
    () => "passes",
    (error: unknown) =>
      error instanceof MaskingError ? `${error.code} ${error.place.key ?? ""}`.trim() : String(error),
  );
/** The cells of the one row, and the header of its image by tag. */
async function answer(): Promise<{
  readonly cells: readonly string[];
  readonly tags: Map<string, string | undefined>;
  readonly bytes: Buffer;
}> {
  const cells = (await readFile(join(folder, "out/a.csv"), "utf8")).trim().split("\n")[1]!.split(",");
  const bytes = await readFile(join(folder, "out", cells.at(-1)!));
  return { cells, tags: new Map(said(bytes)), bytes };
}

describe("a job whose rows link to DICOM files", () => {
  beforeEach(async () => {
    await put("raw/a.csv", "mrn,last_name,taken,study,scan\nP1001,Feeney,2024-01-31,1.2.77.1,a.dcm\n");
    await put("pics/a.dcm", dicomOf(picture("FEENEY", "Ana", "left")));
  });

  it("leaves an image whose header agrees with the row, and no name in any byte", async () => {
    expect((await run()).status).toBe("ok");
    const { cells, tags, bytes } = await answer();
    const [mrn, name, taken, study] = cells;
    expect(tags.get("(0010,0020)")).toBe(mrn);
    expect(tags.get("(0010,0010)")?.split("^")[0]).toBe(name);
    expect(tags.get("(0008,0020)")).toBe(taken!.replaceAll("-", ""));
    expect(tags.get("(0020,000D)")).toBe(study);
    expect([tags.get("(0008,1010)"), tags.get("(0028,0301)"), tags.get("(0028,0303)")]).toEqual([
      "ROOM4",
      "NO",
      "MODIFIED",
    ]);
    expect(bytes.toString("latin1")).not.toMatch(/feeney|p1001|1\.2\.77|20240131/i);
    for (const [path, content] of await filesBelow(join(folder, "scans")))
      expect(`${path}${content.toString("latin1")}`).not.toMatch(/feeney/i);
  });

  it("covers the words that the header and the row tell, and leaves the others", async () => {
    await run();
    const { bytes } = await answer();
    const { formatOf, RUN } = await import("../fakes/dicom-run.ts");
    const words: string[] = [];
    for await (const page of (await formatOf().open(bytes, RUN)).pages()) {
      words.push(...(await inkReader().read(page, RUN)).map(({ text }) => text));
    }
    expect(words).toEqual(["left"]);
  });

  it.each([
    [
      "a tag that there is not",
      ["columns.scan.dicom.tags={Nobody: keep}"],
      "RULE_UNFIT columns.scan.dicom.tags.Nobody",
    ],
    [
      "an option that the profile forbids",
      ["policy.profile=safe_harbor", "columns.taken=year", "columns.scan.dicom={options: [retain_uids]}"],
      "RULE_UNFIT columns.scan.dicom.options",
    ],
    [
      "an option that there is not",
      ["columns.scan.dicom={options: [retain_all]}"],
      "JOB_INVALID columns.scan.dicom.options.0",
    ],
    [
      "an operator that there is not",
      ["columns.scan.dicom={tags: {PatientID: sharpie}}"],
      "JOB_INVALID columns.scan.dicom.tags.PatientID",
    ],
    [
      "a region that is none",
      ["columns.scan.dicom={devices: [{modality: US, regions: [[0, 0, 8]]}]}"],
      "JOB_INVALID columns.scan.dicom.devices.0.regions.0",
    ],
  ])("refuses %s", async (_, settings, code) => {
    expect(await codeOf(run(settings))).toBe(code);
  });

  it("withholds what it cannot examine", async () => {
    await put(
      "pics/a.dcm",
      dicomOf([made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.9.1.1"), made(0x00100010, "PN", "Feeney")]),
    );
    expect(await codeOf(run())).toBe("IMAGE_UNSUPPORTED");
    const { report } = await run(["policy.on_error=withhold"]);
    expect(report.columns["scan"]!.withheld).toBe(1);
  });
});
