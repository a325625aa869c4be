import type { Key } from "./key.ts";
import type { Masking } from "./masking.ts";
import { keep } from "./plain.ts";
import { shift } from "./shift.ts";
import type { ValueOperator } from "./value.ts";
import { year } from "./year.ts";

/**
 * Dates as the profile says: `year` under `safe_harbor` and `strict`, `shift` under `expert_determination`, unchanged
 * under `limited_data_set`. Throws what those throw, KEY_MISSING for a shift without a key included.
 */
export function date(key: () => Key, masking: Masking): ValueOperator {
  const by = { year: () => year(masking), shift: () => shift({}, key(), masking), keep }[masking.policy.dates];
  return { ...by(), name: "date" };
}
