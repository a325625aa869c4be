import { cellsOf, type ReadableObject, readable } from "phimask";
import { fileStore } from "phimask/connectors/files";
import { parquetFormat } from "phimask/connectors/parquet/format";

/** The columns that tell the story; a line of 110 characters holds those before the note. */
const SHOWN = ["patient_id", "first_name", "last_name", "birth_date", "age", "phone", "zip", "note"];
const FILE = "region=east/part-0.parquet";
const WIDTH = 110;

/** Some rows of a dataset and of its masked twin, one under the other, as people read them. */
export async function beforeAndAfter(before: string, after: string, count: number): Promise<string> {
  const [was, is] = await Promise.all([rowsOf(`${before}/${FILE}`), rowsOf(`${after}/${FILE}`)]);
  const chosen = was.flatMap((row, at) => (tellsAStory(row) ? [at] : [])).slice(0, count);
  return chosen.map((at) => `\nbefore  ${lines(was[at]!)}\nafter   ${lines(is[at]!)}`).join("\n");
}

type Row = readonly string[];

/** A note that fits on a few lines and says who it is about. */
function tellsAStory(row: Row): boolean {
  const note = row.at(-1)!;
  return note.length < 480 && note.includes(row[SHOWN.indexOf("first_name")]!);
}

async function rowsOf(path: string): Promise<readonly Row[]> {
  const { batches } = await parquetFormat().read(await object(path), SHOWN);
  const rows: Row[] = [];
  for await (const batch of batches) {
    const columns = SHOWN.map((leaf) => cellsOf(batch, leaf).cells);
    for (let row = 0; row < batch.numRows; row++) rows.push(columns.map((cells, at) => text(cells[row], SHOWN[at]!)));
  }
  return rows;
}

async function object(path: string): Promise<ReadableObject> {
  const store = fileStore();
  const found = await store.head(path);
  if (!found) throw new Error(`${path} is not there`);
  return readable(store, found);
}

function text(cell: unknown, column: string): string {
  if (cell === null || cell === undefined) return "(null)";
  if (column !== "birth_date") return String(cell);
  return new Date(Number(cell) * 86_400_000).toISOString().slice(0, 10);
}

function lines(row: Row): string {
  const note = row.at(-1)!.replace(/\s+/g, " ");
  const words = `${row.slice(0, -1).join(" | ")}\n${note}`.split("\n").flatMap(wrapped);
  return words.join("\n        ");
}

function wrapped(line: string): string[] {
  return line.match(new RegExp(`.{1,${WIDTH}}(?= |$)`, "g"))?.map((part) => part.trim()) ?? [];
}
