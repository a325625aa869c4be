import type { ColumnRule } from "../jobfile.ts";

/** What a column's name tells. */
export interface NameHint {
  readonly rule: ColumnRule;
  /** Why, for the person who looks the draft over. */
  readonly why: string;
  /** True where the name is a reason to look at the cells, and not to trust it alone. */
  readonly doubtful?: boolean;
}

type Row = readonly [pattern: RegExp, rule: ColumnRule, why: string, doubtful?: true];

/** Why a column of social security numbers is masked. */
export const SSN = "social security number";

const NAME: ColumnRule = { mask: "surrogate", type: "NAME" };

/**
 * Words of column names and what they stand for, the first that fits holds. The identifiers are those of 45 CFR
 * 164.514(b)(2)(i); the last rows are what such a table holds besides.
 */
const ROWS: readonly Row[] = [
  [/\b(study|series|sop|instance|frame of reference)\b.*\buid\b|\bdicom uid\b/, { mask: "uid" }, "DICOM UID"],
  [/\b(dob|birth ?(date|day)|date of birth|birthdt|born( on)?)\b/, { mask: "date" }, "date of birth"],
  [/\be ?mail\b/, { mask: "surrogate", type: "EMAIL" }, "e-mail address"],
  [/\b(fax|phone|telephone|tel|mobile|pager)\b(?! type)/, { mask: "surrogate", type: "PHONE_OR_FAX" }, "phone or fax"],
  [/\b(ssn|social security( number| no)?|sin|nino|national id)\b/, { mask: "redact" }, SSN],
  [/\b(zip( ?code)?|postal ?code|post ?code|zcta|zip5|zip9)\b/, { mask: "zip" }, "ZIP code"],
  [/\bage( (in )?(years|yrs)| at \w+)?$/, { mask: "age" }, "age"],
  [/\bip( ?addr(ess)?)?$/, { mask: "surrogate", type: "IP" }, "IP address"],
  [
    /\b(latitude|longitude|lat|lon|lng|geo ?(hash|loc(ation)?|code|point)|coordinates|gps)\b/,
    { mask: "null" },
    "place on the map",
  ],
  [
    /\b(finger ?prints?|voice ?prints?|retina|biometrics?|face ?(id|print))\b/,
    { mask: "drop" },
    "biometric identifier",
  ],
  [
    /\b(image|scan|dicom|dcm|photo|picture|x ?ray|film|pdf|attachment)s?( (path|uri|url|link|file|ref|key|name))?$/,
    { mask: "image", to: "masked-images/" },
    "images, or links to them",
  ],
  [/\b(url|uri|web ?site|home ?page|link)s?$/, { mask: "redact" }, "web address"],
  [
    /\b(id|ids|identifier|uid|uuid|guid|mrn|csn|empi|ein|ssn4|key|number|num|nbr|no|account|acct|accession|serial|vin|plate|imei|udi|passport|licen[cs]e|npi|dea|medicare|medicaid|hicn|mbi|device|beneficiary)$/,
    { mask: "hash", length: 32 },
    "identifier; equal values stay equal, so that joins work",
  ],
  [/\b(user|login|user ?name|handle)$/, { mask: "hash", length: 32 }, "name of an account"],
  [
    /\b(hospital|facility|clinic|organi[sz]ation|practice|employer|school|company|site)( name)?$/,
    { mask: "surrogate", type: "FACILITY" },
    "facility or employer",
  ],
  [
    /\b(first|last|middle|given|family|maiden|sur|full|legal|preferred|nick|patient|person|member|guarantor|subscriber|contact|provider|physician|doctor|nurse|author|surgeon|spouse|mother|father|guardian|caregiver|employee|relative|kin)s? ?names?\b/,
    NAME,
    "name of a person",
  ],
  [
    /^names?$|\b(surname|forename|lname|fname|mname|initials|maiden|attending|physician|provider|doctor|surgeon|author|clinician|next of kin|emergency contact|(signed|dictated|ordered|reviewed) by)$/,
    NAME,
    "name of a person",
  ],
  [/\b(street|address|addr)\b(?!.*\b(city|state|country)\b)/, { mask: "surrogate", type: "STREET" }, "street address"],
  [/\b(city|town|village|municipality|birth ?place)\b/, { mask: "surrogate", type: "CITY" }, "town"],
  [
    /\b(county|parish|precinct|census ?(tract|block)|district|neighbou?rhood)\b/,
    { mask: "redact" },
    "place smaller than a state",
  ],
  [/\b(state|province|country|nation)( code)?$/, { mask: "keep" }, "state or country", true],
  [
    /\b(date|datetime|timestamp|dttm|dt|day|time)$|\b(date|datetime) (of )?\w+$|\b(at|on)$/,
    { mask: "date" },
    "date",
    true,
  ],
  [
    /\b(notes?|text|comments?|narrative|reports?|summary|history|hpi|messages?|descriptions?|impressions?|findings?|remarks?|body|transcript|dictation|letter|memo|instructions|complaint|assessment|plan|free ?text|details?|reason|conclusion|addendum)\b/,
    { mask: "text" },
    "free text",
    true,
  ],
];

/** What the name of a column tells, its path's last parts first; undefined where it tells nothing. */
export function hintOf(leaf: string): NameHint | undefined {
  const words = wordsOf(leaf);
  const found = ROWS.find(([pattern]) => pattern.test(words));
  return found && { rule: found[1], why: found[2], ...(found[3] && { doubtful: true }) };
}

/** True for names of keys that tell the person: the first such column is a table's subject. */
export function isSubject(leaf: string): boolean {
  return /^(patient|person|subject|member|pt)( (id|key|identifier|number|no|uuid|mrn))?$|^(mrn|empi)$/.test(
    wordsOf(leaf),
  );
}

/** `birthDate`, `BIRTH_DATE` and `contacts.list.element.birth-date` all end with `birth date`. */
function wordsOf(leaf: string): string {
  const path = leaf.split(".").filter((part) => !/^(list|element|item|key_value|value|array)$/.test(part));
  return path
    .join(" ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}
