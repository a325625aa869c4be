import { describe, expect, it } from "vitest";
import { estimateJob } from "../../src/estimate.ts";
import { openImageMeters } from "../../src/job/meters.ts";
import { openJob } from "../../src/job.ts";
import type { JobFile } from "../../src/jobfile.ts";
import { parseJob } from "../../src/parse.ts";
import { planJob } from "../../src/plan.ts";
import { planText } from "../../src/plantext.ts";
import { folderWith, KEY } from "../cli/phimask.ts";
import { tableAs } from "../cli/tables.ts";

const TABLE = `version: 1
source: {path: in}
target: {path: out}
detect: {text: comprehend_medical, image: [rekognition, textract]}
limits: {usd: 0.01, image_requests_per_second: 0.1}
columns: {id: keep, scan: {mask: image, to: scans, faces: true}}
`;
/** Ten rows that link to six images, and two that link to none. */
const scan = Array.from({ length: 12 }, (_, row) => (row < 10 ? `scans/${row % 6}.png` : row === 10 ? "" : null));
const id = scan.map((_, row) => `e${row}`);

async function estimated(files: Readonly<Record<string, string | Uint8Array>>, yaml: string, sample?: number) {
  const job = await openJob(parseJob(yaml), { folder: await folderWith(files), key: KEY });
  const plan = await planJob(job);
  const estimate = await estimateJob(job, plan, sample);
  const { rekognition, textract } = estimate.services;
  return { rekognition, textract, text: planText(job, plan, estimate), usd: estimate.usd, calls: estimate.calls };
}

describe("services that are paid by the image", () => {
  it("are known by a job's columns, and none where it reads images here", async () => {
    const { columns } = parseJob(TABLE);
    const meters = (image: unknown, more: Partial<JobFile> = {}) =>
      openImageMeters({ version: 1, columns, detect: { image }, ...more } as JobFile);
    expect(await meters("embedded")).toBeUndefined();
    expect(await meters("rekognition", { columns: { note: "text" } })).toBeUndefined();
    expect(await meters(["embedded", "rekognition", "textract"])).toMatchObject([
      { service: "rekognition", unitUsd: 0.001, requestsPerSecond: 5, looks: { scan: 2 } },
      { service: "textract", unitUsd: 0.0015, looks: { scan: 1 } },
    ]);
  });

  it.each(["csv", "parquet"] as const)("count each link of a sample of %s once", async (format) => {
    const files = { [`in/a.${format}`]: await tableAs(format, { id, scan }) };
    const { rekognition, textract, text, usd, calls } = await estimated(files, TABLE, 100);
    expect(rekognition).toMatchObject({ calls: 12, units: 12, usd: 0.02, minutes: 2, images: 6, uncounted: 0 });
    expect(textract).toMatchObject({ calls: 6, usd: 0.01, images: 6 });
    expect([usd, calls]).toEqual([0.03, 18]);
    expect(text).toMatch(
      /^rekognition: about 12 calls, 12 units, 0\.02 USD, 2 minutes at the quota, for 6 images of one page\.$/m,
    );
    expect(text.match(/limits\.usd is 0\.01: the run may stop before its end\./g)).toHaveLength(1);
  });

  it("scale a sample to the rows of its file", async () => {
    const scan = Array.from({ length: 50 }, (_, row) => `scans/${row}.png`);
    const files = { "in/a.csv": await tableAs("csv", { id: scan.map(String), scan }) };
    expect((await estimated(files, TABLE, 10)).textract).toMatchObject({ calls: 50, images: 50 });
  });

  it("are told by a format that counts its values, and are left out where only rows tell", async () => {
    const parquet = { "in/a.parquet": await tableAs("parquet", { id, scan }) };
    expect((await estimated(parquet, TABLE)).textract).toMatchObject({ calls: 12, images: 12, uncounted: 0 });
    const { textract, text } = await estimated({ "in/a.csv": await tableAs("csv", { id, scan }) }, TABLE);
    expect(textract).toMatchObject({ calls: 0, uncounted: 1 });
    expect(text).toContain("The images of 1 files are not among them: --sample n counts them.");
    expect(text).not.toContain("limits.usd");
  });

  it.each([undefined, 5])("count the files of a folder of images (sample %s)", async (sample) => {
    const yaml = TABLE.replace("{path: in}", "{path: in, format: images}").replace(
      /columns: .*/,
      "columns: {image: image}",
    );
    const files = { "in/a.png": "not looked at", "in/b.jpg": "nor this" };
    const { rekognition } = await estimated(files, yaml, sample);
    expect(rekognition).toMatchObject({ calls: 2, images: 2, uncounted: 0 });
  });
});
