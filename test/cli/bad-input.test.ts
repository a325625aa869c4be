import { existsSync } from "node:fs";
import { symlink, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type Ended, filesBelow, folderWith, KEY, phimask } from "./phimask.ts";
import { type Format, tableAs } from "./tables.ts";

const FORMATS: readonly Format[] = ["csv", "parquet", "arrow"];
const PLANTED = "Zebulon Quackenbush";
const ROWS = { id: ["1", "2"], note: [`Seen: ${PLANTED}`, "fine"] };
const jobWith = (columns = "{id: keep, note: redact}", more = "") =>
  `version: 1\nsource: {path: in}\ntarget: {path: out}\ncolumns: ${columns}\n${more}`;

/** Nothing was published, and nothing that was said holds a cell. */
async function refused(ended: Ended, folder: string, code: string, exit = 2): Promise<void> {
  expect([ended.summary["status"], ended.summary["code"], ended.exit]).toEqual(["failed", code, exit]);
  expect(ended.stderr).toMatch(/^phimask: [A-Z].*\.\n$/);
  expect(ended.stderr + ended.stdout).not.toContain("Quackenbush");
  expect([...(await filesBelow(`${folder}/out`)).keys()]).toEqual([]);
}

describe.each(FORMATS)("%s", (format) => {
  it("truncated anywhere: refused, or for CSV a shorter table", async () => {
    const bytes = await tableAs(format, ROWS);
    for (const part of [0.2, 0.5, 0.9, 0.99]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * part));
      const folder = await folderWith({ [`in/a.${format}`]: cut, "job.yaml": jobWith() });
      const ended = await phimask(["run", `${folder}/job.yaml`]);
      if (format === "csv" && ended.exit === 0) continue; // a CSV has no mark of its end
      expect(ended.exit).toBe(2);
      await refused(ended, folder, ended.summary["code"] as string);
    }
  });

  it("damaged: refused or masked, never passed through, never a crash", async () => {
    const bytes = await tableAs(format, ROWS);
    for (let seed = 1; seed <= 8; seed++) {
      const damaged = Uint8Array.from(bytes);
      for (let hit = 0; hit < 4; hit++) damaged[(seed * 7919 + hit * 104_729) % damaged.length]! ^= 0x55;
      const folder = await folderWith({ [`in/a.${format}`]: damaged, "job.yaml": jobWith() });
      const ended = await phimask(["run", `${folder}/job.yaml`]);
      expect([0, 2], `seed ${seed}: ${ended.stderr}`).toContain(ended.exit);
      const left = await filesBelow(`${folder}/out`);
      for (const [, content] of left) expect(content.includes("Quackenbush")).toBe(false);
      if (ended.exit === 2) expect(left.size).toBe(0);
    }
  });

  it("with a column in the job that is not in the data", async () => {
    const folder = await folderWith({
      [`in/a.${format}`]: await tableAs(format, ROWS),
      "job.yaml": jobWith("{id: keep, note: redact, phone: drop}"),
    });
    const ended = await phimask(["run", `${folder}/job.yaml`]);
    await refused(ended, folder, "COLUMN_MISSING");
    expect(ended.stderr).toContain("column phone");
    expect(ended.stderr).toContain(`file a.${format}`);
  });

  it("with a column that the job does not name", async () => {
    const folder = await folderWith({
      [`in/a.${format}`]: await tableAs(format, ROWS),
      "job.yaml": jobWith("{id: keep}"),
    });
    await refused(await phimask(["run", `${folder}/job.yaml`]), folder, "COLUMN_UNLISTED");
    const drop = await phimask(["run", `${folder}/job.yaml`, "--set", "policy.unlisted=drop"]);
    expect(drop.exit).toBe(0);
    for (const [, bytes] of await filesBelow(`${folder}/out`)) expect(bytes.includes("Quackenbush")).toBe(false);
  });

  it("of no rows", async () => {
    const folder = await folderWith({
      [`in/a.${format}`]: await tableAs(format, { id: [], note: [] }),
      "job.yaml": jobWith(),
    });
    const ended = await phimask(["run", `${folder}/job.yaml`]);
    expect(ended.summary).toMatchObject({ status: "ok", rows: 0, files: 1 });
  });

  it("with a cell of 10 MB, a column named __proto__ and 5,000 columns", async () => {
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`c${i}`, ["x"]]));
    const columns = { ...wide, note: [PLANTED.repeat(550_000)], ["__proto__"]: [PLANTED] };
    const folder = await folderWith({
      [`in/a.${format}`]: await tableAs(format, columns),
      "job.yaml": jobWith(`{note: redact, "__proto__": redact}`, "policy: {unlisted: keep}"),
    });
    const ended = await phimask(["run", `${folder}/job.yaml`, "--quiet"]);
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    for (const [, bytes] of await filesBelow(`${folder}/out`)) expect(bytes.includes("Quackenbush")).toBe(false);
  });

  it("ended by a signal in the middle: nothing half-written remains", async () => {
    const many = {
      id: Array.from({ length: 60_000 }, (_, i) => `${i}`),
      note: Array.from({ length: 60_000 }, (_, i) => `${PLANTED} ${i} `.repeat(8)),
    };
    const bytes = await tableAs(format, many);
    const folder = await folderWith({
      [`in/a.${format}`]: bytes,
      [`in/b.${format}`]: bytes,
      "job.yaml": jobWith("{id: keep, note: text}"),
    });
    const ended = await phimask(["run", `${folder}/job.yaml`], {
      onSpawn: (child) => {
        const watch = setInterval(() => {
          if (existsSync(`${folder}/out/_phimask/staging`)) child.kill("SIGTERM");
        }, 5);
        child.on("close", () => clearInterval(watch));
      },
    });
    expect([ended.exit, ended.summary["code"]]).toEqual([143, "STOPPED"]);
    expect([...(await filesBelow(`${folder}/out`)).keys()]).toEqual([]);
  });

  it("where the disk is full", async () => {
    const many = {
      id: ["1"],
      note: [PLANTED.repeat(10)],
      free: [Array.from({ length: 400_000 }, (_, i) => i.toString(36)).join(" ")],
    };
    const folder = await folderWith({
      [`in/a.${format}`]: await tableAs(format, many),
      "job.yaml": jobWith("{id: keep, note: redact, free: keep}"),
    });
    const limited = "trap '' XFSZ; ulimit -f 64"; // no file may pass 64 KiB
    await refused(await phimask(["run", `${folder}/job.yaml`], { shell: limited }), folder, "STORE_FULL", 75);
  });
});

describe("a job", () => {
  const csv = "id,note\n1,x\n";

  it("with an empty folder has nothing to do", async () => {
    const folder = await folderWith({ "in/_SUCCESS": "", "job.yaml": jobWith() });
    const ended = await phimask(["run", `${folder}/job.yaml`]);
    expect([ended.exit, ended.summary["status"]]).toEqual([99, "unchanged"]);
    expect((await filesBelow(`${folder}/out`)).size).toBe(0);
  });

  it.each([
    ["the source itself", "{path: in}"],
    ["a folder in the source", "{path: in/masked}"],
    ["a folder around the source", "{path: .}"],
    ["the source by a link", "{path: link}"],
    ["the source by another way", "{path: in/../in}"],
  ])("whose target is %s", async (_, target) => {
    const folder = await folderWith({ "in/a.csv": csv, "job.yaml": jobWith().replace("{path: out}", target) });
    await symlink(`${folder}/in`, `${folder}/link`);
    await refused(await phimask(["run", `${folder}/job.yaml`]), folder, "TARGET_OVERLAPS");
    expect((await filesBelow(`${folder}/in`)).size).toBe(1);
  });

  it.each([
    ["no source", "JOB_INVALID", "version: 1\ntarget: {path: out}\ncolumns: {id: keep}"],
    ["a source that is not there", "SOURCE_MISSING", jobWith().replace("path: in", "path: none")],
    ["two rules for one column", "RULE_DUPLICATE", jobWith("{id: keep, id: drop}")],
    ["a shift under safe_harbor", "RULE_UNFIT", jobWith("{id: keep, note: shift}", "policy: {subject: id}")],
    ["a file of no known format", "FORMAT_UNKNOWN", jobWith().replace("path: in", "path: odd")],
    ["a target that holds other files", "TARGET_FOREIGN", jobWith().replace("path: out", "path: odd")],
    [
      "two files that would share a name",
      "TARGET_COLLIDES",
      jobWith().replace("path: in", "path: twins").replace("path: out", "path: out, format: arrow"),
    ],
  ])("with %s", async (_, code, job) => {
    const folder = await folderWith({
      "in/a.csv": csv,
      "odd/a.docx": "x",
      "twins/a.csv": csv,
      "twins/a.tsv": csv,
      "job.yaml": job,
    });
    await refused(await phimask(["run", `${folder}/job.yaml`]), folder, code);
  });

  it.each([
    ["no key", undefined, "KEY_MISSING"],
    ["a blank key", "  \n", "KEY_MISSING"],
    ["a short key", "short-secret", "KEY_WEAK"],
  ])("with %s", async (_, key, code) => {
    const folder = await folderWith({ "in/a.csv": csv, "job.yaml": jobWith("{id: hash, note: redact}") });
    const ended = await phimask(["run", `${folder}/job.yaml`], { env: { PHIMASK_KEY: key } });
    await refused(ended, folder, code);
    expect(ended.stderr).not.toContain("short-secret");
  });

  it("while another run holds the target ends with try again; a dead run's hold is taken over", async () => {
    const folder = await folderWith({ "in/a.csv": csv, "job.yaml": jobWith(), "out/_phimask/lock.json": "{}" });
    const renewing = setInterval(() => writeFile(`${folder}/out/_phimask/lock.json`, "{}"), 100);
    const busy = await phimask(["run", `${folder}/job.yaml`, "--lease", "5"]);
    clearInterval(renewing);
    expect([busy.exit, busy.summary["code"]]).toEqual([75, "TARGET_BUSY"]);
    expect((await phimask(["run", `${folder}/job.yaml`, "--lease", "0.5"])).exit).toBe(0);
    expect((await filesBelow(`${folder}/out`)).has("_phimask/lock.json")).toBe(false);
  });

  it("that is not there, or is run with words it does not know", async () => {
    expect((await phimask(["run", "/nonexistent/job.yaml"])).summary).toMatchObject({ code: "JOB_UNREADABLE" });
    expect((await phimask(["run", "x.yaml", "--nonsense"])).exit).toBe(2);
    expect((await phimask(["run", "x.yaml", "--run-id", "../x"])).exit).toBe(2);
  });

  it("keeps the key out of all it writes", async () => {
    const folder = await folderWith({ "in/a.csv": csv, "job.yaml": jobWith("{id: hash, note: text}") });
    const ended = await phimask(["run", `${folder}/job.yaml`]);
    const all = [...(await filesBelow(folder))].map(([name, bytes]) => name + bytes.toString("latin1")).join();
    expect(all + ended.stdout.toString() + ended.stderr).not.toContain(KEY);
  });
});
