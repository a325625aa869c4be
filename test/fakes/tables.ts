import {
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  type RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { batchOf, cellsOf } from "../../src/batch.ts";
import type { Cell, Leaf } from "../../src/types.ts";

/** Planted in every cell of the columns that tests mask or drop: no output may hold it. */
export const PLANTED = "Zanzibar-Quillfeather";

const LEAVES = ["name", "note", "region"];
const TYPED_LEAVES = [...LEAVES, "ward", "home.line", "visits.place", "tags"];

/** The leaves of text that tests mask. */
export function leavesOf(typed: boolean): readonly Leaf[] {
  return typed ? TYPED_LEAVES : LEAVES;
}

/** Batches of rows with nulls, repeated values, quotes, line breaks and letters beyond ASCII. */
export function tableOf(typed: boolean, batches: number, rows: number): RecordBatch[] {
  const line = new Field("line", new Utf8(), true);
  const types: Record<string, DataType> = { name: new Utf8(), note: new Utf8(), region: new Utf8() };
  const nested = {
    age: new Int32(),
    seen: new TimestampMicrosecond(),
    born: new DateDay(),
    weight: new Float64(),
    big: new Int64(),
    alive: new Bool(),
    ward: new Dictionary(new Utf8(), new Int32()),
    home: new Struct([line, new Field("number", new Int32(), true)]),
    visits: new List(new Field("item", new Struct([new Field("place", new Utf8(), true)]), true)),
    tags: new List(new Field("item", new Utf8(), true)),
  };
  const columns = typed ? { ...types, ...nested } : types;
  const schema = new Schema(Object.entries(columns).map(([name, type]) => new Field(name, type, true)));
  return Array.from({ length: batches }, (_, batch) => {
    const data = schema.fields.map(({ name, type }) => {
      const cells = Array.from({ length: rows }, (_, row) => cellAt(name, batch * rows + row));
      return vectorFromArray(cells, type).data[0]!;
    });
    return batchOf(schema, data, rows);
  });
}

function cellAt(column: string, row: number): unknown {
  if (row % 7 === 3) return null;
  const text = `${PLANTED} ${column} ${row % 5 === 0 ? 'said "so",\nthen left' : `no. ${row % 11} Ünïcödé`}`;
  switch (column) {
    case "age":
      return row % 100;
    case "seen":
      return new Date(1_600_000_000_000 + row * 1001);
    case "born":
      return new Date(row * 86_400_000);
    case "weight":
      return row / 3;
    case "big":
      return 2n ** 60n + BigInt(row);
    case "alive":
      return row % 2 === 0;
    case "region":
    case "ward":
      return `${PLANTED} ${column} ${row % 3}`;
    case "home":
      return { line: row % 4 === 1 ? null : text.replace(" home ", " home.line "), number: row };
    case "visits":
      return Array.from({ length: row % 3 }, (_, i) => ({
        place: i === 1 ? null : `${PLANTED} visits.place ${row} ${i}`,
      }));
    case "tags":
      return Array.from({ length: row % 4 }, (_, i) => (i === 2 ? null : `${PLANTED} tags ${row}`));
    default:
      return text;
  }
}

/** Every leaf's values. A leaf under lists gives the values of each row that has one, without nulls. */
export function cellsOfTable(table: readonly RecordBatch[]): Record<Leaf, (Cell | null)[]> {
  const leaves = table[0]!.schema.fields.flatMap(({ name }) => {
    if (name === "home") return ["home.line", "home.number"];
    return name === "visits" ? ["visits.place"] : [name];
  });
  return Object.fromEntries(leaves.map((leaf) => [leaf, table.flatMap((batch) => flat(batch, leaf))]));
}

function flat(batch: RecordBatch, leaf: Leaf): (Cell | null)[] {
  const { cells, rows } = cellsOf(batch, leaf);
  return rows ? cells.filter((cell, i) => cell !== null && rows[i]! >= 0) : [...cells];
}

/** Names and types as a reader sees them: the names of list elements and the numbers of dictionaries are the format's own. */
export function shapeOf(schema: Schema): readonly string[] {
  return schema.fields.map(({ name, type }) => `${name}: ${type}`);
}
