/** Values of a data set's own attributes, as the pixels' description needs them. */
import { DEFAULT_CHARSET } from "./charset.ts";
import type { Element } from "./element.ts";
import type { DicomFile } from "./file.ts";
import { textsOf } from "./values.ts";

/** Looks up the elements of one data set by tag. */
export interface Attributes {
  element(tag: number): Element | undefined;
  /** The numbers of a text or 16/32-bit element; none where it is missing or empty. */
  numbers(tag: number): readonly number[];
  /** The first number, or what stands for it where there is none. */
  number(tag: number, otherwise: number): number;
  /** The values of a text element. */
  texts(tag: number): readonly string[];
}

export function attributesOf({ elements, data }: Pick<DicomFile, "elements" | "data">): Attributes {
  const byTag = new Map(elements.map((element) => [element.tag, element]));
  const texts = (tag: number): readonly string[] => {
    const found = byTag.get(tag);
    return found && !found.items ? textsOf(found, "CS", data, DEFAULT_CHARSET).map((text) => text.trim()) : [];
  };
  const numbers = (tag: number): readonly number[] => {
    const found = byTag.get(tag);
    if (!found || found.items) return [];
    return found.vr === "DS" || found.vr === "IS" ? texts(tag).map(Number) : binary(found, data);
  };
  return {
    element: (tag) => byTag.get(tag),
    numbers,
    number: (tag, otherwise) => numbers(tag)[0] ?? otherwise,
    texts,
  };
}

function binary(element: Element, data: Uint8Array): readonly number[] {
  const { from, to, vr, encoding } = element;
  const view = new DataView(data.buffer, data.byteOffset + from, to - from);
  const size = vr === "UL" || vr === "SL" || vr === "FL" ? 4 : vr === "FD" ? 8 : 2;
  return Array.from({ length: Math.floor(view.byteLength / size) }, (_, i) => {
    const at = i * size;
    if (vr === "UL") return view.getUint32(at, encoding.little);
    if (vr === "SL") return view.getInt32(at, encoding.little);
    if (vr === "FL") return view.getFloat32(at, encoding.little);
    if (vr === "FD") return view.getFloat64(at, encoding.little);
    return vr === "SS" ? view.getInt16(at, encoding.little) : view.getUint16(at, encoding.little);
  });
}
