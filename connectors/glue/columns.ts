import type { Column } from "@aws-sdk/client-glue";
import type { Dataset } from "../../src/catalog-types.ts";
import { hiveType, unfit } from "./types.ts";

/** Parameter of a column that says by which mask it was made. */
const MASKED = "phimask.masked";
/** The same at the end of a column's comment, for people. */
const MARK = / ?\[masked: [^\]]*\]$/;
/** Glue's limits, in characters. */
const NAME = 255;
const COMMENT = 255;

/**
 * The dataset's columns as Glue lists them, those in folder names left out. What stands in the catalog by the same name
 * keeps its comment and its other parameters. Throws CATALOG_UNFIT for a column that Glue cannot list.
 */
export function columnsOf(dataset: Dataset, textOnly: boolean, before: readonly Column[]): Column[] {
  const inFolders = new Set(dataset.partitionBy.map((name) => name.toLowerCase()));
  const old = new Map(before.map((column) => [column.Name, column]));
  const seen = new Set<string>();
  return dataset.schema.fields.flatMap((field) => {
    const name = columnName(field.name);
    if (seen.has(name)) throw unfit(field.name, "columns whose names differ by more than case");
    seen.add(name);
    if (inFolders.has(name)) {
      // Readers of CSV go by position, so a column that is left out here would move all behind it.
      if (textOnly) throw unfit(field.name, "a column that stands in the files or in folder names, not in both");
      return [];
    }
    const type = textOnly ? "string" : hiveType(field);
    return [marked({ ...old.get(name), Name: name, Type: type }, masksOf(dataset.masked, field.name))];
  });
}

/** Partition columns; types that stand in the catalog are kept, since values are text whatever they are called. */
export function partitionKeysOf(dataset: Dataset, before: readonly Column[]): Column[] {
  const old = new Map(before.map((column) => [column.Name, column]));
  return dataset.partitionBy.map((column) => {
    const name = columnName(column);
    return marked({ Type: "string", ...old.get(name), Name: name }, masksOf(dataset.masked, column));
  });
}

function columnName(name: string): string {
  if (name === "" || name.length > NAME) throw unfit(name, "a column name of 1 to 255 characters");
  return name.toLowerCase();
}

/** Masks of a top-level column and of all that lies within it, each once. */
function masksOf(masked: Dataset["masked"], column: string): readonly string[] {
  const within = Object.entries(masked).filter(([leaf]) => leaf === column || leaf.startsWith(`${column}.`));
  return [...new Set(within.map(([, mask]) => mask))].sort();
}

function marked(column: Column, masks: readonly string[]): Column {
  const { [MASKED]: _, ...parameters } = column.Parameters ?? {};
  const own = (column.Comment ?? "").replace(MARK, "");
  const mark = masks.length === 0 ? "" : `[masked: ${masks.join(", ")}]`;
  const comment = [own, mark].filter((part) => part !== "").join(" ");
  const { Comment: __, Parameters: ___, ...rest } = column;
  const all = { ...parameters, ...(masks.length > 0 && { [MASKED]: masks.join(",") }) };
  return {
    ...rest,
    ...(comment !== "" && { Comment: comment.length > COMMENT ? own : comment }),
    ...(Object.keys(all).length > 0 && { Parameters: all }),
  };
}
