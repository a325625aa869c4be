import { beforeEach, describe, expect, it } from "vitest";
import type { TextReader } from "../../src/image-types.ts";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { planShards, runShard } from "../../src/shards.ts";
import { readWork } from "../../src/work.ts";
import { pngFormat } from "../../transforms/images/png.ts";
import { KEY } from "../cli/phimask.ts";
import { dropped, held } from "../fakes/aws/content.ts";
import { fakeS3 } from "../fakes/aws/s3.ts";
import { serving } from "../fakes/aws/serving.ts";
import { quietRun } from "../fakes/images.ts";
import { inkReader, painted, paintedPng } from "../fakes/ink.ts";

const s3 = fakeS3();
const server = serving(s3);
beforeEach(async () => {
  s3.state.buckets.clear();
  s3.state.denies = () => false;
  server().record.clear();
  for (const bucket of ["raw", "films", "research"]) s3.addBucket(bucket);
  put("films", "feeney/ana chest+1.png", await scan("Feeney", "left"));
  put("films", "both.png", await scan("Feeney", "Okafor", "supine"));
  table("dt=1/a.csv", ["Feeney", "s3://films/feeney/ana chest+1.png"], ["Okafor", "s3://films/both.png"]);
  table("dt=2/a.csv", ["Feeney", "s3://films/both.png"]);
});

const put = (bucket: string, key: string, bytes: Buffer) => s3.addObject(bucket, key, held(bytes));
const table = (path: string, ...rows: readonly (readonly [name: string, scan: string])[]) =>
  put("raw", `visits/${path}`, Buffer.from(`last_name,scan\n${rows.map((row) => `${row.join(",")}\n`).join("")}`));
const scan = (...names: readonly string[]) =>
  paintedPng(...names.map((text, i) => ({ text, x: 10 + i * 60, y: 20 + i * 18 })));

const JOB = `
version: 1
name: buckets
source: {path: s3://raw/visits/}
target: {path: s3://research/masked/}
columns:
  last_name: redact
  scan: {mask: image, to: s3://research/scans/, known: [last_name]}
  dt: keep
`;
/** Reads the corner of a picture, where these have their words. */
const reader: TextReader = {
  ...inkReader(),
  read({ width, channels, data }, context) {
    const rows = Array.from({ length: 80 }, (_, y) => data.subarray(y * width * channels).subarray(0, 240 * channels));
    return inkReader().read({ width: 240, height: 80, channels, data: Buffer.concat(rows) }, context);
  },
};
const opened = (settings: readonly string[] = []) => openJob(parseJob(JOB, settings), { key: KEY, readers: [reader] });
const run = async (settings: readonly string[] = []) => runJob(await opened(settings));
/** As good as chance, and the same each time. */
const mixed = (at: number) => Math.imul(Math.imul(at, 0x9e3779b1) ^ (at >>> 7), 0x85ebca6b) ^ (at << 11);
const failure = (failing: Promise<unknown>) =>
  failing.then(
    () => undefined,
    (error: unknown) => error,
  );
const objects = () => [...s3.state.buckets.get("research")!.objects.keys()].filter((key) => !/(^|\/)_/.test(key));
const linksOf = (path: string) =>
  s3
    .bytes("research", `masked/${path}`)!
    .toString()
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[1]!);
const wordsAt = async (link: string) => {
  const bytes = s3.bytes("research", link.replace("s3://research/", ""))!;
  for await (const page of (await pngFormat({ megapixels: 1, pages: 1 }).open(bytes, quietRun())).pages()) {
    return (await inkReader().read(page, quietRun())).map(({ text }) => text);
  }
  return [];
};

describe("images in buckets", () => {
  it("are masked into another one, and the rows link to them by URI", async () => {
    await run();
    const [film, both] = linksOf("dt=1/a.csv");
    expect(film).toMatch(/^s3:\/\/research\/scans\/dt=1\/([0-9a-f]{2})\/\1[0-9a-f]{14}\.png$/);
    expect(linksOf("dt=2/a.csv")).toEqual([both!.replace("dt=1", "dt=2")]);
    expect(await wordsAt(film!)).toEqual(["left"]);
    for (const link of [both!, ...linksOf("dt=2/a.csv")]) expect(await wordsAt(link)).toEqual(["supine"]);
    expect(objects().filter((key) => key.startsWith("scans/")).length).toBe(3);
    expect(
      server()
        .record.of("GetObject")
        .filter(({ resource }) => resource === "films/both.png").length,
    ).toBe(1);
    expect(objects().join()).not.toMatch(/feeney|chest|both/i);
    expect((await run()).status).toBe("unchanged");
    expect(s3.openUploads()).toBe(0);
  });

  it("are the same in three shards, one of which masks what rows of two link to", async () => {
    await run();
    const before = new Map(objects().map((key) => [key, s3.bytes("research", key)!.toString("base64")]));
    s3.state.buckets.get("research")!.objects.clear();
    server().record.clear();
    await planShards(await opened(), 3);
    await Promise.all([0, 1, 2].map(async (index) => runShard(await opened(), { index, count: 3 })));
    const job = await opened();
    await runJob(job, { work: await readWork(job) });
    expect(new Map(objects().map((key) => [key, s3.bytes("research", key)!.toString("base64")]))).toEqual(before);
    expect(
      server()
        .record.of("GetObject")
        .filter(({ resource }) => resource === "films/both.png").length,
    ).toBe(1);
  });

  it("that are relative links start from the table's own prefix", async () => {
    put("raw", "visits/_films/own.png", await scan("Feeney", "supine"));
    table("dt=3/a.csv", ["Feeney", "_films/own.png"]);
    await run();
    expect(await wordsAt(linksOf("dt=3/a.csv")[0]!)).toEqual(["supine"]);
  });

  it.each([
    ["missing", "s3://films/gone.png", "IMAGE_MISSING"],
    ["in a bucket that there is not", "s3://nowhere/gone.png", "IMAGE_MISSING"],
    ["forbidden", "s3://films/secret.png", "STORE_DENIED"],
    ["no picture", "s3://films/note.txt", "IMAGE_UNSUPPORTED"],
    ["empty", "s3://films/empty.png", "IMAGE_UNREADABLE"],
    ["larger than memory should hold", "s3://films/huge.tif", "IMAGE_TOO_LARGE"],
  ])("that are %s stop the run with their row, and nothing of it is published", async (_, link, code) => {
    put("films", "secret.png", await scan("Feeney"));
    put("films", "note.txt", Buffer.from("Feeney"));
    put("films", "empty.png", Buffer.alloc(0));
    s3.addObject("films", "huge.tif", dropped(3 * 2 ** 30));
    s3.state.denies = (_operation, _bucket, key) => key === "secret.png";
    table("dt=9/a.csv", ["Feeney", "s3://films/both.png"], ["Feeney", link]);
    const stopped = await failure(run());
    expect(stopped).toMatchObject({ code, place: { file: "dt=9/a.csv", column: "scan", row: 2 } });
    expect(String((stopped as Error).message)).not.toMatch(/films|gone|secret|huge/);
    expect(objects().filter((key) => key.startsWith("masked/"))).toEqual([]);
    expect(
      server()
        .record.of("GetObject")
        .filter(({ resource }) => /huge|empty/.test(resource)),
    ).toEqual([]);
    const withheld = await failure(run(["policy.on_error=withhold"]));
    if (code.startsWith("STORE")) expect(withheld).toMatchObject({ code });
    else expect(linksOf("dt=9/a.csv")[1]).toBe("[WITHHELD]");
  });

  it("that are large take memory for themselves alone, and go out in parts", async () => {
    const { default: sharp } = await import("sharp");
    const page = painted([{ text: "Feeney", x: 10, y: 10 }], 2400, 1600);
    const noisy = Uint8Array.from(page.data, (value, at) => value ^ (at > 1_200_000 ? mixed(at) >>> 25 : 0));
    const raw = { width: 2400, height: 1600, channels: 3 } as const;
    const image = await sharp(noisy, { raw }).png({ compressionLevel: 1 }).toBuffer();
    expect(image.length).toBeGreaterThan(8 << 20);
    put("films", "large.png", image);
    table("dt=9/a.csv", ["Feeney", "s3://films/large.png"]);
    await run();
    const [link] = linksOf("dt=9/a.csv");
    const out = s3.bytes("research", link!.replace("s3://research/", ""))!;
    const pixels = await sharp(out).raw().toBuffer();
    expect(pixels.subarray(0, 3 * 2400 * 5).equals(Buffer.from(noisy.subarray(0, 3 * 2400 * 5)))).toBe(true);
    expect([...pixels.subarray((14 * 2400 + 20) * 3).subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(s3.openUploads()).toBe(0);
  });
});
