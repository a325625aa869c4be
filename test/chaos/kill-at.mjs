/**
 * Loaded before the command: ends the process by SIGKILL at the n-th step on the disk below a folder, before or after
 * that step; makes some steps and writes fail as a full or a failing disk does, and some slow; and has a wall clock that
 * jumps. `PHIMASK_CHAOS_STEP` is n, negative for after it; `PHIMASK_CHAOS_FAILS` and `PHIMASK_CHAOS_SLOW` are the shares
 * of steps that fail and that take some milliseconds more, `PHIMASK_CHAOS_JUMPS` that of looks at the clock that find it
 * moved.
 */
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const step = Number(process.env.PHIMASK_CHAOS_STEP ?? 0);
const fails = Number(process.env.PHIMASK_CHAOS_FAILS ?? 0);
const slow = Number(process.env.PHIMASK_CHAOS_SLOW ?? 0);
const jumps = Number(process.env.PHIMASK_CHAOS_JUMPS ?? 0.02);
const place = process.env.PHIMASK_CHAOS_PLACE;
let steps = 0;

const die = () => process.kill(process.pid, "SIGKILL");
const disturb = async (syscall) => {
  if (Math.random() < fails) throw Object.assign(new Error(), { code: "ENOSPC", syscall });
  if (Math.random() < slow) await new Promise((done) => setTimeout(done, 100 * Math.random()));
};

for (const name of ["open", "rename", "link", "rm", "mkdir", "copyFile"]) {
  const real = fs[name];
  fs[name] = async (...args) => {
    if (!args.some((arg) => typeof arg === "string" && arg.startsWith(place))) return real(...args);
    steps += 1;
    if (steps === step) die();
    const mine = steps;
    await disturb(name);
    const answer = await real(...args);
    if (name === "open") disturbWrites(answer);
    if (mine === -step) die();
    return answer;
  };
}
syncBuiltinESMExports();

/** A disk may be full in the middle of a file, and a process may die there. */
function disturbWrites(file) {
  const write = file.write.bind(file);
  file.write = async (...args) => {
    await disturb("write");
    return write(...args);
  };
}

const now = Date.now;
let jump = 0;
Date.now = () => {
  if (Math.random() < jumps) jump = (Math.random() - 0.5) * 2 * 86_400_000;
  return now() + jump;
};
