import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../scripts/bundle.ts";
import { openDuck } from "../fakes/duck.ts";
import { engine, install, pytest, run } from "./engine.ts";

const PACKAGE = "python/phimask-spark";
const TESTS = `${process.cwd()}/${PACKAGE}/tests`;

describe.each([
  ["spark4", "4.", await engine("spark4")],
  ["spark35", "3.5", await engine("spark35")],
])("%s", (_, PHIMASK_SPARK, spark) => {
  let site = "";
  beforeAll(async () => {
    if ("missing" in spark) return;
    const folder = await mkdtemp(join(tmpdir(), "phimask-wheel-"));
    site = join(folder, "site");
    await cp(PACKAGE, join(folder, "package"), { recursive: true });
    await bundle(join(folder, "package/src/phimask_spark/engine"));
    expect(await install(spark.python, join(folder, "package"), site)).toEqual({ exit: 0, said: "" });
  });

  it.runIf("python" in spark)(
    "masks DataFrames by the wheel, whose engine is in it",
    { timeout: 600_000 },
    async () => {
      const { python } = spark as { python: string };
      const { exit, said } = await pytest(python, TESTS, { env: { PYTHONPATH: site, PHIMASK_SPARK }, seconds: 500 });
      expect(said).toMatch(/\d+ passed/);
      expect({ exit, said: exit === 0 ? "" : said }).toEqual({ exit: 0, said: "" });
    },
  );

  it.runIf("python" in spark)("runs samples/spark/mask.py as it stands", { timeout: 300_000 }, async () => {
    const { python } = spark as { python: string };
    const out = join(site, "visits");
    const env = { PYTHONPATH: site, PYSPARK_PYTHON: python, SPARK_LOCAL_IP: "127.0.0.1" };
    const ran = await run(python, ["samples/spark/mask.py", "samples/first/visits.csv", out], { env, seconds: 250 });
    expect({ exit: ran.exit, said: ran.exit === 0 ? "" : ran.said }).toEqual({ exit: 0, said: "" });
    const duck = await openDuck();
    const rows = await duck.rows(`SELECT birth_date, zip, note FROM read_parquet('${out}/*.parquet') ORDER BY zip`);
    expect(rows.map(([birth, zip]) => [birth, zip])).toEqual([
      ["1978", "000"],
      ["90+", "021"],
      ["2012", "787"],
    ]);
    expect(String(rows)).not.toMatch(/Feeney|Lindqvist|48210337|555-0142|899-12-3456/i);
  });
});
