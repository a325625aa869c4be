import { appendFile } from "node:fs/promises";
import type { LineageOptions } from "../jobfile.ts";

/** Sends an event. Never throws: what cannot be told is said on stderr. */
export type Send = (event: object) => Promise<void>;

/** Where events go. */
export interface Lineage {
  readonly send: Send;
  readonly namespace: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** How long a collector may take; a run does not wait for a dead one. */
const PATIENCE_MS = 5_000;

/**
 * Where a job's events go, by its `lineage.openlineage` or else by the variables of OpenLineage's own clients
 * (OPENLINEAGE_URL, OPENLINEAGE__TRANSPORT__TYPE, ...); undefined where neither says. OPENLINEAGE_DISABLED=true turns
 * all of it off.
 */
export function lineageOf(options: LineageOptions["openlineage"], env: Environment): Lineage | undefined {
  if (env["OPENLINEAGE_DISABLED"]?.toLowerCase() === "true") return undefined;
  const sends = [...(options ? byJob(options, env) : []), ...byEnvironment(options, env)];
  if (sends.length === 0) return undefined;
  return {
    namespace: options?.namespace ?? env["OPENLINEAGE_NAMESPACE"] ?? "default",
    send: async (event) => {
      for (const send of sends) await send(event).catch(unsent);
    },
  };
}

function byJob({ url, file, console: shown }: NonNullable<LineageOptions["openlineage"]>, env: Environment): Send[] {
  return [
    ...(url ? [http(url, undefined, env["OPENLINEAGE_API_KEY"])] : []),
    ...(file ? [toFile(file)] : []),
    ...(shown ? [toStderr] : []),
  ];
}

function byEnvironment(options: LineageOptions["openlineage"], env: Environment): Send[] {
  if (options?.url || options?.file || options?.console) return [];
  const given = (name: string) => env[`OPENLINEAGE__TRANSPORT__${name}`];
  const type = given("TYPE")?.toLowerCase();
  const url = given("URL") ?? env["OPENLINEAGE_URL"];
  if (type === "console") return [toStderr];
  if (type === "file") return given("LOG_FILE_PATH") ? [toFile(given("LOG_FILE_PATH")!)] : [];
  if (url === undefined || (type !== undefined && type !== "http")) return [];
  const endpoint = given("ENDPOINT") ?? env["OPENLINEAGE_ENDPOINT"];
  return [http(url, endpoint, given("AUTH__APIKEY") ?? given("AUTH__API_KEY") ?? env["OPENLINEAGE_API_KEY"])];
}

function http(url: string, endpoint = "api/v1/lineage", token?: string): Send {
  return async (event) => {
    const answer = await fetch(new URL(endpoint, url.endsWith("/") ? url : `${url}/`), {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error();
  };
}

function toFile(path: string): Send {
  return (event) => appendFile(path, `${JSON.stringify(event)}\n`);
}

async function toStderr(event: object): Promise<void> {
  process.stderr.write(`${JSON.stringify(event)}\n`);
}

/** A collector's own words may hold its address and token. */
function unsent(): void {
  process.stderr.write("phimask: a lineage event could not be delivered; the run goes on.\n");
}
