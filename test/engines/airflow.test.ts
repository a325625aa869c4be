import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { engine, install, pytest } from "./engine.ts";

const PACKAGE = "python/airflow-provider-phimask";
const airflow = await engine("airflow");

it.runIf("python" in airflow)("the Airflow provider", { timeout: 600_000 }, async () => {
  const { python } = airflow as { python: string };
  const site = await mkdtemp(join(tmpdir(), "phimask-provider-"));
  expect(await install(python, `./${PACKAGE}`, site)).toEqual({ exit: 0, said: "" });
  const env = { PYTHONPATH: site, PHIMASK_NODE: process.execPath };
  const { exit, said } = await pytest(python, `${process.cwd()}/${PACKAGE}/tests`, { env, seconds: 500 });
  expect({ exit, said: exit === 0 ? "" : said }).toEqual({ exit: 0, said: "" });
  expect(said).toMatch(/\d+ passed/);
});
