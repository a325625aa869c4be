import { isPrivate } from "./element.ts";

/**
 * Private elements that the option Retain Safe Private keeps: numbers of the acquisition that PS3.15, E.3.10 lists as
 * safe, by creator and element (`ggggxxee`, xx the creator's block).
 */
const SAFE: Readonly<Record<string, string>> = {
  "Philips PET Private Group": "7053xx00 7053xx09",
  "Philips Imaging DD 001": "2001xx03 2001xx04",
  "Philips MR Imaging DD 001": "2005xxb0 2005xxb1 2005xxb2",
  "SIEMENS MR HEADER": "0019xx0a 0019xx0b 0019xx0c 0019xx0d 0019xx0e 0019xx27 0019xx28 0019xx29",
  GEMS_PARM_01: "0043xx27 0043xx39 0043xx6f",
  GEMS_ACQU_01: "0019xx23 0019xx24 0019xx27 0019xx9e 0019xxbb 0019xxbc 0019xxbd",
  GEMS_HELIOS_01: "0045xx01 0045xx02",
  GEMS_SERS_01: "0025xx07",
  GEMS_RELA_01: "0021xx03",
  ELSCINT1: "00e1xx21 00e1xx50 01e1xx26 01f1xx01 01f1xx07 01f1xx26 01f1xx27",
};
/** Numbers, and code strings, which are too short and too few to hold a name. */
const SAFE_VRS: ReadonlySet<string> = new Set("CS DS FD FL IS SL SS SV UL US UV".split(" "));
const safe = new Set(
  Object.entries(SAFE).flatMap(([creator, elements]) => elements.split(" ").map((element) => `${creator} ${element}`)),
);

/** True for the element that reserves a block of private elements for a creator: (gggg,0010) to (gggg,00FF). */
export function isCreator(tag: number): boolean {
  return isPrivate(tag) && (tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff;
}

/** The tag of the creator that a private element belongs to. */
export function creatorTagOf(tag: number): number {
  return (tag & 0xffff0000) + ((tag & 0xff00) >>> 8);
}

/** True where the list knows this creator's element, and its VR holds no text. */
export function isSafePrivate(tag: number, vr: string, creator: string): boolean {
  const hex = (tag >>> 0).toString(16).padStart(8, "0");
  return SAFE_VRS.has(vr) && safe.has(`${creator.trim()} ${hex.slice(0, 4)}xx${hex.slice(6)}`);
}
