/** Profiles: what of a found identifier may stay. Rules of 45 CFR 164.514(b)(2) and (e)(2). */
import { isCountry, isState, isTownLine } from "./places.ts";
import { agesIn, isOldest, yearsIn } from "./spans.ts";
import type { Finding } from "./types.ts";

export { isCountry, isState } from "./places.ts";
export { agesIn, cappedAge } from "./spans.ts";

export type Profile = "safe_harbor" | "limited_data_set" | "expert_determination" | "strict";

/** What a profile says. */
export interface Policy {
  readonly profile: Profile;
  /** Three-digit ZIP prefixes that must read 000 because 20,000 people or fewer live there. See also `zip3Of`. */
  readonly zip3: ReadonlySet<string>;
  /** What the operator `date` does. */
  readonly dates: "year" | "shift" | "keep";
  /** ISO day that ages are counted to. */
  readonly asOf: string;
  /** How `03/04/2024` is read: as 3 April where true. */
  readonly dayFirst: boolean;
  /**
   * True where a finding may stay in its text. Ask before findings are merged: a merged one covers more than its type
   * says. Findings of the details KNOWN and DENIED never stay, nor does a part of a longer word or number, nor, under
   * `safe_harbor` and `expert_determination`, a text that cannot be read as what the profile allows.
   */
  permits(text: string, finding: Finding): boolean;
}

/** HHS guidance on de-identification, Census 2000 (17 prefixes). */
const CENSUS_2000 = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893";
/** Census 2020 (18 prefixes), as HRSA lists them; the same as summing the populations of the ZCTAs. */
const CENSUS_2020 = "036 059 102 202 203 204 205 369 556 692 753 772 821 823 878 879 884 893";
/** Prefixes without any ZIP code tabulation area in Census 2020: unassigned, military, or of one office alone. */
const UNPOPULATED: ReadonlySet<string> = prefixes(
  "000-005 055 090-099 192 213 269 311 332 340 343 345 348 353 375 399 419 428 429 459 509 517-519 529 533 536 552 555 568 569 578 579 589 621 632 642 643 649 659 663 682 694-699 702 709 715 732 733 742 771 817-819 839 842 848 849 854 858 861 862 866-869 872 876 885-889 892 896 899 901 909 929 938 942 962-966 987",
);

const ZIP3: Readonly<Record<"union" | "2000" | "2020", ReadonlySet<string>>> = {
  union: prefixes(`${CENSUS_2000} ${CENSUS_2020}`),
  "2000": prefixes(CENSUS_2000),
  "2020": prefixes(CENSUS_2020),
};

/**
 * A profile's policy. `zip3`: the census whose small areas are restricted; by default every prefix that either lists.
 * `asOf`: ISO day; today (UTC) where left out. `dayFirst`: 03/04 is 3 April; 4 March where left out.
 */
export function policyOf(
  profile: Profile,
  options: { readonly zip3?: "union" | "2000" | "2020"; readonly asOf?: string; readonly dayFirst?: boolean } = {},
): Policy {
  const asOf = options.asOf ?? new Date().toISOString().slice(0, 10);
  const latest = Number(asOf.slice(0, 4)) - 90;
  const rules: Record<Profile, readonly [Policy["dates"], Permits]> = {
    safe_harbor: ["year", safeHarbor],
    limited_data_set: ["keep", limitedDataSet],
    expert_determination: ["shift", safeHarbor],
    strict: ["year", () => false],
  };
  const zip3 = ZIP3[options.zip3 ?? "union"];
  const [dates, rule] = rules[profile];
  return {
    profile,
    zip3,
    dates,
    asOf,
    dayFirst: options.dayFirst ?? false,
    permits(text, finding) {
      if (finding.detail === "KNOWN" || finding.detail === "DENIED") return false;
      return rule(trimmed(text, finding), finding, { zip3, latest });
    },
  };
}

/** The first three digits of a five-digit ZIP code, or 000 where they must not or cannot stand for a place. */
export function zip3Of(zip: string, policy: Policy): string {
  const prefix = zip.slice(0, 3);
  return policy.zip3.has(prefix) || UNPOPULATED.has(prefix) ? "000" : prefix;
}

/** True where a year is so long ago that a person born in it may be over 89 at `asOf`. */
export function isOldYear(year: number, policy: Policy): boolean {
  return year <= Number(policy.asOf.slice(0, 4)) - 90;
}

interface Span {
  readonly said: string;
  readonly before: string;
  readonly after: string;
}
interface Limits {
  readonly zip3: ReadonlySet<string>;
  /** The last year whose newborns may be over 89. */
  readonly latest: number;
}
type Permits = (span: Span, finding: Finding, limits: Limits) => boolean;

const safeHarbor: Permits = (span, { type, detail }, { zip3, latest }) => {
  const { said } = span;
  if (type === "AGE")
    return isWholeNumber(span) && (isOldest(said) || (agesIn(said)?.every((age) => age <= 89) ?? false));
  if (!standsAlone(span)) return false;
  if (type === "DATE") return yearsIn(said)?.every((year) => year > latest) ?? false;
  if (type !== "ADDRESS" || detail === "CITY" || detail === "STREET" || detail === "FACILITY") return false;
  const prefix = /^(?:zip (?:code )?)?(\d{3})(?:\*\*|xx)?$/i.exec(said)?.[1];
  if (prefix !== undefined) return prefix === "000" || !(zip3.has(prefix) || UNPOPULATED.has(prefix));
  if (detail === "STATE" && /^(?:new york|washington)$/i.test(said)) return true;
  return said.split(/\s*,\s*/).every((place) => isState(place) || isCountry(place));
};

const limitedDataSet: Permits = (span, { type, detail }) => {
  if (type === "AGE") return true;
  if (!standsAlone(span)) return false;
  if (type === "DATE") return true;
  return type === "ADDRESS" && detail !== "STREET" && detail !== "FACILITY" && isTownLine(span.said);
};

/** False where the finding is a part of a longer word, number or numeric date: then it is not what it looks like. */
function standsAlone({ before, after }: Span): boolean {
  return !/[\p{L}\p{N}_]$|\d[/.-]$/u.test(before) && !/^[\p{L}\p{N}_]|^[/.-]\d/u.test(after);
}

/** As `standsAlone`, where letters may follow: a detector may give the `45` of `45yo`, or one end of `60-65`. */
function isWholeNumber({ before, after }: Span): boolean {
  return !/[\p{L}\p{N}_]$|\d[/.,]$/u.test(before) && !/^\p{N}|^[/.,]\d/u.test(after);
}

function trimmed(text: string, { start, end }: Finding): Span {
  const found = text.slice(start, end);
  const said = found.replace(/^[\s,;:()]+|[\s,;:()]+$/g, "");
  const from = start + Math.max(found.indexOf(said), 0);
  const to = from + said.length;
  return { said, before: text.slice(Math.max(0, from - 2), from), after: text.slice(to, to + 2) };
}

/** `000-005 055`: prefixes and ranges of them. */
function prefixes(list: string): ReadonlySet<string> {
  return new Set(
    list.split(" ").flatMap((range) => {
      const [first, last = first] = range.split("-");
      return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) =>
        String(Number(first) + i).padStart(3, "0"),
      );
    }),
  );
}
