import type { RecordBatch, Schema } from "apache-arrow";
import { batchOf, cellsOf } from "../batch.ts";
import { writeCells } from "../columns.ts";
import { MaskingError } from "../errors.ts";
import { once } from "../stream.ts";
import { maskPart } from "../table.ts";
import type { Cell, RunContext } from "../types.ts";
import { cellOf, jsonOf } from "./cells.ts";
import { type Column, leavesOf, type StreamPlan } from "./columns.ts";
import { type Edit, edited, type Member, membersOf } from "./spans.ts";

/** A record within a text that `JSON.parse` accepts: `start` is its brace. */
export interface RecordText {
  readonly text: string;
  readonly start: number;
  /** Counts from 1, for errors. */
  readonly line: number;
}

interface Found extends RecordText {
  readonly members: readonly Member[];
  /** Values by leaf. */
  readonly values: ReadonlyMap<string, Member>;
}

/**
 * The masked records, as JSON: what no rule touches is copied as it stands. Throws COLUMN_UNLISTED for a property that
 * the stream's schema lacks where `unlisted` is fail.
 */
export async function maskRecords(
  plan: StreamPlan,
  records: readonly RecordText[],
  unlisted: "fail" | "drop" | "keep",
  run: RunContext,
): Promise<readonly string[]> {
  const found = records.map((record) => find(plan, record, unlisted));
  const batch = rowsOf(plan.schema, found);
  const masked = await applied(batch, plan, found, run);
  const touched = plan.columns.flatMap(leavesOf).filter((column) => column.touched);
  const cells = new Map<string, readonly (Cell | null)[]>();
  for (const { leaf, becomes } of touched) if (becomes) cells.set(leaf, cellsOf(masked, leaf).cells);
  return found.map(({ text, start, members }, row) =>
    rewritten(text, start, members, plan.columns, unlisted, (column) => {
      if (!column.touched) return null;
      return column.becomes && jsonOf(cells.get(column.leaf)![row]!);
    }),
  );
}

function find(plan: StreamPlan, record: RecordText, unlisted: string): Found {
  const values = new Map<string, Member>();
  const look = (columns: readonly Column[], members: readonly Member[]) => {
    for (const member of members) {
      const column = columns.find(({ key }) => key === member.key);
      if (!column) {
        if (unlisted === "fail") throw new MaskingError("COLUMN_UNLISTED", { line: record.line });
      } else if (!column.children) values.set(column.leaf, member);
      else if (record.text[member.start] === "{") look(column.children, membersOf(record.text, member.start));
      else if (record.text.slice(member.start, member.end) !== "null")
        throw new MaskingError("CELL_UNEXAMINED", { column: column.leaf, line: record.line, expected: "an object" });
    }
  };
  const members = membersOf(record.text, record.start);
  look(plan.columns, members);
  return { ...record, members, values };
}

function rowsOf(schema: Schema, found: readonly Found[]): RecordBatch {
  const columns = schema.fields.map(({ name, type }) => {
    const cells = found.map(({ text, line, values }) => {
      const member = values.get(name);
      try {
        return member ? cellOf(text.slice(member.start, member.end), type, name) : null;
      } catch (error) {
        throw error instanceof MaskingError ? error.at({ line }) : error;
      }
    });
    return writeCells(cells as Parameters<typeof writeCells>[0], type, name);
  });
  return batchOf(schema, columns, found.length);
}

async function applied(
  batch: RecordBatch,
  { transforms }: StreamPlan,
  found: readonly Found[],
  run: RunContext,
): Promise<RecordBatch> {
  try {
    for await (const masked of maskPart({ schema: batch.schema, batches: once(batch) }, transforms, run).batches)
      return masked;
  } catch (error) {
    if (!(error instanceof MaskingError) || error.place.row === undefined) throw error;
    const { row, ...place } = error.place;
    throw new MaskingError(error.code, { ...place, line: found[row - 1]?.line ?? 0 });
  }
  throw new MaskingError("CHECK_FAILED", { expected: "as many records as before" });
}

function rewritten(
  text: string,
  start: number,
  members: readonly Member[],
  columns: readonly Column[],
  unlisted: string,
  edit: (column: Column) => Edit,
): string {
  return edited(text, start, members, (member) => {
    const column = columns.find(({ key }) => key === member.key);
    if (!column) return unlisted === "drop" ? undefined : null;
    if (!column.children) return edit(column);
    if (text[member.start] !== "{") return null;
    const inside = membersOf(text, member.start);
    return rewritten(text, member.start, inside, column.children, unlisted, edit);
  });
}
