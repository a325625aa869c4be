import { randomBytes } from "node:crypto";
import type { JobFile } from "../jobfile.ts";
import type { Finding, RunContext } from "../types.ts";
import { openDetectors } from "./detectors.ts";

/** What a job masks in free text as its detectors, its profile and its terms say; `known` columns are not part of it. */
export interface Detection {
  /** A service's version is known once it has answered. */
  readonly detectors: readonly { readonly name: string; readonly version: string }[];
  /** The findings that would be masked, for each text in order; they may overlap. Throws as `maskText` does. */
  find(texts: readonly string[], run: RunContext): Promise<readonly (readonly Finding[])[]>;
}

/** Opens the detectors of a job without its key, source and target. Throws JOB_INVALID, RULE_UNFIT, PACKAGE_MISSING. */
export async function openDetection(file: Omit<JobFile, "columns">): Promise<Detection> {
  const [{ policyOf }, { findAll }, { compileAllow, compileDeny }, { keyOf }, { newPurse }] = await Promise.all([
    import("../policy.ts"),
    import("../../transforms/findings.ts"),
    import("../../transforms/detect/terms.ts"),
    import("../../transforms/operators/key.ts"),
    import("../../connectors/purse.ts"),
  ]);
  const { policy = {}, detect, allow, deny } = file;
  const sieve = {
    policy: policyOf(policy.profile ?? "safe_harbor", {
      ...(policy.zip3 && { zip3: policy.zip3 }),
      ...(policy.as_of && { asOf: policy.as_of }),
      ...(policy.day_first && { dayFirst: true }),
    }),
    minScore: detect?.min_score ?? 0,
    allow: compileAllow({ terms: allow?.terms ?? [], patterns: allow?.patterns ?? [] }, "allow"),
    deny: compileDeny({ terms: deny?.terms ?? [], patterns: deny?.patterns ?? [] }, "deny"),
  };
  // The key only names entries of a cache that ends with this process.
  const passing = keyOf(randomBytes(32).toString("hex"));
  const purse = newPurse(file.limits?.usd);
  const { detectors } = await openDetectors({ ...file, columns: { text: "text" } }, passing, purse);
  return {
    get detectors() {
      return detectors.map(({ name, version }) => ({ name, version }));
    },
    find: (texts, run) => findAll(texts, detectors, sieve, run, "text"),
  };
}
