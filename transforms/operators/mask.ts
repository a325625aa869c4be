import { MaskingError } from "../../src/errors.ts";
import type { Policy } from "../../src/policy.ts";
import { canonicalOf, textType } from "./canonical.ts";
import { type ValueOperator, valueOperator } from "./value.ts";

export interface MaskOptions {
  /** One character; `*` where left out. */
  readonly character?: string;
  /** How many characters at the end stay; none where left out. */
  readonly keep_last?: number;
}

/**
 * One character for each character (Unicode code point), so that lengths stay. `keep_last` leaves the end of a value
 * that is at least twice as long; shorter ones are masked whole. Under `safe_harbor` and `strict` it is refused: a part
 * of an identifier is one (HHS guidance names the last four digits of a Social Security number).
 */
export function mask({ character = "*", keep_last = 0 }: MaskOptions, policy: Policy): ValueOperator {
  if ([...character].length !== 1) throw new MaskingError("RULE_UNFIT", { expected: "mask with one character" });
  if (!Number.isInteger(keep_last) || keep_last < 0) {
    throw new MaskingError("RULE_UNFIT", { expected: "keep_last of 0 or more" });
  }
  if (keep_last > 0 && (policy.profile === "safe_harbor" || policy.profile === "strict")) {
    throw new MaskingError("RULE_UNFIT", { expected: "mask without keep_last under this profile" });
  }
  const runs: string[] = [];
  const run = (length: number): string => {
    if (length > 4096) return character.repeat(length);
    const made = runs[length] ?? character.repeat(length);
    runs[length] = made;
    return made;
  };
  return valueOperator({
    name: "mask",
    memo: false,
    on(type) {
      const canonical = canonicalOf(type);
      if (!canonical) throw new MaskingError("COLUMN_TYPE");
      return {
        type: textType(type),
        nulls: false,
        mask(value) {
          const text = canonical(value);
          if (keep_last > 0) return withEnd(text, keep_last, run);
          return run(/[\ud800-\udbff]/.test(text) ? [...text].length : text.length);
        },
      };
    },
  });
}

function withEnd(text: string, keep: number, run: (length: number) => string): string {
  const characters = [...text];
  if (characters.length < 2 * keep) return run(characters.length);
  return run(characters.length - keep) + characters.slice(-keep).join("");
}
