/** What pandas notes of a table in its schema: https://pandas.pydata.org/docs/development/developer.html */
import { DataType } from "apache-arrow";

/** What becomes of a column: `type` where it is another one than before. */
export interface ColumnAfter {
  readonly name: string;
  readonly dropped: boolean;
  readonly type: DataType | undefined;
}

interface Pair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** The pairs with the value of `pandas` brought up to date; one that is not what pandas writes is left out. */
export function pandasAfter<P extends Pair>(pairs: readonly P[], columns: readonly ColumnAfter[]): readonly P[] {
  if (columns.every(({ dropped, type }) => !dropped && !type)) return pairs;
  return pairs.flatMap((pair) => {
    if (Buffer.from(pair.key).toString("latin1") !== "pandas") return [pair];
    const text = pandasJson(Buffer.from(pair.value).toString("utf8"), columns);
    return text === undefined ? [] : [{ ...pair, value: Buffer.from(text, "utf8") }];
  });
}

/** The JSON that pandas keeps under `pandas`, brought up to date; undefined where it is not of that form. */
export function pandasJson(text: string, columns: readonly ColumnAfter[]): string | undefined {
  const after = new Map(columns.map((column) => [column.name, column]));
  try {
    const noted = JSON.parse(text) as { columns: Noted[]; index_columns: unknown[] };
    const kept = (name: unknown) => !after.get(String(name))?.dropped;
    const described = noted.columns.flatMap((column) => {
      const { dropped, type } = after.get(String(column.field_name ?? column.name)) ?? {};
      if (dropped) return [];
      return [type ? { ...column, ...pandasType(type), metadata: null } : column];
    });
    const index = noted.index_columns.filter((name) => typeof name !== "string" || kept(name));
    return JSON.stringify({ ...noted, columns: described, index_columns: index });
  } catch {
    return undefined;
  }
}

interface Noted {
  readonly name: string | null;
  readonly field_name?: string;
}

function pandasType(type: DataType): { readonly pandas_type: string; readonly numpy_type: string } {
  const same = (name: string) => ({ pandas_type: name, numpy_type: name });
  if (DataType.isInt(type)) return same(`${type.isSigned ? "int" : "uint"}${type.bitWidth}`);
  if (DataType.isFloat(type)) return same(`float${16 << type.precision}`);
  if (DataType.isBool(type)) return same("bool");
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) {
    return { pandas_type: "unicode", numpy_type: "object" };
  }
  if (DataType.isDate(type)) return { pandas_type: "date", numpy_type: "object" };
  if (DataType.isTimestamp(type)) return { pandas_type: "datetime", numpy_type: "datetime64[ns]" };
  return { pandas_type: "object", numpy_type: "object" };
}
