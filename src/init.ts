import { conclude, type SummaryOptions } from "./ending.ts";
import { MaskingError } from "./errors.ts";
import type { SourceOptions } from "./jobfile.ts";

export interface InitOptions extends SummaryOptions {
  readonly target?: string;
  readonly sample: number;
  readonly format?: NonNullable<SourceOptions["format"]>;
  readonly delimiter?: string;
}

/** `phimask init`: stdout is the job file, so the summary goes to stderr. */
export async function init(path: string, options: InitOptions): Promise<void> {
  await conclude({ ...options, dataOnStdout: true }, async (signal) => {
    const { openDraftSource } = await import("./job.ts");
    const { draftJob } = await import("./draft.ts");
    const { draftText } = await import("./draft/yaml.ts");
    const source = {
      path,
      ...(options.format && { format: options.format }),
      ...(options.delimiter !== undefined && { csv: { delimiter: options.delimiter } }),
    };
    const from = await openDraftSource(source, process.cwd());
    const draft = await draftJob(from, options.target ?? targetBeside(path), options.sample, signal);
    process.stdout.write(draftText(draft));
    const count = (...masks: readonly string[]) => draft.columns.filter(({ rule }) => masks.includes(rule.mask)).length;
    const { columns, sampled } = draft;
    return {
      exit: 0,
      summary: { status: "ok", columns: columns.length, keep: count("keep"), drop: count("drop"), sampled },
    };
  });
}

/** A folder beside the source, never within it: `visits/` becomes `visits-masked/`. */
function targetBeside(path: string): string {
  const fixed = path.replace(/[*?[{].*$/, "");
  const folder = /\.[a-z0-9]+$/i.test(fixed) ? fixed.slice(0, fixed.lastIndexOf("/") + 1) : fixed;
  const trimmed = folder.replace(/\/+$/, "");
  if (trimmed === "" || trimmed === "." || /^s3:\/\/[^/]*$/.test(trimmed)) {
    if (fixed === folder)
      throw new MaskingError("JOB_INVALID", { key: "target.path", expected: "a folder (--target)" });
    return `${trimmed === "" ? "" : `${trimmed}/`}masked/`;
  }
  return `${trimmed}-masked/`;
}
