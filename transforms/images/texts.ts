import type { Policy } from "../../src/policy.ts";
import type { Detector, Leaf, Masked, RunContext } from "../../src/types.ts";
import { findKnown } from "../detect/known.ts";
import { mergeFindings } from "../detect/merge.ts";
import { compileAllow, compileDeny, type TermList } from "../detect/terms.ts";
import { findAll } from "../findings.ts";
import { applyFindings, type FindingOperators } from "../operators/apply.ts";
import type { RowFacts } from "./links.ts";

export interface MaskTextsOptions {
  readonly detectors: readonly Detector[];
  readonly policy: Policy;
  readonly operators: FindingOperators;
  readonly allow: TermList;
  readonly deny: TermList;
  readonly minScore: number;
  /** The column that links to the images, for the place of an error. */
  readonly column: Leaf;
}

/** Texts that an image carries and keeps, masked as a text column with the same options would be. */
export function maskTexts(
  options: MaskTextsOptions,
): (texts: readonly string[], facts: RowFacts, run: RunContext) => Promise<readonly Masked[]> {
  const { detectors, policy, operators, minScore, column } = options;
  const sieve = {
    policy,
    minScore,
    allow: compileAllow(options.allow, "allow"),
    deny: compileDeny(options.deny, "deny"),
  };
  return async (texts, { known, subject }, run) => {
    const findings = await findAll(texts, detectors, sieve, run, column);
    return texts.map((text, i) =>
      applyFindings(text, mergeFindings([...findings[i]!, ...findKnown(text, known)]), operators, { id: subject }),
    );
  };
}
