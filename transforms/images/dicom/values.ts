import { type Charset, decodeText, encodeText } from "./charset.ts";
import { type Element, unitOf } from "./element.ts";

/** VRs of text in the data set's character set (PS3.5, 6.1.2.3); the others are ASCII. */
const IN_CHARSET: ReadonlySet<string> = new Set("LO LT PN SH ST UC UT".split(" "));
/** Text that backslashes do not part. */
const SINGLE: ReadonlySet<string> = new Set("LT ST UT UR".split(" "));
const STRINGS: ReadonlySet<string> = new Set("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split(" "));

/** Characters that a value may have (PS3.5, Table 6.2-1); of a person's name those of a component group. */
const LONGEST: Readonly<Record<string, number>> = {
  AE: 16,
  AS: 4,
  CS: 16,
  DA: 8,
  DS: 16,
  DT: 26,
  IS: 12,
  LO: 64,
  LT: 10_240,
  PN: 64,
  SH: 16,
  ST: 1024,
  TM: 14,
  UI: 64,
};

/** What stands for a value that must be there and must not tell anything. */
const DUMMIES: Readonly<Record<string, string>> = {
  AE: "REMOVED",
  AS: "000Y",
  CS: "REMOVED",
  DA: "19000101",
  DS: "0",
  DT: "19000101000000",
  IS: "0",
  LO: "REMOVED",
  LT: "REMOVED",
  PN: "REMOVED",
  SH: "REMOVED",
  ST: "REMOVED",
  TM: "000000",
  UC: "REMOVED",
  UR: "http://removed.invalid/",
  UT: "REMOVED",
};

export function isString(vr: string): boolean {
  return STRINGS.has(vr);
}

/** True for VRs that people write freely in. */
export function isFreeText(vr: string): boolean {
  return vr === "UR" || (IN_CHARSET.has(vr) && vr !== "PN");
}

/** The values of a text element, without padding; none where it is empty. */
export function textsOf(element: Element, vr: string, data: Uint8Array, charset: Charset): readonly string[] {
  const bytes = data.subarray(element.from, element.to);
  const text = IN_CHARSET.has(vr) ? decodeText(bytes, charset) : Buffer.from(bytes).toString("latin1");
  const values = SINGLE.has(vr) ? [text] : text.split("\\");
  const trimmed = values.map((value) => value.replace(/[\0 ]+$/, ""));
  return trimmed.length === 1 && trimmed[0] === "" ? [] : trimmed;
}

/**
 * Values as the bytes of a text VR: each made to fit the VR's length and characters. A value that cannot be written in
 * the character set becomes the VR's dummy.
 */
export function bytesOf(values: readonly string[], vr: string, charset: Charset): Uint8Array {
  const parts = values.map((value) => {
    const fitting = fitted(value, vr);
    return encodeText(fitting, IN_CHARSET.has(vr) ? charset : { label: "latin1", extended: false }) ?? dummyOf(vr);
  });
  const slash = Buffer.from("\\");
  return Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [slash, part])));
}

/** Bytes that stand for a removed value of the VR: text of its kind, or a zero. */
export function dummyOf(vr: string): Uint8Array {
  const text = Object.hasOwn(DUMMIES, vr) ? DUMMIES[vr] : undefined;
  return text === undefined ? new Uint8Array(Math.max(2, vr === "AT" ? 4 : unitOf(vr))) : Buffer.from(text, "latin1");
}

/** What an operator answered, as a value of the VR: a year as its first of January, what cannot be one as a dummy. */
function fitted(value: string, vr: string): string {
  const plain = SINGLE.has(vr) ? value.replace(/[^\P{Cc}\t\n\f\r]/gu, " ") : value.replace(/[\\\p{Cc}]/gu, " ");
  const fits = FORMS[vr];
  const formed = (vr === "DA" || vr === "DT") && /^\d{4}$/.test(plain) ? `${plain}0101` : plain;
  const cut = [...formed].slice(0, LONGEST[vr] ?? formed.length).join("");
  if (cut === "" || !fits || fits.test(cut)) return cut;
  return DUMMIES[vr] ?? "";
}

const FORMS: Readonly<Record<string, RegExp>> = {
  AS: /^\d{3}[DWMY]$/,
  CS: /^[A-Z0-9_ ]*$/,
  DA: /^\d{8}$/,
  DS: /^[-+0-9.eE ]+$/,
  DT: /^\d{4,14}(\.\d{1,6})?([+-]\d{4})?$/,
  IS: /^[-+0-9 ]+$/,
  TM: /^\d{2,6}(\.\d{1,6})?$/,
  UI: /^[0-9.]+$/,
};
