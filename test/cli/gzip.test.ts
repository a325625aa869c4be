import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { filesBelow, folderWith, phimask } from "./phimask.ts";
import { duck } from "./tables.ts";

const CSV = `id,name,note\n1,Feeney,"Mrs. Feeney, ""Ana"", came."\n2,Okafor,ok\n`;
const PLANTED = /feeney|okafor/i;

/** A job over what is in `raw`, with more said of its source and target. */
const jobOf = (target = "", source = "") => `version: 1
source: {path: raw/${source}}
target: {path: out/${target}}
columns:
  id: keep
  name: {mask: hash, length: 8}
  note: {mask: text, known: [name]}
`;
async function masked(files: Readonly<Record<string, string | Uint8Array>>, job: string) {
  const folder = await folderWith({ ...files, "job.yaml": job });
  const ended = await phimask(["run", join(folder, "job.yaml"), "--quiet"]);
  const written = await filesBelow(join(folder, "out"));
  return { folder, ended, written, names: [...written.keys()].filter((path) => !/(^|\/)_/.test(path)).sort() };
}

describe("CSV packed by gzip", () => {
  it("is masked as the same CSV is, under its own name", async () => {
    const { folder, written, names } = await masked(
      { "raw/day=1/a.csv.gz": gzipSync(CSV), "raw/day=1/b.csv": CSV },
      `${jobOf()}  day: keep\n`,
    );
    expect(names).toEqual(["day=1/a.csv.gz", "day=1/b.csv"]);
    const [packed, plain] = names.map((name) => written.get(name)!);
    expect(gunzipSync(packed!).toString()).toBe(plain!.toString());
    expect(plain!.toString()).not.toMatch(PLANTED);
    expect(execFileSync("gzip", ["-t"], { input: packed! }).length).toBe(0);
    expect((await phimask(["run", join(folder, "job.yaml")])).exit).toBe(99);
    expect((await phimask(["verify", join(folder, "job.yaml")])).exit).toBe(0);
  });

  it("is as its name says where its content is not", async () => {
    const { written, names } = await masked({ "raw/plain.csv.gz": CSV, "raw/packed.csv": gzipSync(CSV) }, jobOf());
    expect(names).toEqual(["packed.csv", "plain.csv.gz"]);
    expect(gunzipSync(written.get("plain.csv.gz")!).toString()).toBe(written.get("packed.csv")!.toString());
  });

  it.each([
    [", csv: {compression: none}", ["a.csv", "b.csv"]],
    [", csv: {compression: gzip}", ["a.csv.gz", "b.csv.gz"]],
    [", csv: {compression: gzip, delimiter: ;}", ["a.csv.gz", "b.csv.gz"]],
    [", names: hash", [expect.stringMatching(/^[0-9a-f]{16}\.csv/), expect.stringMatching(/^[0-9a-f]{16}\.csv/)]],
    [", format: parquet", ["a.parquet", "b.parquet"]],
  ])("becomes what the target says: %s", async (target, expected) => {
    const { folder, names } = await masked({ "raw/a.csv.gz": gzipSync(CSV), "raw/b.csv": CSV }, jobOf(target));
    expect(names).toEqual(expected);
    const read = names.map((name) => (name.endsWith("parquet") ? "read_parquet" : "read_csv"));
    const rows = await Promise.all(
      names.map((name, at) => duck(`SELECT id, note FROM ${read[at]}('${folder}/out/${name}') ORDER BY id`)),
    );
    expect(rows[0]).toEqual(rows[1]);
    expect([rows[0]!.length, PLANTED.test(JSON.stringify(rows))]).toEqual([2, false]);
  });

  it("comes of Parquet where the target says so", async () => {
    const folder = await folderWith({ "raw/none.txt": "" });
    await duck(`COPY (SELECT 1 AS id, 'Feeney' AS name, 'Feeney came' AS note) TO '${folder}/raw/a.parquet'`);
    const job = join(folder, "job.yaml");
    await writeFile(job, jobOf(", format: csv, csv: {compression: gzip}", "*.parquet"));
    expect((await phimask(["run", job, "--quiet"])).exit).toBe(0);
    const text = gunzipSync(await readFile(join(folder, "out/a.csv.gz"))).toString();
    expect(text).toMatch(/^id,name,note\n1,[0-9a-f]{8},\S+ came\n$/);
  });

  it("names one file of a target that is a file", async () => {
    const { written, names } = await masked({ "raw/a.csv": CSV }, jobOf("one.csv.gz", "a.csv"));
    expect(names).toEqual(["one.csv.gz"]);
    expect(gunzipSync(written.get("one.csv.gz")!).toString()).toMatch(/^id,name,note\n1,/);
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    ["cut off", gzipSync(CSV).subarray(0, -12), "INPUT_TRUNCATED", /a\.csv\.gz/],
    ["damaged", Buffer.concat([gzipSync(CSV), Buffer.from("1,Feeney,x\n")]), "INPUT_MALFORMED", /members of gzip/],
    ["of zstd", Buffer.from("28b52ffd04580100", "hex"), "INPUT_UNSUPPORTED", /not zstd/],
    ["ragged inside", gzipSync(`${CSV}3,Feeney\n`), "CSV_RAGGED", /line 4/],
  ])("publishes nothing where a file is %s", async (_, bytes, code, place) => {
    const { ended, names } = await masked({ "raw/a.csv.gz": bytes }, jobOf());
    expect([ended.exit, names, ended.summary["code"] ?? ended.stderr]).toEqual([2, [], code]);
    expect(ended.stderr).toMatch(place);
    expect(ended.stderr).not.toMatch(PLANTED);
  });

  it("is drafted and previewed", async () => {
    const folder = await folderWith({ "raw/a.csv.gz": gzipSync(CSV) });
    const drafted = await phimask(["init", join(folder, "raw/")]);
    expect([drafted.exit, drafted.stdout.toString()]).toEqual([0, expect.stringContaining("note:")]);
    await writeFile(join(folder, "job.yaml"), jobOf());
    const shown = await phimask(["preview", join(folder, "job.yaml")]);
    expect([shown.exit, PLANTED.test(shown.stdout.toString())]).toEqual([0, false]);
  });
});
