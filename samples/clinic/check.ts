import { cellsOf, readable } from "phimask";
import { fileStore } from "phimask/connectors/files";
import { parquetFormat } from "phimask/connectors/parquet/format";
import { type Encounter, makeEncounters } from "./encounters.ts";
import { COUNT, inFileOrder } from "./make.ts";

/** A planted piece of a note that the masked note still has. */
export interface Left {
  readonly encounter: Encounter;
  readonly piece: string;
}

/** How many pieces that identify somebody were planted in the notes, and which of them a masked dataset still has. */
export interface Check {
  readonly planted: number;
  readonly left: readonly Left[];
}

/** Looks for every planted piece in the masked note of its own row: `folder` holds the Parquet job's output. */
export async function checkNotes(folder: string): Promise<Check> {
  const encounters = inFileOrder(makeEncounters(COUNT));
  const notes = await notesOf(folder);
  if (notes.length !== encounters.length) throw new Error(`${notes.length} notes for ${encounters.length} encounters`);
  let planted = 0;
  const left: Left[] = [];
  for (const [row, encounter] of encounters.entries()) {
    for (const piece of new Set(encounter.note?.planted)) {
      if (!encounter.note!.text.includes(piece)) continue;
      planted += 1;
      if (holds(notes[row] ?? "", piece)) left.push({ encounter, piece });
    }
  }
  return { planted, left };
}

/** True where a text has the piece as words of its own: `Rath` is not in `Rather`. */
export function holds(text: string, piece: string): boolean {
  if (!text.includes(piece)) return false;
  const words = piece.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${words}(?![\\p{L}\\p{N}])`, "u").test(text);
}

async function notesOf(folder: string): Promise<readonly (string | null)[]> {
  const store = fileStore();
  const notes: (string | null)[] = [];
  for await (const object of store.list(`${folder}/`)) {
    if (!object.uri.endsWith(".parquet")) continue;
    const { batches } = await parquetFormat().read(readable(store, object), ["note"]);
    for await (const batch of batches) notes.push(...(cellsOf(batch, "note").cells as (string | null)[]));
  }
  return notes;
}
