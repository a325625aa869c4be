/** How data elements are spelled: types, and what a tag or a value representation says by itself. DICOM PS3.5, section 7. */

/** Byte order and explicitness of a data set; nested ones may differ from the file's. */
export interface Encoding {
  readonly little: boolean;
  readonly explicit: boolean;
}

/** A data element as it stands in a buffer; offsets count from the buffer's start, ends are exclusive. */
export interface Element {
  /** `0xGGGGEEEE`. */
  readonly tag: number;
  /** As written; from the dictionary where the encoding is implicit. Two letters, `UN` where nothing is known. */
  readonly vr: string;
  /** True where the file gives no length and a delimiter ends the value. */
  readonly undefinedLength: boolean;
  /** From the tag to the end of value and delimiter. */
  readonly start: number;
  readonly end: number;
  /** The value, without header and delimiter. */
  readonly from: number;
  readonly to: number;
  /** How this element's own header is written. */
  readonly encoding: Encoding;
  /** The items of a sequence. */
  readonly items?: readonly Item[];
  /** The fragments of encapsulated pixel data, the basic offset table first. */
  readonly fragments?: readonly Fragment[];
}

export interface Item {
  readonly elements: readonly Element[];
  readonly undefinedLength: boolean;
  /** How the elements within are written: implicit little endian within an element of VR `UN`. */
  readonly encoding: Encoding;
}

/** The bytes of a fragment, its header left out. */
export interface Fragment {
  readonly from: number;
  readonly to: number;
}

export const IMPLICIT_LITTLE: Encoding = { little: true, explicit: false };
export const EXPLICIT_LITTLE: Encoding = { little: true, explicit: true };
export const EXPLICIT_BIG: Encoding = { little: false, explicit: true };

export const UNDEFINED = 0xffffffff;
export const ITEM = 0xfffee000;
export const ITEM_END = 0xfffee00d;
export const SEQUENCE_END = 0xfffee0dd;
export const PIXEL_DATA = 0x7fe00010;

/** VRs whose explicit header has two reserved bytes and a length of four (PS3.5, Table 7.1-1). */
const LONG_HEADER: ReadonlySet<string> = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const SHORT_HEADER: ReadonlySet<string> = new Set(
  "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "),
);

export function isVr(vr: string): boolean {
  return LONG_HEADER.has(vr) || SHORT_HEADER.has(vr);
}

export function hasLongHeader(vr: string): boolean {
  return LONG_HEADER.has(vr);
}

/** Bytes of one number of a binary VR, which a byte order turns round; 1 for text and plain bytes. */
export function unitOf(vr: string): 1 | 2 | 4 | 8 {
  if (vr === "US" || vr === "SS" || vr === "OW" || vr === "AT") return 2;
  if (vr === "UL" || vr === "SL" || vr === "FL" || vr === "OL" || vr === "OF") return 4;
  if (vr === "FD" || vr === "OD" || vr === "SV" || vr === "UV" || vr === "OV") return 8;
  return 1;
}

export function groupOf(tag: number): number {
  return tag >>> 16;
}

export function elementOf(tag: number): number {
  return tag & 0xffff;
}

/** True for tags of odd groups, whose meaning a manufacturer sets. */
export function isPrivate(tag: number): boolean {
  return (tag & 0x10000) !== 0;
}

/** `(0010,0020)`, upper-case hex. */
export function tagText(tag: number): string {
  const hex = (tag >>> 0).toString(16).padStart(8, "0").toUpperCase();
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
