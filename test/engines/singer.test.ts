import { spawnSync } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, KEY, phimask } from "../cli/phimask.ts";
import { engine, run } from "./engine.ts";

const [sdk, meltano, tap, target] = await Promise.all(["singer", "meltano", "tap-csv", "target-jsonl"].map(engine));

describe("singer-sdk", () => {
  it.runIf("python" in sdk!)(
    "its target test streams pass unchanged where nothing is masked",
    { timeout: 200_000 },
    async () => {
      const { python } = sdk as { python: string };
      const ask =
        "import singer_sdk.testing, pathlib; print(pathlib.Path(singer_sdk.testing.__file__).parent / 'target_test_streams')";
      const folder = spawnSync(python, ["-c", ask], { encoding: "utf8" }).stdout.trim();
      const { readdir } = await import("node:fs/promises");
      const files = (await readdir(folder)).filter((name) => name.endsWith(".singer")).sort();
      expect(files).toHaveLength(20);
      const ended = await Promise.all(
        files.map(async (name) => {
          const input = await readFile(join(folder, name));
          const streams = new Set([...input.toString().matchAll(/"stream": *"([^"]+)"/g)].map((match) => match[1]!));
          const config = {
            policy: { unlisted: "keep" },
            streams: Object.fromEntries([...streams].map((stream) => [stream, { columns: {} }])),
          };
          const home = await folderWith({ "config.json": JSON.stringify(config) });
          const { exit, stdout } = await phimask(["singer", "--config", `${home}/config.json`], { input });
          return [name, exit, stdout.toString().trimEnd() === input.toString().trimEnd()];
        }),
      );
      const expected = files.map((name) =>
        name === "record_before_schema.singer" ? [name, 2, false] : [name, 0, true],
      );
      expect(ended).toEqual(expected);
    },
  );
});

describe("Meltano", () => {
  const all = [meltano!, tap!, target!];
  it.runIf(all.every((each) => "python" in each))(
    "runs samples/meltano from a CSV tap to a target",
    { timeout: 300_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "phimask-meltano-"));
      await cp("samples/meltano", folder, { recursive: true });
      const mapper = join(folder, "mapper-phimask");
      await writeFile(mapper, `#!/bin/sh\nexec "${process.execPath}" "${process.cwd()}/dist/src/mapper.js" "$@"\n`);
      await chmod(mapper, 0o755);
      const { mkdir } = await import("node:fs/promises");
      await mkdir(join(folder, "out"), { recursive: true });
      const bins = all.map((each) => (each as { bin: string }).bin);
      const env = { PATH: [folder, ...bins, process.env["PATH"]].join(":"), PHIMASK_KEY: KEY, NO_COLOR: "1" };
      const words = ["run", "tap-csv-folder", "mask-visits", "target-jsonl"];
      const { exit, said } = await run(join(bins[0]!, "meltano"), words, { env, cwd: folder, seconds: 250 });
      expect({ exit, said: exit === 0 ? "" : said }).toEqual({ exit: 0, said: "" });
      const rows = (await readFile(join(folder, "out/visits.jsonl"), "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(rows.map(({ zip, birth_date }) => [zip, birth_date])).toEqual([
        ["021", "90+"],
        ["000", "1978"],
        ["787", "2012"],
      ]);
      expect(JSON.stringify(rows) + said).not.toMatch(/Feeney|Lindqvist|48210337|555-0142|899-12-3456/i);
    },
  );
});
