import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { Raster } from "../../src/image-types.ts";
import { shareOf } from "../../src/job/share.ts";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { KEY } from "../cli/phimask.ts";
import { fakeComprehend } from "../fakes/aws/comprehend.ts";
import { fakeRekognition, fakeTextract, type Seen } from "../fakes/aws/rekognition.ts";
import { serving } from "../fakes/aws/serving.ts";
import { inkReader, painted } from "../fakes/ink.ts";

const [rekognition, textract, comprehend] = [fakeRekognition(), fakeTextract(), fakeComprehend()];
const server = serving(rekognition, textract, comprehend);
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "phimask-services-"));
  await mkdir(join(folder, "raw"));
  server().record.clear();
  for (const service of [rekognition, textract]) Object.assign(service, { see: inkIn, faces: () => [] });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The services see what is painted. */
function inkIn(picture: Raster): readonly Seen[] {
  return inkReader()
    .words(picture)
    .map(({ text, line, polygon: [from, , to] }) => ({
      ...{ text, line },
      box: { x: from!.x, y: from!.y, width: to!.x - from!.x, height: to!.y - from!.y },
    }));
}

const save = async (name: string, { width, height, channels, data }: Raster) =>
  writeFile(join(folder, "raw", name), await sharp(data, { raw: { width, height, channels } }).png().toBuffer());

const JOB = `
version: 1
name: services
source: {path: raw/visits.csv}
target: {path: out/visits.csv}
columns:
  name: redact
  scan: {mask: image, to: out/scans, known: [name]}
`;
const run = async (...settings: readonly string[]) =>
  runJob(await openJob(parseJob(JOB, ["limits.image_requests_per_second=1000", ...settings]), { folder, key: KEY }));
const callsOf = (operation: string) => server().record.of(operation).length;
async function wordsOut(): Promise<readonly string[]> {
  const link = (await readFile(join(folder, "out/visits.csv"), "utf8")).trim().split(",").at(-1)!;
  const { data, info } = await sharp(join(folder, "out", link))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raster = { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) } as const;
  return inkReader()
    .words(raster)
    .map(({ text }) => text);
}

/** So many words, some of them the row's own. */
async function page(count: number): Promise<readonly string[]> {
  const texts = Array.from({ length: count }, (_, i) => (i % 7 === 3 ? `Feeney` : `n${i}`));
  const words = texts.map((text, i) => ({ text, x: 10 + (i % 12) * 40, y: 10 + Math.floor(i / 12) * 24 }));
  await save("page.png", painted(words, 500, 20 + Math.ceil(count / 12) * 24));
  await writeFile(join(folder, "raw/visits.csv"), "name,scan\nFeeney,page.png\n");
  return texts.filter((text) => text !== "Feeney");
}

describe("detect.image", () => {
  it.each([
    ["rekognition", ["DetectText"]],
    ["textract", ["DetectDocumentText"]],
    ["[rekognition, textract]", ["DetectText", "DetectDocumentText"]],
  ])("%s reads pages of far more than 100 words, and loses none", async (engines, operations) => {
    const harmless = await page(350);
    const { report } = await run(`detect.image=${engines}`);
    expect(await wordsOut()).toEqual(harmless);
    for (const operation of operations) expect(callsOf(operation)).toBeGreaterThan(operation === "DetectText" ? 4 : 1);
    const calls = Object.entries(report.calls).map(([service, { calls, units, usd }]) => {
      expect([units, usd]).toEqual([calls, expect.closeTo(calls * (service === "textract" ? 0.0015 : 0.001), 9)]);
      return service;
    });
    expect(calls.sort()).toEqual(engines.replace(/[[\]]/g, "").split(", ").sort());
    expect(report.detectors.map(({ name }) => name).sort()).toEqual(["embedded", ...calls].sort());
  });

  it("asks for nothing again while the model stays, and masks anew under another one", async () => {
    await page(5);
    await run("detect.image=rekognition");
    server().record.clear();
    expect((await run("detect.image=rekognition")).status).toBe("unchanged");
    expect(server().record.calls.length).toBe(0);
    await writeFile(join(folder, "raw/visits.csv"), "name,scan\nFeeney,page.png\nRoe,page.png\n");
    Object.assign(rekognition, { instead: { TextModelVersion: "4.0" } });
    const { report } = await run("detect.image=rekognition");
    Object.assign(rekognition, { instead: undefined });
    expect(report.detectors).toContainEqual({ name: "rekognition", version: "1/4.0" });
  });

  it("faces are Rekognition's where it reads", async () => {
    await page(3);
    Object.assign(rekognition, { faces: () => [{ x: 42, y: 42, width: 10, height: 10 }] });
    await run("detect.image=[rekognition, textract]", "columns.scan.faces=true");
    expect([callsOf("DetectFaces"), callsOf("DetectText"), callsOf("DetectDocumentText")]).toEqual([1, 2, 2]);
    expect(await wordsOut()).not.toContain("n0"); // it lay under the face
  });

  it("one purse holds what all of them may cost together", async () => {
    await page(5);
    // A look at a blank and one at the page: Rekognition 0.002, Textract 0.003.
    await run("detect.image=[rekognition, textract]", "limits.usd=0.005");
    await rm(join(folder, "out"), { recursive: true });
    server().record.clear();
    const spent = await run("detect.image=[rekognition, textract]", "limits.usd=0.0049").catch((error) => error);
    expect(spent).toBeInstanceOf(MaskingError);
    expect(spent).toMatchObject({ code: "BUDGET_SPENT" });
    expect(server().record.calls.length).toBe(3);
  });

  it("is refused where it is none of these, and shares its quota over shards", async () => {
    expect(() => parseJob(JOB, ["detect.image=tesseract"])).toThrow(expect.objectContaining({ code: "JOB_INVALID" }));
    expect(() => parseJob(JOB, ["detect.image=[]"])).toThrow(expect.objectContaining({ code: "JOB_INVALID" }));
    const file = parseJob(JOB, ["limits.image_requests_per_second=8"]);
    expect(shareOf(file, 4).limits?.image_requests_per_second).toBe(2);
  });

  it("tells its engines apart, so that none is taken for another version of one", async () => {
    const asked = ["detect.image=[embedded, rekognition]", "columns.scan.faces=true"];
    await page(3);
    const { policy } = await openJob(parseJob(JOB, asked), { folder, key: KEY });
    const names = policy.detectors.map(({ name }) => name);
    expect([names.length, new Set(names).size]).toEqual([5, 5]);
  });

  it("loads no client of a service that no column needs", async () => {
    const loaded: string[] = [];
    for (const name of ["rekognition", "textract"]) {
      vi.doMock(`@aws-sdk/client-${name}`, () => {
        loaded.push(name);
        throw new Error("not to be loaded");
      });
    }
    await page(3);
    await openJob(parseJob(JOB, ["detect.image=[rekognition, textract]"]), { folder, key: KEY });
    expect(loaded).toEqual([]);
    for (const name of ["rekognition", "textract"]) vi.doUnmock(`@aws-sdk/client-${name}`);
  });
});
