import { attributeOf } from "./dictionary.ts";
import { groupOf, isPrivate } from "./element.ts";
import { CONFIDENTIALITY } from "./standard/confidentiality.ts";

/** Options of the Basic Application Level Confidentiality Profile (PS3.15, annex E.3), by the names a job gives them. */
export type DicomOption =
  | "retain_safe_private"
  | "retain_uids"
  | "retain_device_identity"
  | "retain_institution_identity"
  | "retain_patient_characteristics"
  | "retain_full_dates"
  | "retain_modified_dates"
  | "clean_descriptors"
  | "clean_structured_content"
  | "clean_graphics";

/** Each option's letter in the table, and its code in CID 7050 of PS3.16. */
export const OPTIONS: Readonly<Record<DicomOption, readonly [letter: string, code: string, meaning: string]>> = {
  clean_graphics: ["g", "113103", "Clean Graphics Option"],
  clean_structured_content: ["s", "113104", "Clean Structured Content Option"],
  clean_descriptors: ["t", "113105", "Clean Descriptors Option"],
  retain_full_dates: ["f", "113106", "Retain Longitudinal Temporal Information Full Dates Option"],
  retain_modified_dates: ["m", "113107", "Retain Longitudinal Temporal Information Modified Dates Option"],
  retain_patient_characteristics: ["c", "113108", "Retain Patient Characteristics Option"],
  retain_device_identity: ["d", "113109", "Retain Device Identity Option"],
  retain_uids: ["u", "113110", "Retain UIDs Option"],
  retain_safe_private: ["p", "113111", "Retain Safe Private Option"],
  retain_institution_identity: ["i", "113112", "Retain Institution Identity Option"],
};

/** What becomes of an attribute. */
export type Action =
  /** Its bytes stay; a sequence's items are looked through all the same. */
  | "keep"
  | "remove"
  /** It stays without a value. */
  | "empty"
  /** A value of its VR that tells nothing. */
  | "dummy"
  /** Another UID, the same wherever this one stands. */
  | "uid"
  /** Text goes through the job's detectors, a sequence's text too. */
  | "clean"
  /** Dates are shifted, times of day stay. */
  | "shift";

/** A row of Table E.1-1: its basic action, and by option letter K (keep) or C (clean). */
export interface ProfileRow {
  readonly basic: string;
  readonly byOption: Readonly<Record<string, string>>;
}

/**
 * The action on a public tag under these options; private tags are removed. Tags that the table does not name are
 * kept, but names of persons get a dummy, dates have the rules of dates, UIDs those of UIDs, and tags that the
 * standard does not know at all are removed.
 */
export function actionOf(tag: number, vr: string, options: ReadonlySet<DicomOption>): Action {
  if (isOverlay(tag)) return overlayAction(tag, vr, options);
  const row = rowOf(tag) ?? rowByVr(tag, vr);
  if (!row) return attributeOf(tag) ? "keep" : "remove";
  const chosen = [...options].map((option) => [option, row.byOption[OPTIONS[option][0]]] as const);
  if (chosen.some(([, action]) => action === "K")) return "keep";
  const cleaning = chosen.filter(([, action]) => action === "C").map(([option]) => option);
  if (cleaning.includes("retain_modified_dates")) return "shift";
  if (cleaning.length > 0) return "clean";
  return basicAction(row.basic);
}

/** True for the attributes of overlay planes, groups 6000 to 60FF. */
export function isOverlay(tag: number): boolean {
  return groupOf(tag) >= 0x6000 && groupOf(tag) <= 0x60ff && !isPrivate(tag);
}

/** An overlay goes as a whole, or stays with its text cleaned: without its plane what describes it means nothing. */
function overlayAction(tag: number, vr: string, options: ReadonlySet<DicomOption>): Action {
  if (!options.has("clean_graphics") || !attributeOf(tag)) return "remove";
  return vr === "LO" || rowOf(tag) ? "clean" : "keep";
}

/** The table's row for a tag; undefined where it has none. */
export function rowOf(tag: number): ProfileRow | undefined {
  rows ??= load();
  const group = groupOf(tag);
  if (isPrivate(tag)) return rows.get("odd.xxxx");
  const hex = (tag >>> 0).toString(16).padStart(8, "0");
  if (group >= 0x5000 && group <= 0x50ff) return rows.get("50xxxxxx");
  if (group >= 0x6000 && group <= 0x60ff) return rows.get(`60xx${hex.slice(4)}`);
  return rows.get(hex);
}

const PERSON: ProfileRow = { basic: "D", byOption: {} };
const DATE: ProfileRow = { basic: "X/D", byOption: { f: "K", m: "C" } };
const UID: ProfileRow = { basic: "U", byOption: { u: "K" } };

function rowByVr(tag: number, vr: string): ProfileRow | undefined {
  if (!attributeOf(tag)) return undefined;
  if (vr === "PN") return PERSON;
  if (vr === "DA" || vr === "DT") return DATE;
  return vr === "UI" ? UID : undefined;
}

/**
 * One action of those that the table lets a writer choose from by the attribute's type in its IOD: the one that leaves
 * most, since it fits every type.
 */
function basicAction(basic: string): Action {
  if (basic.includes("U")) return "uid";
  if (basic.includes("D")) return "dummy";
  return basic.includes("Z") ? "empty" : "remove";
}

let rows: ReadonlyMap<string, ProfileRow> | undefined;

function load(): ReadonlyMap<string, ProfileRow> {
  const made = new Map<string, ProfileRow>();
  for (const [group, texts] of Object.entries(CONFIDENTIALITY)) {
    for (const text of texts.split(" ")) {
      const [element, basic, ...options] = text.split(",");
      const byOption = Object.fromEntries(options.map((option) => [option[0]!, option.slice(1)]));
      made.set(`${group}${element}`, { basic: basic!, byOption });
    }
  }
  return made;
}
