import {
  DataType,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  List,
  makeVector,
  Struct,
  Table,
  TimestampMicrosecond,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import type { BatchStream } from "phimask";
import type { Encounter } from "./encounters.ts";

/** A column: how a row's value is found, and the type that holds it. */
type Column = readonly [name: string, type: DataType, value: (row: Encounter) => unknown];

const text = new Utf8();
const contact = new Struct([
  new Field("name", text, true),
  new Field("relation", text, true),
  new Field("phone", text, true),
]);

const COLUMNS: readonly Column[] = [
  ["encounter_id", text, ({ id }) => id],
  ["patient_id", text, ({ person }) => person.id],
  ["mrn", text, ({ person }) => person.mrn],
  ["first_name", text, ({ person }) => person.first],
  ["last_name", text, ({ person }) => person.last],
  ["sex", new Dictionary(text, new Int32(), 1), ({ person }) => person.sex],
  ["birth_date", new DateDay(), ({ person }) => new Date(person.birth)],
  ["age", new Int32(), ({ person }) => person.age],
  ["phone", text, ({ person }) => person.phone],
  ["email", text, ({ person }) => person.email],
  ["ssn", text, ({ person }) => person.ssn],
  ["street", text, ({ person }) => person.street],
  ["city", text, ({ person }) => person.city],
  ["state", new Dictionary(text, new Int32(), 2), ({ person }) => person.state],
  ["zip", text, ({ person }) => person.zip],
  ["admitted_at", new TimestampMicrosecond(), ({ admitted }) => microseconds(admitted)],
  ["discharged", new DateDay(), ({ discharged }) => discharged && new Date(discharged)],
  ["department", new Dictionary(text, new Int32(), 3), ({ department }) => department],
  ["charge", new Float64(), ({ charge }) => charge],
  ["note", text, ({ note }) => note?.text],
];

/** The table with nested columns, as Parquet and Arrow hold it. */
export function fullTable(rows: readonly Encounter[]): BatchStream {
  return tableOf(rows, [
    ...COLUMNS,
    ["diagnoses", listOf(text), ({ diagnoses }) => diagnoses],
    ["contacts", listOf(contact), ({ contacts }) => contacts],
  ]);
}

/** The same table as CSV can hold it: a row's diagnoses in one cell, and no contacts. */
export function flatTable(rows: readonly Encounter[]): BatchStream {
  return tableOf(rows, [...COLUMNS, ["diagnoses", text, ({ diagnoses }) => diagnoses.join(";")]]);
}

function tableOf(rows: readonly Encounter[], columns: readonly Column[]): BatchStream {
  const vectors = columns.map(([name, type, value]): [string, Vector] => [name, vectorOf(rows.map(value), type)]);
  const table = new Table(Object.fromEntries(vectors));
  return { schema: table.schema, batches: each(table.batches) };
}

/** Arrow's own builder takes instants as `Date`s, which end at milliseconds. */
function vectorOf(values: readonly unknown[], type: DataType): Vector {
  if (!DataType.isTimestamp(type)) return vectorFromArray(values, type) as Vector;
  return makeVector({ type, data: BigInt64Array.from(values as bigint[]) }) as Vector;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}

function listOf(type: DataType): List {
  return new List(new Field("element", type, true));
}

/** Microseconds since 1970 of an ISO instant in UTC with six digits after the second. */
function microseconds(instant: string): bigint {
  return BigInt(Date.parse(`${instant.slice(0, 19)}Z`)) * 1000n + BigInt(instant.slice(20, 26));
}
