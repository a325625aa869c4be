import { appendFile, readFile } from "node:fs/promises";
import { inflateSync } from "node:zlib";
import type { RunFacts, Witness } from "../src/witness-types.ts";

/** Asset checks that a run can report, by the names that Dagster's specs must have. */
export type PipesCheck = "rows_equal" | "nothing_withheld";

interface PipesContext {
  readonly asset_keys: readonly string[] | null;
  readonly extras: { readonly phimask_checks?: readonly PipesCheck[] } | null;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Write = (line: string) => Promise<void>;

/**
 * A witness that speaks Dagster Pipes (protocol 0.1): `opened`, an asset materialization with counts, the asset checks
 * that `extras.phimask_checks` names (Dagster refuses those it was not told of), `closed`. Undefined where the process
 * was not started by Dagster, or its context or messages go by a way that needs a cloud service.
 */
export async function dagsterPipes(env: Environment, output: Write = toStdout): Promise<Witness | undefined> {
  const context = await contextOf(env["DAGSTER_PIPES_CONTEXT"]);
  const write = writerOf(env["DAGSTER_PIPES_MESSAGES"], output);
  if (!context || !write) return undefined;
  const send = (method: string, params: object): Promise<void> =>
    write(`${JSON.stringify({ __dagster_pipes_version: "0.1", method, params })}\n`).catch(() => {});
  const checks = context.extras?.phimask_checks ?? [];
  return {
    started: () => send("opened", { extras: {} }),
    async ended(facts) {
      for (const asset_key of context.asset_keys ?? []) {
        await send("report_asset_materialization", { asset_key, metadata: metadataOf(facts), data_version: null });
        for (const check_name of checks) {
          const passed = check_name !== "nothing_withheld" || facts.withheld === 0;
          const metadata = { withheld: { raw_value: facts.withheld, type: "int" } };
          await send("report_asset_check", { asset_key, check_name, passed, severity: "ERROR", metadata });
        }
      }
      await send("closed", {});
    },
    async failed({ code, message }) {
      await send("log", { message: `phimask: ${message}`, level: "ERROR" });
      const exception = { message, stack: [], name: code, cause: null, context: null };
      await send("closed", { exception });
    },
  };
}

function metadataOf(facts: RunFacts): object {
  const whole = (raw_value: number) => ({ raw_value, type: "int" });
  const text = (raw_value: string) => ({ raw_value, type: "text" });
  return {
    status: text(facts.status),
    run_id: text(facts.runId),
    target: text(facts.target),
    "dagster/row_count": whole(facts.dataset.rows),
    rows_masked: whole(facts.rows),
    files_masked: whole(facts.files),
    withheld: whole(facts.withheld),
    masked: { raw_value: facts.masked, type: "json" },
    columns: { raw_value: Object.fromEntries(facts.columns.map(({ column, mask }) => [column, mask])), type: "json" },
  };
}

/** A parameter is base64 of zlib of JSON. */
function decoded(parameter: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (parameter === undefined) return undefined;
  try {
    return JSON.parse(inflateSync(Buffer.from(parameter, "base64")).toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

async function contextOf(parameter: string | undefined): Promise<PipesContext | undefined> {
  const found = decoded(parameter);
  if (typeof found?.["path"] === "string") {
    const text = await readFile(found["path"], "utf8").catch(() => "null");
    return (JSON.parse(text) as PipesContext | null) ?? undefined;
  }
  return found?.["data"] as PipesContext | undefined;
}

function writerOf(parameter: string | undefined, output: Write): Write | undefined {
  const found = decoded(parameter);
  const path = found?.["path"];
  if (typeof path === "string") return (line) => appendFile(path, line);
  const stream = found?.["stdio"] ?? found?.["buffered_stdio"];
  if (stream === "stdout") return output;
  if (stream === "stderr") return toStderr;
  return undefined;
}

async function toStdout(line: string): Promise<void> {
  process.stdout.write(line);
}

async function toStderr(line: string): Promise<void> {
  process.stderr.write(line);
}
