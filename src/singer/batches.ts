import { type Transform as NodeTransform, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGunzip, createGzip } from "node:zlib";
import { MaskingError } from "../errors.ts";
import { readable } from "../source.ts";
import { maskTable } from "../table.ts";
import type { ObjectStore, RunContext, TableFormat, Transform } from "../types.ts";
import type { StreamPlan } from "./columns.ts";
import { linesOf } from "./lines.ts";
import { maskRecords } from "./records.ts";
import { edited, membersOf } from "./spans.ts";

/** What masking the files of BATCH messages takes. */
export interface BatchPorts {
  storeFor(path: string): Promise<ObjectStore>;
  parquet(): Promise<TableFormat>;
}

export interface BatchRules {
  readonly plan: StreamPlan;
  readonly unlisted: "fail" | "drop" | "keep";
  /** The steps for a Parquet file, by its own schema. */
  stepsFor(schema: import("apache-arrow").Schema): readonly Transform[];
}

interface BatchMessage {
  readonly encoding: { readonly format: string; readonly compression?: string | null };
  readonly manifest: readonly string[];
}

/**
 * A BATCH message for masked files: each file is masked into `masked-<name>` beside it, whole or not at all, and the
 * message names those. The tap's own files are left to whoever cleans up after the tap.
 */
export async function maskedBatch(
  line: string,
  rules: BatchRules,
  ports: BatchPorts,
  run: RunContext & { readonly tally: { addRows(count: number): void } },
): Promise<string> {
  const { encoding, manifest } = JSON.parse(line) as BatchMessage;
  const compression = encoding.compression ?? "none";
  const written: string[] = [];
  for (const uri of manifest) {
    const from = pathOf(uri);
    const cut = from.lastIndexOf("/") + 1;
    const to = `${from.slice(0, cut)}masked-${from.slice(cut)}`;
    const store = await ports.storeFor(from);
    const object = await store.head(from);
    if (!object) throw new MaskingError("SOURCE_MISSING", { expected: "the files that a BATCH message names" });
    if (encoding.format === "parquet") {
      const format = await ports.parquet();
      const file = readable(store, object);
      const steps = rules.stepsFor(await format.schema(file));
      await store.write(to, maskTable(format, file, steps, run));
    } else if (encoding.format === "jsonl" && (compression === "none" || compression === "gzip")) {
      const bytes = store.read(from, { ifMatch: object.etag });
      const plain = compression === "gzip" ? through(bytes, createGunzip()) : bytes;
      const masked = jsonl(plain, rules, run);
      await store.write(to, compression === "gzip" ? through(masked, createGzip()) : masked);
    } else {
      throw new MaskingError("INPUT_UNSUPPORTED", { expected: "jsonl (plain or gzip) or parquet in a BATCH message" });
    }
    written.push(uri.startsWith("file://") ? `file://${to}` : to);
  }
  const members = membersOf(line, line.indexOf("{"));
  return edited(line, line.indexOf("{"), members, ({ key }) => (key === "manifest" ? JSON.stringify(written) : null));
}

async function* jsonl(
  bytes: AsyncIterable<Uint8Array>,
  { plan, unlisted }: BatchRules,
  run: RunContext & { readonly tally: { addRows(count: number): void } },
): AsyncGenerator<Uint8Array, void, undefined> {
  let line = 0;
  for await (const lines of linesOf(bytes)) {
    const records = lines.flatMap((text) => {
      line++;
      return text.trim() === "" ? [] : [{ text: checked(text, line), start: text.indexOf("{"), line }];
    });
    const masked = await maskRecords(plan, records, unlisted, run);
    run.tally.addRows(masked.length);
    yield new TextEncoder().encode(masked.map((text) => `${text}\n`).join(""));
  }
}

function checked(text: string, line: number): string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return text;
  } catch {} // said below
  throw new MaskingError("INPUT_MALFORMED", { line, expected: "a JSON object" });
}

async function* through(
  bytes: AsyncIterable<Uint8Array>,
  codec: NodeTransform,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(bytes);
  const fed = pipeline(source, codec).catch((error: unknown) => error);
  try {
    for await (const chunk of codec) yield chunk as Uint8Array;
  } catch (error) {
    throw error instanceof MaskingError ? error : new MaskingError("INPUT_MALFORMED", { expected: "gzip" });
  } finally {
    source.destroy();
  }
  const failed = await fed;
  if (failed) throw failed;
}

function pathOf(uri: string): string {
  return uri.startsWith("file://") ? fileURLToPath(uri) : uri;
}
