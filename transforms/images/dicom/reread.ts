import dicomParser from "dicom-parser";
import { MaskingError } from "../../../src/errors.ts";
import { type Encoding, tagText } from "./element.ts";
import type { Written } from "./writer.ts";

/**
 * Reads the head of a masked file (all up to its pixels) again with another parser, and compares tags and depths with
 * `elements`, what was meant to be written there. Throws CHECK_FAILED where they differ: then a reader may see other
 * than what was masked. What that parser is known to misread is not asked of it: 64-bit VRs, implicit elements among
 * explicit ones, sequences of VR UN, an element twice.
 */
export function checkReread(head: Uint8Array, elements: readonly Written[], encoding: Encoding): void {
  if (isMisread(elements, encoding)) return;
  let read: readonly string[];
  try {
    read = parsed(dicomParser.parseDicom(head), 0).filter((tag) => !/^0 \(0002,|\(FFFE,/.test(tag));
  } catch {
    throw new MaskingError("CHECK_FAILED");
  }
  const wanted = elements.flatMap((each) => tagsOf(each, 0));
  if (wanted.length !== read.length || wanted.some((tag, i) => tag !== read[i])) throw new MaskingError("CHECK_FAILED");
}

function isMisread(elements: readonly Written[], { explicit }: Encoding): boolean {
  if (new Set(elements.map(({ tag }) => tag)).size < elements.length) return true;
  return elements.some(({ vr, encoding, items }) => {
    if (vr === "OV" || vr === "SV" || vr === "UV" || (vr === "UN" && items !== undefined)) return true;
    if (encoding.explicit !== explicit) return true;
    return (items ?? []).some((item) => isMisread(item.elements, encoding));
  });
}

/** `depth (gggg,eeee)` of an element and all within. */
function tagsOf(element: Written, depth: number): readonly string[] {
  const within = (element.items ?? []).flatMap((item) =>
    item.elements.flatMap((each: Written) => tagsOf(each, depth + 1)),
  );
  return [`${depth} ${tagText(element.tag)}`, ...within];
}

function parsed({ elements }: dicomParser.DataSet, depth: number): readonly string[] {
  return Object.values(elements).flatMap(({ tag, items }) => [
    `${depth} (${tag.slice(1, 5)},${tag.slice(5)})`.toUpperCase(),
    ...(items ?? []).flatMap((item) => (item.dataSet ? parsed(item.dataSet, depth + 1) : [])),
  ]);
}
