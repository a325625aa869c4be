import { structsOf, textOf } from "./fields.ts";
import type { Footer } from "./footer.ts";
import type { RewritePlan } from "./rewrite-plan.ts";
import type { ThriftStruct } from "./thrift.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "ARROW:schema",
  "pandas",
  "org.apache.spark.version",
  "org.apache.spark.sql.parquet.row.metadata",
]);

/** Key-value metadata of the new file. */
export function newKeyValues(footer: Footer, plan: RewritePlan): readonly ThriftStruct[] {
  return structsOf(footer.tree, 5).filter((pair) => KNOWN.has(textOf(pair, 1) ?? ""));
}
