import { Utf8 } from "apache-arrow";
import { MaskingError } from "../../../src/errors.ts";
import type { Policy } from "../../../src/policy.ts";
import type { CellMask } from "../../operators/apply.ts";
import { cellOperator, type Masking, type OperatorRule } from "../../operators/operators.ts";
import { uidSurrogate } from "../../operators/uid.ts";
import { tagOfKeyword } from "./dictionary.ts";
import { isPrivate } from "./element.ts";
import { privateName } from "./private.ts";
import { type Action, actionOf, type DicomOption, OPTIONS } from "./profile.ts";

/** What a job says of a tag, whatever the profile says: an operator, or `text` for the detectors. */
export type TagRule = OperatorRule | { readonly mask: "text" };

export interface DicomOptions {
  /** Those of the profile; by default all text is cleaned that can be, and dates are as the policy has them. */
  readonly options?: readonly DicomOption[] | undefined;
  /** By keyword (`StationName`), tag (`0008,1010`) or private element (`0019,"SIEMENS MR HEADER",0c`). At every depth. */
  readonly tags?: Readonly<Record<string, TagRule>> | undefined;
}

/** What becomes of an attribute, an operator of the job included. */
export type HeaderAction = Action | { readonly mask: CellMask };

/** The rules for headers, checked and live. */
export interface HeaderRules {
  readonly options: ReadonlySet<DicomOption>;
  /** Ages over 89 become 90, as the policy has them. */
  readonly capsAges: boolean;
  /** The action on a public tag of this VR. */
  actionOf(tag: number, vr: string): HeaderAction;
  /** The job's own action on a private element; undefined where it has none. */
  privateActionOf(tag: number, creator: string): HeaderAction | undefined;
  uid(uid: string): string;
  /** Moves dates; there where `shift` can be an action. */
  readonly shift: CellMask | undefined;
}

/** Options that keep what a profile forbids: identifiers of devices and records, dates, places (45 CFR 164.514). */
const REFUSED: Readonly<Record<Policy["profile"], readonly DicomOption[]>> = {
  safe_harbor: [
    "retain_full_dates",
    "retain_modified_dates",
    "retain_uids",
    "retain_device_identity",
    "retain_institution_identity",
  ],
  strict: [
    "retain_full_dates",
    "retain_modified_dates",
    "retain_uids",
    "retain_device_identity",
    "retain_institution_identity",
    "retain_safe_private",
  ],
  limited_data_set: ["retain_device_identity"],
  expert_determination: [],
};

/** The patient in the words of the table: the operators that its columns are masked with by most jobs. */
const PATIENT: Readonly<Record<string, TagRule>> = {
  PatientName: { mask: "surrogate", type: "NAME" },
  PatientID: { mask: "hash" },
};

/**
 * The rules of a job. Throws RULE_UNFIT for an option that the policy's profile forbids, for two options about dates, and
 * for a tag that the standard does not know; what operators throw; KEY_MISSING without a key.
 */
export function headerRules({ options, tags = {} }: DicomOptions, masking: Masking): HeaderRules {
  const { key, policy } = masking;
  if (!key) throw new MaskingError("KEY_MISSING");
  const chosen = new Set(options ?? defaultsOf(masking));
  for (const option of REFUSED[policy.profile]) {
    if (chosen.has(option)) throw unfit("options", `options that policy.profile allows, so not ${option}`);
  }
  if (chosen.has("retain_full_dates") && chosen.has("retain_modified_dates")) {
    throw unfit("options", "one of retain_full_dates and retain_modified_dates");
  }
  const byTag = new Map<number, HeaderAction>();
  const byPrivate = new Map<string, HeaderAction>();
  for (const [name, rule] of Object.entries({ ...PATIENT, ...tags })) {
    try {
      const own = privateNameIn(name);
      if (own === undefined) byTag.set(tagOf(name), ruled(rule, masking));
      else byPrivate.set(own, ruled(rule, masking));
    } catch (error) {
      throw error instanceof MaskingError ? error.at({ key: `tags.${name}` }) : error;
    }
  }
  return {
    options: chosen,
    capsAges: policy.profile !== "limited_data_set",
    actionOf: (tag, vr) => byTag.get(tag) ?? actionOf(tag, vr, chosen),
    privateActionOf: (tag, creator) => (byPrivate.size > 0 ? byPrivate.get(privateName(tag, creator)) : undefined),
    uid: (uid) => uidSurrogate(uid, key),
    shift: chosen.has("retain_modified_dates") ? cellOperator({ mask: "shift" }, masking).on(new Utf8()) : undefined,
  };
}

/** Every name that `options` may hold. */
export const DICOM_OPTIONS: readonly DicomOption[] = Object.keys(OPTIONS) as DicomOption[];

function defaultsOf({ policy, subject }: Masking): readonly DicomOption[] {
  const clean = ["clean_descriptors", "clean_structured_content", "clean_graphics"] as const;
  if (policy.dates === "keep") return [...clean, "retain_full_dates"];
  return policy.dates === "shift" && subject ? [...clean, "retain_modified_dates"] : clean;
}

/** `StationName`, `0008,1010`, `(0008,1010)` or `00081010`. */
function tagOf(name: string): number {
  const hex = /^\(?([0-9a-f]{4}),?([0-9a-f]{4})\)?$/i.exec(name);
  const tag = tagOfKeyword(name) ?? (hex ? Number.parseInt(`${hex[1]}${hex[2]}`, 16) : undefined);
  if (tag === undefined || isPrivate(tag)) throw new MaskingError("RULE_UNFIT", { expected: SPELLINGS });
  return tag;
}

const SPELLINGS = `a keyword or tag of DICOM PS3.6, or a private element with its creator, such as 0019,"SIEMENS MR HEADER",0c`;

/** `0019,"SIEMENS MR HEADER",0c`, also in parentheses: the digits of the block are each file's own. Undefined for others. */
function privateNameIn(name: string): string | undefined {
  const parts = /^\(?([0-9a-f]{3}[13579bdf]),\s*"([^"\\]{1,64})",\s*([0-9a-f]{2})\)?$/i.exec(name);
  return parts ? privateName(Number.parseInt(`${parts[1]}00${parts[3]}`, 16), parts[2]!) : undefined;
}

function ruled(rule: TagRule, masking: Masking): HeaderAction {
  switch (rule.mask) {
    case "text":
      return "clean";
    case "keep":
      return "keep";
    case "drop":
      return "remove";
    case "null":
      return "empty";
    default:
      return { mask: cellOperator(rule, masking).on(new Utf8()) };
  }
}

function unfit(key: string, expected: string): MaskingError {
  return new MaskingError("RULE_UNFIT", { key, expected });
}
