import { type Encoding, EXPLICIT_LITTLE } from "./element.ts";
import type { DicomFile } from "./file.ts";
import { type DicomOption, OPTIONS } from "./profile.ts";
import type { HeaderRules } from "./rules.ts";
import { isAsRead, type NewElement, newValue, type Written } from "./writer.ts";

/** Made once from a random UUID, as PS3.5, B.2 has it: tells that phimask wrote the file. */
const IMPLEMENTATION = "2.25.213866071433105862247741958366128304857";
const VERSION_NAME = "PHIMASK";

/**
 * File meta information of the masked file: its classes, its new instance UID, its transfer syntax and who wrote it.
 * Nothing else of the original's is kept: titles of applications, addresses and private information tell where it was.
 */
export function metaOf(file: DicomFile, elements: readonly Written[], syntax: string): readonly Written[] {
  const value = (tag: number, vr: string, text: string): NewElement =>
    newValue(tag, vr, EXPLICIT_LITTLE, Buffer.from(text, "latin1"));
  return [
    newValue(0x00020001, "OB", EXPLICIT_LITTLE, Uint8Array.of(0, 1)),
    value(0x00020002, "UI", uidAt(0x00080016, elements, file.data)),
    value(0x00020003, "UI", uidAt(0x00080018, elements, file.data)),
    value(0x00020010, "UI", syntax),
    value(0x00020012, "UI", IMPLEMENTATION),
    value(0x00020013, "SH", VERSION_NAME),
  ];
}

/** The UID that an element of the masked data set holds; empty where there is none. */
export function uidAt(tag: number, elements: readonly Written[], data: Uint8Array): string {
  const element = elements.find((each) => each.tag === tag);
  if (!element) return "";
  const bytes = isAsRead(element) ? data.subarray(element.from, element.to) : (element.value ?? new Uint8Array());
  return Buffer.from(bytes)
    .toString("latin1")
    .replace(/[\0 ]+$/, "");
}

/**
 * The elements with what says that, and by which options, the file was de-identified (PS3.15, E.1.1; PS3.3, C.12.1.1.1):
 * (0012,0062), (0012,0063), (0012,0064), (0028,0303), and (0028,0301) where every frame was examined.
 */
export function stamped(
  elements: readonly Written[],
  encoding: Encoding,
  { options }: HeaderRules,
  pixelsExamined: boolean,
): readonly Written[] {
  const text = (tag: number, vr: string, value: string): NewElement =>
    newValue(tag, vr, encoding, Buffer.from(value, "latin1"));
  const codes = [["113100", "Basic Application Confidentiality Profile"]];
  if (pixelsExamined) codes.push(["113101", "Clean Pixel Data Option"]);
  for (const [option, [, code, meaning]] of Object.entries(OPTIONS)) {
    if (options.has(option as DicomOption)) codes.push([code, meaning]);
  }
  const items = codes.map(([code, meaning]) => ({
    undefinedLength: false,
    encoding,
    elements: [text(0x00080100, "SH", code!), text(0x00080102, "SH", "DCM"), text(0x00080104, "LO", meaning!)],
  }));
  const stamps: readonly NewElement[] = [
    text(0x00120062, "CS", "YES"),
    text(0x00120063, "LO", "phimask, DICOM PS3.15 Table E.1-1"),
    { tag: 0x00120064, vr: "SQ", encoding, undefinedLength: false, items },
    ...(pixelsExamined ? [text(0x00280301, "CS", "NO")] : []),
    text(0x00280303, "CS", temporalOf(options)),
  ];
  return stamps.reduce<readonly Written[]>(inPlace, elements);
}

function temporalOf(options: ReadonlySet<DicomOption>): string {
  if (options.has("retain_full_dates")) return "UNMODIFIED";
  return options.has("retain_modified_dates") ? "MODIFIED" : "REMOVED";
}

/** The element where its tag belongs, instead of any that is there. */
function inPlace(elements: readonly Written[], element: NewElement): readonly Written[] {
  const others = elements.filter(({ tag }) => tag !== element.tag);
  const at = others.findIndex(({ tag }) => tag > element.tag);
  return at === -1 ? [...others, element] : [...others.slice(0, at), element, ...others.slice(at)];
}
