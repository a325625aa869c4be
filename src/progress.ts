import type { Progress } from "./pipeline.ts";

export interface ProgressDisplay {
  readonly show: (progress: Progress) => void;
  readonly end: () => void;
}

/** Lines between two reports where there is no terminal, in milliseconds. */
const LINE_EVERY = 10_000;

/** Progress on stderr: a bar where it is a terminal, a line now and then where it is not, nothing when quiet. */
export async function progressOf(quiet: boolean): Promise<ProgressDisplay> {
  if (quiet) return { show: () => {}, end: () => {} };
  return process.stderr.isTTY ? bar() : lines();
}

async function bar(): Promise<ProgressDisplay> {
  const { SingleBar } = (await import("cli-progress")).default;
  const shown = new SingleBar({
    format: "{bar} {percentage}% | {filesDone}/{files} files | {rows} rows | {eta_formatted}",
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: false,
  });
  let started = false;
  return {
    show({ bytes, bytesDone, ...payload }) {
      if (!started) shown.start(Math.max(bytes, 1), 0, payload);
      started = true;
      shown.update(Math.min(bytesDone, bytes), payload);
    },
    end: () => shown.stop(),
  };
}

function lines(): ProgressDisplay {
  let last = performance.now();
  return {
    show({ files, filesDone, bytes, bytesDone, rows }) {
      if (performance.now() - last < LINE_EVERY) return;
      last = performance.now();
      const percent = Math.min(100, Math.floor((100 * bytesDone) / Math.max(bytes, 1)));
      process.stderr.write(`phimask: ${percent}% of ${bytes} bytes, ${filesDone} of ${files} files, ${rows} rows\n`);
    },
    end: () => {},
  };
}
