import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { MaskingError } from "../errors.ts";
import type { JobFile } from "../jobfile.ts";
import { awsOptions } from "./stores.ts";

/** Whether the key is where the job says. */
export async function keyIsThere(file: JobFile, folder: string): Promise<boolean> {
  return readKey(file, folder).then(
    () => true,
    () => false,
  );
}

/**
 * The key's text from where `policy.key` says; `{env: PHIMASK_KEY}` where it says nothing. Throws KEY_MISSING, and for
 * Secrets Manager STORE_DENIED, STORE_FAILED, JOB_INVALID.
 */
export async function readKey({ policy, aws }: JobFile, folder: string): Promise<string> {
  const where = policy?.key ?? { env: "PHIMASK_KEY" };
  if ("secrets_manager" in where) {
    const { secretText } = await import("../../connectors/secrets.ts");
    const { secrets_manager: name, field } = where;
    return secretText(name, { ...awsOptions(aws), ...(field !== undefined && { field }) });
  }
  if ("file" in where) {
    return readFile(resolve(folder, where.file), "utf8").catch(() => {
      throw new MaskingError("KEY_MISSING", { key: "policy.key.file" });
    });
  }
  const secret = process.env[where.env];
  if (!secret?.trim())
    throw new MaskingError("KEY_MISSING", { key: "policy.key", expected: `the environment variable ${where.env}` });
  return secret;
}
