import { readFile } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { dagsterPipes } from "../../connectors/dagster.ts";
import type { RunFacts } from "../../src/witness-types.ts";
import { folderWith } from "../cli/phimask.ts";

const FACTS: RunFacts = {
  ...{ status: "ok", runId: "r1", target: "/out/", profile: "safe_harbor", rows: 2, files: 1, withheld: 1 },
  ...{ masked: { NAME: 3 }, dataset: { rows: 5, files: 2, bytes: 99 } },
  columns: [{ column: "note", type: "Utf8", mask: "text", stays: true }],
};
const parameter = (value: object) => deflateSync(JSON.stringify(value)).toString("base64");
const contextOf = (extras: object | null, asset_keys: readonly string[] | null = ["visits"]) =>
  parameter({ data: { asset_keys, extras } });

async function told(env: Record<string, string>, end: "ended" | "failed" = "ended") {
  const lines: string[] = [];
  const pipes = await dagsterPipes(env, async (line) => void lines.push(line));
  await pipes?.started();
  if (end === "ended") await pipes?.ended(FACTS);
  else await pipes?.failed({ code: "STOPPED", message: "The run was stopped.", stopped: true });
  return lines.map((line) => JSON.parse(line) as { method: string; params: Record<string, unknown> });
}

describe("Dagster Pipes", () => {
  it("opens, reports counts and the checks that were asked for, and closes", async () => {
    const env = {
      DAGSTER_PIPES_CONTEXT: contextOf({ phimask_checks: ["rows_equal", "nothing_withheld"] }),
      DAGSTER_PIPES_MESSAGES: parameter({ stdio: "stdout" }),
    };
    const messages = await told(env);
    expect(messages.map(({ method }) => method)).toEqual([
      "opened",
      "report_asset_materialization",
      "report_asset_check",
      "report_asset_check",
      "closed",
    ]);
    expect(messages[1]!.params["metadata"]).toMatchObject({ "dagster/row_count": { raw_value: 5, type: "int" } });
    expect(messages.slice(2, 4).map(({ params }) => [params["check_name"], params["passed"]])).toEqual([
      ["rows_equal", true],
      ["nothing_withheld", false],
    ]);
    expect(new Set(messages.map((message) => Object.keys(message).sort().join()))).toEqual(
      new Set(["__dagster_pipes_version,method,params"]),
    );
  });

  it("closes with the error's code", async () => {
    const env = { DAGSTER_PIPES_CONTEXT: contextOf(null), DAGSTER_PIPES_MESSAGES: parameter({ stdio: "stdout" }) };
    const messages = await told(env, "failed");
    expect(messages.map(({ method }) => method)).toEqual(["opened", "log", "closed"]);
    expect(messages[2]!.params["exception"]).toMatchObject({ name: "STOPPED", stack: [] });
  });

  it("reads its context from a file and writes its messages to one", async () => {
    const folder = await folderWith({ context: JSON.stringify({ asset_keys: ["a", "b"], extras: {} }) });
    const env = {
      DAGSTER_PIPES_CONTEXT: parameter({ path: `${folder}/context` }),
      DAGSTER_PIPES_MESSAGES: parameter({ path: `${folder}/messages` }),
    };
    expect(await told(env)).toEqual([]);
    const lines = (await readFile(`${folder}/messages`, "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).params.asset_key)).toEqual([undefined, "a", "b", undefined]);
  });

  it.each([
    ["no context", {}],
    ["no messages", { DAGSTER_PIPES_CONTEXT: contextOf(null) }],
    [
      "a context that is no JSON",
      { DAGSTER_PIPES_CONTEXT: "x", DAGSTER_PIPES_MESSAGES: parameter({ stdio: "stdout" }) },
    ],
    ["messages by S3", { DAGSTER_PIPES_CONTEXT: contextOf(null), DAGSTER_PIPES_MESSAGES: parameter({ bucket: "b" }) }],
  ])("is silent with %s", async (_, env) => {
    expect(await dagsterPipes(env as Record<string, string>)).toBeUndefined();
  });
});
