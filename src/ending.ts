import { writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { MaskingError } from "./errors.ts";

export interface SummaryOptions {
  readonly summaryFile?: string;
  /** Where stdout carries data, the summary goes to stderr. */
  readonly dataOnStdout?: boolean;
}

/** How a command ended. */
export interface Ending {
  readonly exit: number;
  readonly summary: Readonly<Record<string, unknown>>;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a command to its end: a signal aborts it and it cleans up (a second interrupt from the keyboard does not wait); then the summary is written and the exit code set.
 * Exit codes: a `MaskingError` 2 or 75 by its recovery, any other error 1, a signal 128 + its number.
 */
export async function conclude(
  options: SummaryOptions,
  command: (signal: AbortSignal) => Promise<Ending>,
): Promise<void> {
  const stop = new AbortController();
  let stopped: (typeof SIGNALS)[number] | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopped === "SIGINT" && signal === "SIGINT") process.exit(130); // asked for twice at a keyboard
      stopped ??= signal;
      stop.abort(new MaskingError("STOPPED"));
    });
  }
  process.stdout.on("error", () => stop.abort(new MaskingError("STOPPED"))); // whoever read our output is gone
  const ending = await command(stop.signal).catch((error: unknown): Ending => failure(error));
  const exit = stopped ? 128 + constants.signals[stopped] : ending.exit;
  const line = `${JSON.stringify(ending.summary)}\n`;
  if (options.summaryFile !== undefined) await writeFile(options.summaryFile, line).catch(() => {});
  await flushed(options.dataOnStdout ? process.stderr : process.stdout, line);
  process.exit(exit);
}

function failure(error: unknown): Ending {
  if (error instanceof MaskingError) {
    process.stderr.write(`phimask: ${error.message}\n`);
    const { code, message, recovery, place } = error;
    return { exit: recovery === "fix" ? 2 : 75, summary: { status: "failed", code, recovery, message, place } };
  }
  process.stderr.write(
    `phimask: a defect of phimask ended the run; please report it with these lines.\n${frames(error)}\n`,
  );
  return {
    exit: 1,
    summary: { status: "failed", code: "DEFECT", recovery: "fix", message: "A defect of phimask ended the run." },
  };
}

/** Names and places only: the message of a foreign error may hold a cell. */
function frames(error: unknown): string {
  if (!(error instanceof Error)) return "    (no stack)";
  const lines = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  return [`    ${error.constructor.name}`, ...lines].join("\n");
}

function flushed(stream: NodeJS.WriteStream, line: string): Promise<void> {
  return new Promise((done) => {
    if (stream.destroyed || !stream.writable) return done();
    stream.write(line, () => done());
  });
}
