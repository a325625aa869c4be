import { ITEM, ITEM_END, isPrivate, SEQUENCE_END } from "./element.ts";
import { ATTRIBUTES } from "./standard/attributes.ts";

/** A public attribute as PS3.6 knows it. */
export interface Attribute {
  readonly tag: number;
  /** The first where the standard allows several. */
  readonly vr: string;
  readonly keyword: string;
}

/** Attributes of the command group that Table E.1-1 names and PS3.6 does not. */
const COMMANDS: readonly Attribute[] = [
  { tag: 0x00001000, vr: "UI", keyword: "AffectedSOPInstanceUID" },
  { tag: 0x00001001, vr: "UI", keyword: "RequestedSOPInstanceUID" },
];

interface Dictionary {
  readonly byTag: ReadonlyMap<number, Attribute>;
  readonly byKeyword: ReadonlyMap<string, Attribute>;
  /** Attributes with a wildcard by their pattern, `x` for any digit. */
  readonly wild: readonly { readonly pattern: RegExp; readonly vr: string; readonly keyword: string }[];
}

let dictionary: Dictionary | undefined;

/** The attribute of a public tag; undefined for private tags and those that the standard does not know. */
export function attributeOf(tag: number): Attribute | undefined {
  dictionary ??= load();
  const known = dictionary.byTag.get(tag >>> 0);
  if (known || isPrivate(tag)) return known;
  const hex = (tag >>> 0).toString(16).padStart(8, "0");
  const found = dictionary.wild.find(({ pattern }) => pattern.test(hex));
  return found && { tag, vr: found.vr, keyword: found.keyword };
}

/** The tag of a keyword such as `PatientID`; undefined for one that the standard does not know or that has a wildcard. */
export function tagOfKeyword(keyword: string): number | undefined {
  dictionary ??= load();
  return dictionary.byKeyword.get(keyword)?.tag;
}

/** The VR of a tag where the file does not write it: group lengths `UL`, private creators `LO`, unknown tags `UN`. */
export function vrOf(tag: number): string {
  if ((tag & 0xffff) === 0) return "UL";
  if (isPrivate(tag)) return (tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff ? "LO" : "UN";
  if (tag === ITEM || tag === ITEM_END || tag === SEQUENCE_END) return "UN";
  return attributeOf(tag)?.vr ?? "UN";
}

function load(): Dictionary {
  const byTag = new Map<number, Attribute>(COMMANDS.map((command) => [command.tag, command]));
  const wild: { pattern: RegExp; vr: string; keyword: string }[] = [];
  for (const [group, texts] of Object.entries(ATTRIBUTES)) {
    for (const text of texts.split(" ")) {
      const id = group + text.slice(0, 4);
      const [vr, keyword] = [text.slice(4, 6), text.slice(6)];
      if (id.includes("x")) wild.push({ pattern: new RegExp(`^${id.replaceAll("x", ".")}$`), vr, keyword });
      else byTag.set(Number.parseInt(id, 16), { tag: Number.parseInt(id, 16), vr, keyword });
    }
  }
  return { byTag, byKeyword: new Map([...byTag.values()].map((each) => [each.keyword, each])), wild };
}
