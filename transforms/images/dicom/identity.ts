import type { KnownText } from "../../../src/image-types.ts";
import type { PhiType } from "../../../src/types.ts";
import { findKnown } from "../../detect/known.ts";
import { mergeFindings } from "../../detect/merge.ts";
import { type Charset, charsetOf, DEFAULT_CHARSET } from "./charset.ts";
import { type Element, isPrivate } from "./element.ts";
import type { HeaderRules } from "./rules.ts";
import { isFreeText, textsOf } from "./values.ts";

/** Attributes whose values name people, with the kind of PHI that they are. */
const TELLING: ReadonlyMap<number, PhiType> = new Map<number, PhiType>([
  [0x00100010, "NAME"],
  [0x00101001, "NAME"],
  [0x00101005, "NAME"],
  [0x00101060, "NAME"],
  [0x00080090, "NAME"],
  [0x00081048, "NAME"],
  [0x00081050, "NAME"],
  [0x00081060, "NAME"],
  [0x00081070, "NAME"],
  [0x00321032, "NAME"],
  [0x00102297, "NAME"],
  [0x0040a123, "NAME"],
  [0x00100020, "ID"],
  [0x00101000, "ID"],
  [0x00080050, "ID"],
  [0x00380010, "ID"],
  [0x00100030, "DATE"],
  [0x00101040, "ADDRESS"],
  [0x00102154, "PHONE_OR_FAX"],
]);

/** What a header says of people, at any depth: each value once. */
export function identitiesOf(elements: readonly Element[], data: Uint8Array): readonly KnownText[] {
  const found = new Map<string, KnownText>();
  collect(elements, data, DEFAULT_CHARSET, found);
  return [...found.values()];
}

function collect(elements: readonly Element[], data: Uint8Array, around: Charset, found: Map<string, KnownText>): void {
  const named = elements.find(({ tag }) => tag === 0x00080005);
  const charset = named ? charsetOf(textsOf(named, "CS", data, around)) : around;
  for (const element of elements) {
    for (const item of element.items ?? []) collect(item.elements, data, charset, found);
    const type = TELLING.get(element.tag);
    if (type === undefined || element.items) continue;
    for (const text of textsOf(element, vrOfType(type), data, charset)) {
      const value = writtenOf(text, type);
      if (value !== "") found.set(`${type} ${value}`, { value, type });
    }
  }
}

/**
 * Free text of the data set itself that the rules do not let stay as it is: what is found there may be in the pixels too.
 * Each text once.
 */
export function carriedTexts(elements: readonly Element[], data: Uint8Array, rules: HeaderRules): readonly string[] {
  const named = elements.find(({ tag }) => tag === 0x00080005);
  const charset = named ? charsetOf(textsOf(named, "CS", data, DEFAULT_CHARSET)) : DEFAULT_CHARSET;
  const texts = elements
    .filter(({ tag, vr, items }) => !items && isFreeText(vr) && !isPrivate(tag) && rules.actionOf(tag, vr) !== "keep")
    .flatMap((element) => textsOf(element, element.vr, data, charset));
  return [...new Set(texts.filter((text) => /\p{L}/u.test(text)))];
}

/** How the text is decoded and parted. */
function vrOfType(type: PhiType): string {
  return type === "NAME" ? "PN" : type === "DATE" ? "DA" : "LO";
}

/** As people write it: a name's components by blanks, a date in ISO 8601. */
function writtenOf(text: string, type: PhiType): string {
  if (type === "NAME") return text.replace(/[\^=]+/g, " ").trim();
  const day = type === "DATE" ? /^(\d{4})\.?(\d\d)\.?(\d\d)/.exec(text) : null;
  return day ? `${day[1]}-${day[2]}-${day[3]}` : text.trim();
}

/** Replaces these values in a text by their kind: `[NAME]`. */
export function sweeper(known: readonly KnownText[]): (text: string) => string {
  if (known.length === 0) return (text) => text;
  const unspaced = unspacedNames(known);
  return (whole) => {
    const text = unspaced ? whole.replace(unspaced, "[NAME]") : whole;
    let out = "";
    let at = 0;
    for (const { start, end, type } of mergeFindings([...findKnown(text, known)])) {
      out += `${text.slice(at, start)}[${type}]`;
      at = end;
    }
    return out + text.slice(at);
  };
}

const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]+$/u;

/**
 * Names in scripts that put no blanks between words, so that no boundary tells where one ends: each part of two
 * characters or more, and two parts together, which stand for family and given name. Undefined where there is none.
 */
function unspacedNames(known: readonly KnownText[]): RegExp | undefined {
  const forms = known
    .filter(({ type = "NAME" }) => type === "NAME")
    .flatMap(({ value }) => {
      const parts = value.split(/\s+/);
      const pairs = parts.slice(1).map((part, i) => `${parts[i]}${part}`);
      return [...pairs, ...parts].filter((form) => form.length > 1 && UNSPACED.test(form));
    });
  return forms.length > 0 ? new RegExp(forms.join("|"), "gu") : undefined;
}
