import { randomBytes } from "node:crypto";
import type { Schema } from "apache-arrow";
import type { DraftSource } from "../draft.ts";
import { MaskingError } from "../errors.ts";
import type { OpenOptions, OpenRules } from "../job.ts";
import type { ColumnRule, JobFile, SourceOptions } from "../jobfile.ts";
import type { Leaf } from "../types.ts";
import { openDetection } from "./detection.ts";
import { formats } from "./formats.ts";
import { openSource } from "./place.ts";
import { openStores } from "./stores.ts";

/** A source without a job, for one to be drafted. Throws as `openJob` does of a source. */
export async function openSourceToDraft(
  options: SourceOptions & { readonly path: string },
  folder: string,
  openRules: (file: JobFile, options: OpenOptions) => Promise<OpenRules>,
): Promise<DraftSource> {
  const source = await openSource(options, openStores(undefined), folder);
  const key = randomBytes(32).toString("base64url"); // masks are opened to see whether they fit, and mask nothing
  return {
    options,
    source,
    formats: formats(options.csv, { source }),
    detection: await openDetection({ version: 1 }),
    async fits(schema: Schema, leaf: Leaf, rule: ColumnRule) {
      if (rule.mask === "keep" || rule.mask === "drop") return true;
      try {
        const job: JobFile = { version: 1, policy: { unlisted: "keep" }, columns: { [leaf]: rule } };
        (await openRules(job, { key })).stepsFor(schema);
        return true;
      } catch (error) {
        if (error instanceof MaskingError && error.recovery === "fix") return false;
        throw error;
      }
    },
  };
}
