/** What becomes of a single value. An element whose value comes out the same is the very one that was read. */
import { MaskingError } from "../../../src/errors.ts";
import type { Subject } from "../../../src/types.ts";
import type { CellMask } from "../../operators/apply.ts";
import type { Charset } from "./charset.ts";
import type { Element } from "./element.ts";
import type { HeaderRules } from "./rules.ts";
import { bytesOf, dummyOf, isString, textsOf } from "./values.ts";
import { type Written, withValue } from "./writer.ts";

interface Within {
  readonly data: Uint8Array;
  readonly charset: Charset;
}
interface For {
  readonly rules: HeaderRules;
  readonly subject: Subject;
}

export function emptied(element: Element): Written {
  return element.from === element.to ? element : withValue(element, new Uint8Array());
}

/** Each value of a text element changed. */
export function withTexts(
  element: Element,
  vr: string,
  { data, charset }: Within,
  change: (text: string) => string,
): Written {
  const texts = textsOf(element, vr, data, charset);
  const changed = texts.map((text) => (text === "" ? text : change(text)));
  if (changed.every((text, i) => text === texts[i])) return element;
  return withValue(element, bytesOf(changed, vr, charset));
}

export function uids(element: Element, within: Within, uid: (uid: string) => string): Written {
  return withTexts(element, "UI", within, uid);
}

/** Dates moved by the days of the subject, times of day as they are; a date that cannot be read becomes a dummy. */
export function shifted(element: Element, vr: string, within: Within, { rules, subject }: For): Written | undefined {
  if (vr === "TM" || (vr === "SH" && element.tag === 0x00080201)) return element;
  if (vr !== "DA" && vr !== "DT") return undefined;
  return withTexts(element, vr, within, (text) => {
    // The written form of Version 3 before 1993 had points.
    const found = /^(\d{4})\.?(\d\d)\.?(\d\d)(.*)$/.exec(text);
    const day = found && answered(rules.shift!, `${found[1]}${found[2]}${found[3]}`, subject);
    return typeof day === "string" ? day + (vr === "DT" ? found![4]! : "") : dummyText(vr);
  });
}

/** The operator's answer to each value, in the VR's form. A person's name is asked component by component. */
export function masked(
  element: Element,
  vr: string,
  mask: CellMask,
  within: Within,
  { subject }: For,
): Written | undefined {
  if (!isString(vr)) return withValue(element, dummyOf(vr));
  const ask = (text: string): string => answered(mask, text, subject) ?? "";
  if (vr === "AS") return withTexts(element, vr, within, (text) => agedBy(text, ask));
  if (vr !== "PN") return withTexts(element, vr, within, ask);
  return withTexts(element, vr, within, (text) => text.replace(/[^=^]+/g, (component) => ask(component.trim())));
}

function agedBy(text: string, ask: (text: string) => string): string {
  const years = /^(\d{3})Y$/.exec(text);
  if (!years) return /^\d{3}[DWM]$/.test(text) ? text : dummyText("AS");
  const answer = /^\d+/.exec(ask(String(Number(years[1]))));
  return answer ? `${answer[0].padStart(3, "0")}Y` : dummyText("AS");
}

/** The operator's answer as text; undefined where it cannot read the value, empty where its answer is none. */
function answered(mask: CellMask, text: string, subject: Subject): string | undefined {
  try {
    const answer = mask.mask(text, subject);
    return answer === null ? "" : String(answer);
  } catch (error) {
    // A subject that is missing is no fault of the value.
    const unread = error instanceof MaskingError && error.code === "CELL_UNEXAMINED";
    if (unread && error.place.expected === undefined) return undefined;
    throw error;
  }
}

function dummyText(vr: string): string {
  return Buffer.from(dummyOf(vr)).toString("latin1");
}
