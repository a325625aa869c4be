/** Units and their new pages as plain objects that one thread may send to another. */
import { type DataType, Field, RecordBatchReader, RecordBatchStreamWriter, Schema } from "apache-arrow";
import type { Part } from "../../src/types.ts";
import type { NewPage } from "./page-writer.ts";
import type { Page } from "./pages.ts";
import type { MaskedLeaf } from "./rewrite-plan.ts";
import type { Unit } from "./rewrite-units.ts";

/** What goes over. */
interface SentUnit {
  readonly unit: Unit;
  readonly leaf: Omit<MaskedLeaf, "type" | "leaf"> & { readonly leaf: Omit<MaskedLeaf["leaf"], "type"> };
  /** The types before and after the mask, as an Arrow stream without batches. */
  readonly types: Uint8Array;
}

/** What comes back. */
interface SentPages {
  readonly pages: readonly NewPage[];
}

export function sentUnit({ pages, ...unit }: Unit, masked: MaskedLeaf): Part {
  const moved: ArrayBuffer[] = [];
  const { type, leaf, ...rest } = masked;
  const { type: before, ...place } = leaf;
  const sent: SentUnit = {
    unit: { ...unit, pages: pages.map((page) => sentPage(page, moved)) },
    leaf: { ...rest, leaf: place },
    types: typeBytes([before, type]),
  };
  return { work: sent, moved };
}

export function receivedUnit(work: Part["work"]): { readonly unit: Unit; readonly leaf: MaskedLeaf } {
  const { unit, leaf, types } = work as SentUnit;
  const [before, after] = RecordBatchReader.from(types).open().schema.fields;
  return { unit, leaf: { ...leaf, type: after!.type, leaf: { ...leaf.leaf, type: before!.type } } };
}

export function sentPages(pages: readonly NewPage[]): Part {
  const moved: ArrayBuffer[] = [];
  return {
    work: { pages: pages.map((page) => ({ ...page, bytes: owned(page.bytes, moved) })) } satisfies SentPages,
    moved,
  };
}

export function unitPages(work: Part["work"]): readonly NewPage[] {
  return (work as SentPages).pages;
}

/** A copy: what holds the bytes may be larger, and is used here. */
function owned(bytes: Uint8Array, moved: ArrayBuffer[]): Uint8Array {
  const copy = new Uint8Array(bytes);
  moved.push(copy.buffer);
  return copy;
}

function sentPage(page: Page, moved: ArrayBuffer[]): Page {
  return { ...page, own: numbersOf(page), body: owned(page.body, moved) };
}

/** Statistics, which hold texts, stay here: no reader of values looks at them. */
function numbersOf({ own }: Page): Page["own"] {
  return { fields: own.fields.filter(({ value }) => typeof value !== "object") };
}

function typeBytes(types: readonly DataType[]): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, new Schema(types.map((type, i) => new Field(`${i}`, type, true))));
  return writer.finish().toUint8Array(true);
}
