import { createHash } from "node:crypto";
import type { JobFile } from "../jobfile.ts";
import type { Detector } from "../types.ts";
import { VERSION } from "../version.ts";

/** What decides what a cell becomes. The day that ages are counted to is part of it only where the job fixes it. */
export function digestOf(
  file: JobFile,
  fingerprint: string,
  engines: readonly Pick<Detector, "name" | "version">[],
): string {
  const { key: _, ...policy } = file.policy ?? {};
  const parts = {
    version: VERSION,
    fingerprint,
    policy,
    csv: [file.source?.csv, file.target?.csv],
    formats: [file.source?.format, file.target?.format, file.target?.names],
    ...{ columns: file.columns, operators: file.operators, detect: detectOf(file), allow: file.allow, deny: file.deny },
    detectors: engines.map(({ name, version }) => [name, version]),
  };
  return createHash("sha256")
    .update(JSON.stringify(sorted(parts)))
    .digest("hex");
}

/** Where a batch is staged, and by whose role it is read, changes no answer. */
function detectOf({ detect }: JobFile): unknown {
  const bare = (engine: unknown) => (typeof engine === "object" ? { ...engine, role: "", staging: "" } : engine);
  const text = detect?.text;
  return detect && { ...detect, ...(text !== undefined && { text: [text].flat().map(bare) }) };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
