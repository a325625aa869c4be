import { type Element, isPrivate, unitOf } from "./element.ts";

/**
 * Private elements that the option Retain Safe Private keeps, by creator: element (`ggggxxee`, xx the creator's block) and
 * VR. They are the numbers and codes of PS3.15, E.3.10, of PixelMed's list of safe ones (mammography, ultrasound), and those
 * of diffusion that converters need (0019xx0a to 29 of Siemens, 0019xxbb to bd of GE, 2005xxb0 to b2 of Philips).
 */
const SAFE: Readonly<Record<string, string>> = {
  "Philips PET Private Group": "7053xx00DS 7053xx09DS",
  "Philips Imaging DD 001": "2001xx03FL 2001xx04CS",
  "Philips MR Imaging DD 001": "2005xx0dFL 2005xx0eFL 2005xxb0FL 2005xxb1FL 2005xxb2FL",
  "PHILIPS MR IMAGING DD 001": "2005xx0dFL 2005xx0eFL",
  "SIEMENS MR HEADER": "0019xx0aUS 0019xx0bDS 0019xx0cIS 0019xx0dCS 0019xx0eFD 0019xx27FD 0019xx28FD 0019xx29FD",
  "SIEMENS Ultrasound SC2000":
    "0119xx05UL 0119xx06UL 0119xx07UL 0119xx08UL 0119xx09SS 0119xx13IS 0129xx30CS 0139xx01SL 0149xx01FD 0149xx02FD 0149xx03FD",
  GEMS_PARM_01: "0043xx27SH 0043xx39IS 0043xx6fDS",
  GEMS_ACQU_01: "0019xx23DS 0019xx24DS 0019xx27DS 0019xxbbDS 0019xxbcDS 0019xxbdDS",
  GEMS_HELIOS_01: "0045xx01SS 0045xx02FL",
  GEMS_SERS_01: "0025xx07SL",
  GEMS_RELA_01: "0021xx03SS",
  GEMS_IDI_01: "0073xx20DS 0073xx21DS 0073xx40DS 0073xx50DS",
  GEMS_SENO_02:
    "0045xx06DS 0045xx1bCS 0045xx20DS 0045xx27IS 0045xx29DS 0045xx2aIS 0045xx2bIS 0045xx49DS 0045xx58DS 0045xx59IS 0045xx60IS 0045xx61IS 0045xx62IS 0045xx63IS 0045xx64IS 0045xx72DS 0045xxa0DS 0045xxa1DS 0045xxa2DS 0045xxa4DS 0045xxa8DS 0045xxabDS 0045xxacDS",
  "GEIIS PACS": "0903xx10US 0903xx11US 0903xx12US",
  "LORAD Selenia":
    "0019xx16DS 0019xx30US 0019xx31US 0019xx32US 0019xx33US 0019xx34US 0019xx35US 0019xx40DS 0019xx41DS 0019xx50DS 0019xx51DS 0019xx52IS 0019xx53IS 0019xx71CS 0019xx90DS",
  "HOLOGIC, Inc.":
    "0019xx16DS 0019xx30US 0019xx31US 0019xx32US 0019xx33US 0019xx34US 0019xx35US 0019xx40DS 0019xx41DS 0019xx42IS 0019xx43DS 0019xx44DS 0019xx45IS 0019xx46IS 0019xx50DS 0019xx51DS 0019xx52IS 0019xx53IS 0019xx71CS 0019xx89DS 0019xx90DS",
  ELSCINT1: "00e1xx21DS 00e1xx50DS 01e1xx26CS 01f1xx01CS 01f1xx07DS 01f1xx26DS 01f1xx27DS",
  NQHeader: "0099xx04SS 0099xx10FL 0099xx21FL",
  NQLeft: volumes("0199"),
  NQRight: volumes("0299"),
};

/** NeuroQuant's volumes of twenty-two structures of a half of the brain. */
function volumes(group: string): string {
  return Array.from({ length: 0x16 }, (_, i) => `${group}xx${(i + 1).toString(16).padStart(2, "0")}FL`).join(" ");
}

/** What text of these VRs may be made of: anything else in them is not the number or code that the list means. */
const FORMS: Readonly<Record<string, RegExp>> = {
  CS: /^[A-Z0-9_ \\]*$/,
  DS: /^[-+0-9.eE \\]*$/,
  IS: /^[-+0-9 \\]*$/,
  SH: /^[0-9.: \\]*$/,
};
const safe: ReadonlyMap<string, string> = new Map(
  Object.entries(SAFE).flatMap(([creator, elements]) =>
    elements.split(" ").map((each) => [`${creator} ${each.slice(0, 8)}`, each.slice(8)] as readonly [string, string]),
  ),
);

/** True for the element that reserves a block of private elements for a creator: (gggg,0010) to (gggg,00FF). */
export function isCreator(tag: number): boolean {
  return isPrivate(tag) && (tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff;
}

/** The tag of the creator that a private element belongs to. */
export function creatorTagOf(tag: number): number {
  return (tag & 0xffff0000) + ((tag & 0xff00) >>> 8);
}

/** How a private element is known whatever block its creator has: group, creator, last two digits. */
export function privateName(tag: number, creator: string): string {
  const hex = (tag >>> 0).toString(16).padStart(8, "0");
  return `${creator.trim()} ${hex.slice(0, 4)}xx${hex.slice(6)}`;
}

/**
 * True where the list knows this creator's element, its VR is the listed one (or not written in the file), and its value
 * is of that VR's form.
 */
export function isSafePrivate({ tag, vr, from, to, items }: Element, creator: string, data: Uint8Array): boolean {
  const listed = safe.get(privateName(tag, creator));
  if (listed === undefined || items || (vr !== "UN" && vr !== listed)) return false;
  const form = FORMS[listed];
  if (!form) return (to - from) % unitOf(listed) === 0 && to - from <= LARGEST;
  const text = Buffer.from(data.subarray(from, to)).toString("latin1");
  return form.test(text.replace(/[\0 ]+$/, ""));
}

/** Bytes of numbers that a listed element may hold: more would be something else. */
const LARGEST = 4096;
