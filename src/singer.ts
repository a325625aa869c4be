import { once } from "node:events";
import type { Writable } from "node:stream";
import { MaskingError } from "./errors.ts";
import type { OpenRules } from "./job.ts";
import type { JobFile } from "./jobfile.ts";
import { newTally, type RunReport } from "./report.ts";
import { type BatchPorts, maskedBatch } from "./singer/batches.ts";
import { type JsonSchema, planStream, type StreamPlan } from "./singer/columns.ts";
import type { SingerConfig } from "./singer/config.ts";
import { linesOf } from "./singer/lines.ts";
import { maskRecords, type RecordText } from "./singer/records.ts";
import { maskedSchema } from "./singer/schemas.ts";
import { edited, membersOf } from "./singer/spans.ts";
import type { RunContext } from "./types.ts";

export interface SingerPorts extends BatchPorts {
  openRules(job: JobFile): Promise<OpenRules>;
}

/** A stream as far as its last SCHEMA says. */
interface Stream {
  readonly plan: StreamPlan;
  readonly rules: OpenRules;
}

interface Message {
  readonly type: string;
  readonly stream?: string;
  readonly schema?: JsonSchema;
}

interface Waiting extends RecordText {
  readonly stream: string;
  readonly message: string;
}

/**
 * Masks Singer messages line by line: a filter between a tap and a target. Messages keep their order, so no STATE
 * passes a RECORD; what no rule touches is copied as it stands, numbers included. A RECORD before its SCHEMA, a stream
 * that the configuration does not name, and a message of an unknown type are errors, never passed on.
 */
export async function maskSinger(
  config: SingerConfig,
  ports: SingerPorts,
  input: AsyncIterable<Uint8Array>,
  output: Writable,
  signal: AbortSignal,
): Promise<Pick<RunReport, "rows" | "columns">> {
  const run = { tally: newTally(), signal };
  const mask = masker(config, ports, run);
  for await (const lines of linesOf(input)) {
    const answers = await mask(lines);
    if (signal.aborted) throw new MaskingError("STOPPED");
    if (answers.length > 0 && !output.write(`${answers.join("\n")}\n`))
      await once(output, "drain", { signal }).catch(stopped);
  }
  await new Promise<void>((done, failed) => {
    output.write("", (error) => (error ? failed(error) : done()));
    signal.addEventListener("abort", failed, { once: true });
  }).catch(stopped);
  return run.tally.counts();
}

/** Masks the lines that have come so far; RECORDs that follow one another are masked together. */
function masker(
  config: SingerConfig,
  ports: SingerPorts,
  run: RunContext & { readonly tally: ReturnType<typeof newTally> },
): (lines: readonly string[]) => Promise<readonly string[]> {
  /** Undefined: the stream passes as it is. Null: it leaves. */
  const streams = new Map<string, Stream | undefined | null>();
  let line = 0;
  const flush = async (waiting: Waiting[], answers: string[]) => {
    for (const text of await maskWaiting(waiting.splice(0), streams, run)) answers.push(text);
  };
  const schema = async (text: string, name: string, message: Message) => {
    const job = config.jobOf(name);
    if (!job) {
      if (config.unlistedStreams === "fail")
        throw new MaskingError("COLUMN_UNLISTED", { key: `streams.${name}`, expected: "rules for this stream" });
      streams.set(name, config.unlistedStreams === "keep" ? undefined : null);
      return config.unlistedStreams === "keep" ? [text] : [];
    }
    const rules = streams.get(name)?.rules ?? (await ports.openRules(job));
    const plan = planStream(message.schema ?? {}, rules.rules);
    streams.set(name, { rules, plan });
    return [maskedSchema(text, plan, (leaf) => rules.rules.byColumn.get(leaf)?.mask ?? "drop")];
  };
  const other = async (text: string, { type, stream: name = "", ...message }: Message): Promise<readonly string[]> => {
    if (type === "STATE") return [text];
    if (type === "SCHEMA") return schema(text, name, { type, ...message });
    if (type !== "ACTIVATE_VERSION" && type !== "BATCH")
      throw new MaskingError("INPUT_UNSUPPORTED", { expected: "a message of Singer" });
    const stream = known(streams, name);
    if (!stream) return stream === null ? [] : [text];
    if (type === "ACTIVATE_VERSION") return [text];
    const { rules, plan } = stream;
    return [await maskedBatch(text, { plan, unlisted: rules.rules.unlisted, stepsFor: rules.stepsFor }, ports, run)];
  };
  return async (lines) => {
    const [answers, waiting]: [string[], Waiting[]] = [[], []];
    for (const text of lines) {
      line++;
      if (text.trim() === "") continue;
      try {
        const message = parsed(text);
        if (message.type === "RECORD") {
          const record = recordOf(text, message, line);
          if (known(streams, record.stream) !== null) waiting.push(record);
          continue;
        }
        await flush(waiting, answers);
        answers.push(...(await other(text, message)));
      } catch (error) {
        throw error instanceof MaskingError ? error.at({ line }) : error;
      }
    }
    await flush(waiting, answers);
    return answers;
  };
}

/** What is known of a stream. Throws INPUT_MALFORMED before its SCHEMA. */
function known(streams: ReadonlyMap<string, Stream | undefined | null>, name: string): Stream | undefined | null {
  if (!streams.has(name)) throw new MaskingError("INPUT_MALFORMED", { expected: "a SCHEMA before what follows it" });
  return streams.get(name);
}

/** Lines with their records masked, in the order in which they came. */
async function maskWaiting(
  waiting: readonly Waiting[],
  streams: ReadonlyMap<string, Stream | undefined | null>,
  run: RunContext & { readonly tally: ReturnType<typeof newTally> },
): Promise<readonly string[]> {
  const answers = waiting.map(({ message }) => message);
  for (const name of new Set(waiting.map(({ stream }) => stream))) {
    const stream = streams.get(name);
    const own = [...waiting.keys()].filter((at) => waiting[at]!.stream === name);
    run.tally.addRows(own.length);
    if (!stream) continue;
    const { plan, rules } = stream;
    const masked = await maskRecords(
      plan,
      own.map((at) => waiting[at]!),
      rules.rules.unlisted,
      run,
    );
    for (const [i, at] of own.entries()) answers[at] = withRecord(waiting[at]!, masked[i]!);
  }
  return answers;
}

function recordOf(text: string, { stream = "" }: Message, line: number): Waiting {
  const member = membersOf(text, text.indexOf("{")).find(({ key }) => key === "record");
  if (!member || text[member.start] !== "{") throw new MaskingError("INPUT_MALFORMED", { expected: "a record" });
  return { stream, message: text, text, start: member.start, line };
}

function withRecord({ message }: Waiting, record: string): string {
  const start = message.indexOf("{");
  return edited(message, start, membersOf(message, start), ({ key }) => (key === "record" ? record : null));
}

function parsed(text: string): Message {
  try {
    const message = JSON.parse(text) as Message | null;
    if (typeof message === "object" && message !== null && typeof message.type === "string") return message;
  } catch {} // said below
  throw new MaskingError("INPUT_MALFORMED", { expected: "a JSON message on each line" });
}

/** Whoever reads the output is gone, or the run was told to end while the reader stood still. */
function stopped(): never {
  throw new MaskingError("STOPPED");
}
