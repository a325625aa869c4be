// Peak memory of this process. Loaded before a command (`node --import`), it writes the figure to the file that
// BENCH_USAGE names when the command ends.
import { readFileSync, writeFileSync } from "node:fs";

/** In bytes. Linux counts the parent's memory into a new process's `maxRSS`, so its own high-water mark is read there. */
export function peakMemory() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

const file = process.env.BENCH_USAGE;
if (file) process.on("exit", () => writeFileSync(file, String(peakMemory())));
