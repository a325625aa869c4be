import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { Word } from "../../src/image-types.ts";
import { imageTurns } from "../../src/job/image-turns.ts";
import { openJob } from "../../src/job.ts";
import { parseJob } from "../../src/parse.ts";
import { runJob } from "../../src/pipeline.ts";
import { planShards, runShard } from "../../src/shards.ts";
import { once } from "../../src/stream.ts";
import { readWork } from "../../src/work.ts";
import { filesBelow, KEY } from "../cli/phimask.ts";
import { inkReader, paintedPng } from "../fakes/ink.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "phimask-shares-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (path: string, content: string | Uint8Array) => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
};
const table = (path: string, ...rows: readonly (readonly [name: string, scan: string])[]) =>
  put(`raw/${path}`, `last_name,scan\n${rows.map((row) => `${row.join(",")}\n`).join("")}`);
const scan = (...names: readonly string[]) =>
  paintedPng(...names.map((text, i) => ({ text, x: 10 + i * 60, y: 20 + i * 18 })));

const JOB = `
version: 1
name: shares
source: {path: raw}
target: {path: out/tables}
policy: {unlisted: keep, on_error: withhold}
columns:
  last_name: redact
  scan: {mask: image, to: out/scans, from: scans, known: [last_name]}
`;

/** Reads as the ink reader does, and holds each picture up for as long as it says. */
function slowReader(ms = 0) {
  const reader = inkReader();
  const pictures: string[] = [];
  return {
    ...reader,
    pictures,
    async read(...asked: Parameters<typeof reader.read>): Promise<readonly Word[]> {
      const words = await reader.read(...asked);
      pictures.push(words.map(({ text }) => text).join(" "));
      await new Promise((resolve) => setTimeout(resolve, ms));
      return words;
    },
  };
}
type Reader = ReturnType<typeof slowReader>;

const open = (reader: Reader, settings: readonly string[] = []) =>
  openJob(parseJob(JOB, settings), { folder, key: KEY, readers: [reader] });
const whole = async (reader: Reader, settings: readonly string[] = []) => runJob(await open(reader, settings));
async function inShards(count: number, reader: Reader, settings: readonly string[] = []) {
  await planShards(await open(reader, settings), count);
  const shards = Array.from({ length: count }, async (_, index) =>
    runShard(await open(reader, settings), { index, count }),
  );
  await Promise.all(shards);
  const job = await open(reader, settings);
  return runJob(job, { work: await readWork(job) });
}

/** Every file that a reader of the dataset sees, by path. */
async function outputs(): Promise<Readonly<Record<string, string>>> {
  const files = [...(await filesBelow(join(folder, "out")))].filter(([path]) => !/(^|\/)_/.test(path));
  return Object.fromEntries(files.map(([path, bytes]) => [path, bytes.toString("base64")]));
}
const links = async (path: string) =>
  (await readFile(join(folder, "out/tables", path), "utf8"))
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").at(-1)!);
const wordsAt = async (path: string) => {
  const { pngFormat } = await import("../../transforms/images/png.ts");
  const bytes = await readFile(join(folder, path));
  const run = { tally: {} as never, signal: new AbortController().signal };
  for await (const page of (await pngFormat({ megapixels: 1, pages: 1 }).open(bytes, run)).pages()) {
    return (await inkReader().read(page, run)).map(({ text }) => text);
  }
  return [];
};

/** Six tables; `all.png` is linked from each of them, `two.png` from two, `broken.png` from two. */
async function clinic(): Promise<void> {
  const names = ["Feeney", "Okafor", "Lindqvist", "Moreau", "Tanaka", "Zabrinskie"];
  await put("scans/all.png", await scan("Feeney", "Moreau"));
  await put("scans/two.png", await scan("Okafor", "left"));
  await put("scans/broken.png", "no picture");
  for (const [i, name] of names.entries()) {
    await put(`scans/own${i}.png`, await scan(name));
    await table(`f${i}.csv`, [name, "all.png"], [name, `own${i}.png`]);
  }
  await table("f1.csv", ["Okafor", "all.png"], ["Okafor", "own1.png"], ["Okafor", "two.png"], ["Okafor", "broken.png"]);
  await table("f2.csv", ["Lindqvist", "own2.png"], ["Lindqvist", "two.png"], ["Lindqvist", "broken.png"]);
}

describe("images that rows of several shards link to", () => {
  it("are masked by one of them, and the dataset is the same whatever the number of shards", async () => {
    await clinic();
    const alone = slowReader();
    const { report } = await whole(alone);
    const expected = await outputs();
    expect(alone.pictures.length).toBe(8);
    for (const count of [1, 3, 6]) {
      await rm(join(folder, "out"), { recursive: true });
      const reader = slowReader(40);
      const outcome = await inShards(count, reader);
      expect(await outputs()).toEqual(expected);
      expect([...reader.pictures].sort()).toEqual([...alone.pictures].sort());
      expect(outcome.report.columns["scan"]).toEqual(report.columns["scan"]);
      expect((await whole(reader)).status).toBe("unchanged");
      const own = [...(await filesBelow(join(folder, "out"))).keys()].filter((path) => path.includes("_phimask/"));
      expect(own.filter((path) => /staging|shard|work/.test(path))).toEqual([]);
    }
  });

  it("are masked again for another work list, since other rows may link to them", async () => {
    await clinic();
    await planShards(await open(slowReader()), 2);
    for (const index of [0, 1]) await runShard(await open(slowReader()), { index, count: 2 });
    await table("f9.csv", ["left", "two.png"]);
    const reader = slowReader();
    await inShards(3, reader);
    expect(reader.pictures).toEqual(["Okafor left"]);
    const [link] = await links("f9.csv");
    expect((await links("f2.csv"))[1]).toBe(link);
    expect(await wordsAt(join("out/tables", link!))).toEqual([]);
  });
});

describe("the turns of processes at an image", () => {
  const signal = new AbortController().signal;
  const turnsOver = (store: MemoryStore) => imageTurns({ store, root: "out/", names: "keep" }, "abc", 30);

  it("one works, the others have its outcome; what one could not do another tries", async () => {
    const store = memoryStore();
    const worked: number[] = [];
    const asked = Array.from({ length: 5 }, (_, i) => turnsOver(store)("a", async () => worked.push(i) * 7, signal));
    expect(await Promise.all(asked)).toEqual([7, 7, 7, 7, 7]);
    expect(worked.length).toBe(1);
    await expect(turnsOver(store)("b", () => Promise.reject(new MaskingError("STORE_FULL")), signal)).rejects.toThrow();
    expect(await turnsOver(store)("b", async () => 3, signal)).toBe(3);
    expect([...store.objects.keys()].every((uri) => /^out\/_phimask\/staging\/.*\.json$/.test(uri))).toBe(true);
  });

  it("one that died holds the others up for its lease, and no longer", async () => {
    const store = memoryStore();
    const held: string[] = [];
    await turnsOver(store)("a", async () => held.push(...[...store.objects.keys()]), signal);
    const note = [...store.objects.keys()].find((uri) => uri.endsWith("a.json"))!;
    await store.remove(note);
    await store.write(held[0]!, once(Buffer.from("dead")));
    expect(await turnsOver(store)("a", async () => 2, signal)).toBe(2);
  }, 20_000);
});

describe("images of partitions", () => {
  it("lie in the folders that their rows go to, one copy in each, masked with what all rows know", async () => {
    await put("scans/both.png", await scan("Feeney", "Okafor", "left"));
    await put("scans/one.png", await scan("Okafor"));
    await table("dt=2025-01-01/a.csv", ["Feeney", "both.png"]);
    await table("dt=2025-01-02/a.csv", ["Okafor", "both.png"], ["Okafor", "one.png"]);
    const reader = slowReader();
    await whole(reader);
    expect(reader.pictures.length).toBe(2);
    const paths = Object.keys(await outputs()).filter((path) => path.startsWith("scans/"));
    expect(paths.map((path) => path.replace(/[0-9a-f]{16}/, "#").replace(/\/[0-9a-f]{2}\//, "/")).sort()).toEqual([
      "scans/dt=2025-01-01/#.png",
      "scans/dt=2025-01-02/#.png",
      "scans/dt=2025-01-02/#.png",
    ]);
    const [first] = await links("dt=2025-01-01/a.csv");
    const [second] = await links("dt=2025-01-02/a.csv");
    expect(first!.replace("2025-01-01", "2025-01-02")).toBe(second);
    for (const link of [first!, second!]) expect(await wordsAt(join("out/tables", link))).toEqual(["left"]);
  });

  it("stay where rows that are not written again look for them, and go with the last row", async () => {
    await put("scans/both.png", await scan("supine", "Okafor", "left"));
    await table("dt=2025-01-02/a.csv", ["Okafor", "both.png"]);
    await whole(slowReader());
    const [link] = await links("dt=2025-01-02/a.csv");
    expect(await wordsAt(join("out/tables", link!))).toEqual(["supine", "left"]);
    await table("dt=2025-01-01/a.csv", ["supine", "both.png"]);
    const count = async () => Object.keys(await outputs()).filter((path) => path.startsWith("scans/")).length;
    await inShards(2, slowReader());
    expect(await wordsAt(join("out/tables", link!))).toEqual(["left"]);
    expect(await count()).toBe(2);
    await rm(join(folder, "raw/dt=2025-01-02"), { recursive: true });
    await whole(slowReader());
    expect(await count()).toBe(1);
    const [other] = await links("dt=2025-01-01/a.csv");
    expect(await wordsAt(join("out/tables", other!))).toEqual(["left"]);
  });

  it("have the folders of masked partitions", async () => {
    await put("scans/one.png", await scan("Okafor"));
    await table("name=Okafor/a.csv", ["Okafor", "one.png"]);
    await table("name=Feeney/a.csv", ["Feeney", "one.png"]);
    await whole(slowReader(), ["columns.name={mask: hash, length: 8}"]);
    const paths = Object.keys(await outputs()).filter((path) => path.startsWith("scans/"));
    expect(paths.filter((path) => /^scans\/name=[0-9a-f]{8}\//.test(path)).length).toBe(2);
    await rm(join(folder, "out"), { recursive: true });
    await whole(slowReader(), ["columns.name=drop"]);
    const flat = Object.keys(await outputs()).filter((path) => path.startsWith("scans/"));
    expect(flat.map((path) => path.replace(/[0-9a-f]{2}\/[0-9a-f]{16}/, "#"))).toEqual(["scans/#.png"]);
  });
});
