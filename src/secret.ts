import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { MaskingError } from "./errors.ts";
import type { JobFile, PolicyOptions } from "./jobfile.ts";

/** Whether the key is where the job says. */
export async function keyIsThere({ policy }: JobFile, folder: string): Promise<boolean> {
  return readKey(policy?.key, folder).then(
    () => true,
    () => false,
  );
}

/** The key's text from where `policy.key` says; `{env: PHIMASK_KEY}` where it says nothing. Throws KEY_MISSING. */
export async function readKey(where: PolicyOptions["key"], folder: string): Promise<string> {
  if (where && "file" in where) {
    return readFile(resolve(folder, where.file), "utf8").catch(() => {
      throw new MaskingError("KEY_MISSING", { key: "policy.key.file" });
    });
  }
  const name = where?.env ?? "PHIMASK_KEY";
  const secret = process.env[name];
  if (!secret?.trim())
    throw new MaskingError("KEY_MISSING", { key: "policy.key", expected: `the environment variable ${name}` });
  return secret;
}
