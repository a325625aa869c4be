import { expect, it } from "vitest";
import { engine, pytest } from "./engine.ts";

const dagster = await engine("dagster");

it.runIf("python" in dagster)("Dagster runs samples/dagster by Pipes", { timeout: 300_000 }, async () => {
  const { python } = dagster as { python: string };
  const env = { PHIMASK_NODE: process.execPath };
  const { exit, said } = await pytest(python, "test/engines/test_dagster.py", { env, seconds: 250 });
  expect({ exit, said: exit === 0 ? "" : said }).toEqual({ exit: 0, said: "" });
});
