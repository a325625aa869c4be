import { structFrom, structsOf, text, textOf } from "./fields.ts";
import type { Footer } from "./footer.ts";
import { newArrowHint } from "./metadata-arrow.ts";
import { newGeo, newPandas } from "./metadata-json.ts";
import { newSpark } from "./metadata-spark.ts";
import type { RewritePlan } from "./rewrite-plan.ts";
import type { ParquetSchema } from "./schema.ts";
import { ARROW_SCHEMA } from "./schema-hints.ts";
import type { ThriftStruct } from "./thrift.ts";

/** What the columns of a file were and what becomes of them. */
export interface Change {
  readonly parquet: ParquetSchema;
  readonly plan: RewritePlan;
  /** A column was dropped, or is of another type, or takes nulls now. */
  readonly reshaped: boolean;
}

/** The value after the change; undefined where it cannot be kept. */
type Rebuild = (value: string, change: Change) => string | undefined;

const keep: Rebuild = (value) => value;
/** A schema in a form that is not rebuilt here: true only as long as the columns are what they were. */
const keepShape: Rebuild = (value, { reshaped }) => (reshaped ? undefined : value);

/**
 * The keys that are kept, next to `ARROW:schema`: those under which writers put schemas and versions. A user's own keys may hold anything, so
 * they do not stay, and neither do keys with samples of the data, such as Hudi's smallest and largest record key.
 */
const KNOWN: ReadonlyMap<string, Rebuild> = new Map<string, Rebuild>([
  ["pandas", newPandas],
  ["org.apache.spark.sql.parquet.row.metadata", newSpark],
  ["geo", newGeo],
  ["org.apache.spark.version", keep],
  ["org.apache.spark.timeZone", keep],
  ["org.apache.spark.legacyDateTime", keep],
  ["org.apache.spark.legacyINT96", keep],
  ["writer.model.name", keep],
  ["writer.date.proleptic", keep],
  ["writer.time.zone", keep],
  ["parquet.avro.schema", keepShape],
  ["avro.schema", keepShape],
  ["iceberg.schema", keepShape],
  ["parquet.proto.class", keepShape],
  ["parquet.proto.descriptor", keepShape],
  ["thrift.class", keepShape],
  ["thrift.descriptor", keepShape],
]);

/**
 * Key-value metadata of the new file: known keys with the change made in them. A value that cannot be read, or cannot
 * tell the new schema, is left out: readers then go by the file's own schema.
 */
export function newKeyValues(footer: Footer, parquet: ParquetSchema, plan: RewritePlan): readonly ThriftStruct[] {
  const masked = [...plan.alone.values(), ...plan.aligned.values()];
  const reshaped = plan.dropped.size > 0 || masked.some(({ retyped }) => retyped);
  const change = { parquet, plan, reshaped };
  return structsOf(footer.tree, 5).flatMap((pair) => {
    const key = textOf(pair, 1) ?? "";
    const before = textOf(pair, 2);
    const after = before === undefined ? undefined : rebuilt(key, before, change);
    if (after === undefined) return [];
    return [after === before ? pair : structFrom(text(1, key), text(2, after))];
  });
}

function rebuilt(key: string, value: string, change: Change): string | undefined {
  if (key !== ARROW_SCHEMA) return KNOWN.get(key)?.(value, change);
  // Arrow's schema repeats the file's key-values, and pyarrow reads them there.
  return newArrowHint(value, change, (inner, before) =>
    inner === ARROW_SCHEMA ? undefined : rebuilt(inner, before, change),
  );
}
