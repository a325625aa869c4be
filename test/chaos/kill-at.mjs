/**
 * Loaded before the command: ends the process by SIGKILL at the n-th step on the target's disk, before or after that
 * step, and makes some steps fail as a full or a failing disk does. `PHIMASK_CHAOS_STEP` is n, negative for after it;
 * `PHIMASK_CHAOS_FAILS` is the share of steps that fail.
 */
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const step = Number(process.env.PHIMASK_CHAOS_STEP ?? 0);
const fails = Number(process.env.PHIMASK_CHAOS_FAILS ?? 0);
const place = process.env.PHIMASK_CHAOS_PLACE;
let steps = 0;

const die = () => process.kill(process.pid, "SIGKILL");

for (const name of ["open", "rename", "link", "rm", "mkdir", "copyFile"]) {
  const real = fs[name];
  fs[name] = async (...args) => {
    if (!args.some((arg) => typeof arg === "string" && arg.startsWith(place))) return real(...args);
    steps += 1;
    if (steps === step) die();
    if (Math.random() < fails) throw Object.assign(new Error(), { code: "ENOSPC", syscall: name });
    const mine = steps;
    const answer = await real(...args);
    if (mine === -step) die();
    return answer;
  };
}
syncBuiltinESMExports();

const now = Date.now;
const jump = (Math.random() - 0.5) * 2 * 86_400_000;
Date.now = () => now() + jump;
