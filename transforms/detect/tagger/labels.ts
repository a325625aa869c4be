import type { PhiType } from "../../../src/types.ts";

/** What the tagger tells apart. Organisations are told so that they are taken for nothing else; they are not masked. */
export const KINDS = ["NAME", "CITY", "STREET", "FACILITY", "ORG"] as const;
export type Kind = (typeof KINDS)[number];

/** Labels of tokens: 0 outside, then for each kind its first token and any further one. */
export const LABELS: number = 1 + 2 * KINDS.length;

/** The label of a kind's first token; one more is that of its further tokens. */
export function beginning(kind: Kind): number {
  return 1 + 2 * KINDS.indexOf(kind);
}

/** True where `next` may follow `label`: a further token needs one of its own kind before it. */
export function mayFollow(label: number, next: number): boolean {
  const further = next > 0 && next % 2 === 0;
  return !further || label === next || label === next - 1;
}

/** What a kind is masked as; undefined for what stays. */
export const FINDING: Readonly<Record<Kind, readonly [PhiType, string | undefined] | undefined>> = {
  NAME: ["NAME", undefined],
  CITY: ["ADDRESS", "CITY"],
  STREET: ["ADDRESS", "STREET"],
  FACILITY: ["ADDRESS", "FACILITY"],
  ORG: undefined,
};
