import type { PhiType } from "../../src/types.ts";
import { dateForms } from "./knownDates.ts";
import { type Form, isLetterOrDigit } from "./page.ts";

/** A value's letters and digits, lower case. */
export function form(value: string): Form {
  const letters = [...value.toLowerCase()].filter((unit) => isLetterOrDigit(unit.charCodeAt(0))).join("");
  return { letters };
}

/** How a value of a type other than a name may be written. */
export function formsOf(value: string, type: PhiType): readonly Form[] {
  const whole = form(value);
  const dates = type === "DATE" || /^\d{4}-\d\d-\d\d/.test(value) ? dateForms(value) : [];
  if (dates.length > 0) return dates;
  if (!/^\d+$/.test(whole.letters)) return type === "ADDRESS" ? [whole, ...streetForms(value)] : [whole];
  const digits = whole.letters;
  const forms = [whole];
  const bare = digits.replace(/^0+/, "");
  if (bare.length >= 5 && bare !== digits) forms.push({ letters: bare });
  const national = digits.length === 11 && digits.startsWith("1") ? digits.slice(1) : digits;
  const isPhone = type === "PHONE_OR_FAX" && national.length === 10;
  if (isPhone && national !== digits) forms.push({ letters: national });
  if (isPhone) forms.push({ letters: national.slice(3), parted: true });
  return forms;
}

const SUFFIXES: readonly (readonly [string, string])[] = [
  ["street", "st"],
  ["avenue", "ave"],
  ["road", "rd"],
  ["drive", "dr"],
  ["lane", "ln"],
  ["court", "ct"],
  ["boulevard", "blvd"],
  ["place", "pl"],
  ["circle", "cir"],
  ["terrace", "ter"],
  ["apartment", "apt"],
  ["north", "n"],
  ["south", "s"],
  ["east", "e"],
  ["west", "w"],
];

function streetForms(value: string): readonly Form[] {
  const parts = value.toLowerCase().split(/[\s.,]+/);
  const short = parts.map((part) => SUFFIXES.find(([long]) => long === part)?.[1] ?? part).join(" ");
  const long = parts
    .map((part, at) => (at === 0 ? part : (SUFFIXES.find(([, brief]) => brief === part)?.[0] ?? part)))
    .join(" ");
  return [form(short), form(long)];
}
