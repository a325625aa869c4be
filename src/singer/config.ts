import { MaskingError } from "../errors.ts";
import type { JobFile } from "../jobfile.ts";
import { checkJob } from "../parse.ts";

/** A mapper's configuration: the parts of a job that all streams share, and the columns of each stream. */
export interface SingerConfig {
  /** The job of a stream, or undefined where the configuration does not name it. Throws JOB_INVALID. */
  jobOf(stream: string): JobFile | undefined;
  readonly streams: readonly string[];
  readonly unlistedStreams: "fail" | "keep" | "drop";
}

const SHARED = ["policy", "detect", "operators", "allow", "deny", "limits", "aws"];
const OF_A_STREAM = ["columns", "policy"];

/** The configuration in a JSON text, every stream's job checked. Throws JOB_UNREADABLE, JOB_INVALID. */
export function parseConfig(text: string): SingerConfig {
  const raw = parsed(text);
  const streams = mapping(raw["streams"], "streams");
  allowOnly(raw, [...SHARED, "streams", "unlisted_streams"], "");
  const unlistedStreams = raw["unlisted_streams"] ?? "fail";
  if (unlistedStreams !== "fail" && unlistedStreams !== "keep" && unlistedStreams !== "drop") {
    throw new MaskingError("JOB_INVALID", { key: "unlisted_streams", expected: "fail, keep or drop" });
  }
  const shared = Object.fromEntries(SHARED.filter((key) => raw[key] != null).map((key) => [key, raw[key]]));
  const jobs = new Map<string, JobFile>();
  for (const [name, value] of Object.entries(streams)) {
    const own = mapping(value, `streams.${name}`);
    allowOnly(own, OF_A_STREAM, `streams.${name}.`);
    const policy = { ...(shared["policy"] as object | undefined), ...(own["policy"] as object | undefined) };
    try {
      jobs.set(name, checkJob({ version: 1, ...shared, policy, columns: own["columns"] ?? {} }));
    } catch (error) {
      throw error instanceof MaskingError
        ? new MaskingError(error.code, { ...error.place, key: `streams.${name}.${error.place.key ?? ""}` })
        : error;
    }
  }
  return { jobOf: (stream) => jobs.get(stream), streams: [...jobs.keys()], unlistedStreams };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return mapping(JSON.parse(text), "config");
  } catch (error) {
    throw error instanceof MaskingError ? error : new MaskingError("JOB_UNREADABLE", { expected: "JSON" });
  }
}

function mapping(value: unknown, key: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new MaskingError("JOB_INVALID", { key, expected: "a mapping" });
}

function allowOnly(raw: Readonly<Record<string, unknown>>, keys: readonly string[], place: string): void {
  const odd = Object.keys(raw).find((key) => !keys.includes(key));
  if (odd !== undefined)
    throw new MaskingError("JOB_INVALID", { key: `${place}${odd}`, expected: `one of ${keys.join(", ")}` });
}
