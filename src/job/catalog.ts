import { MaskingError } from "../errors.ts";
import type { AwsJobOptions, CsvOptions, GlueSourceOptions } from "../jobfile.ts";
import type { Source } from "../source.ts";
import { awsOptions, type StoreFor } from "./stores.ts";

/** A source with what the catalog says of its files. */
export interface OpenSource {
  readonly source: Source;
  readonly csv?: CsvOptions | undefined;
}

/** The source that a job names by its table in the catalog. Throws what `catalogedFiles` throws, and SOURCE_MISSING. */
export async function openCatalogSource(
  { database, table, catalog_id, expression }: GlueSourceOptions,
  aws: AwsJobOptions | undefined,
  storeFor: StoreFor,
): Promise<OpenSource> {
  const { catalogedFiles } = await import("../../connectors/glue/source.ts");
  const named = { ...awsOptions(aws), database, table, ...(catalog_id !== undefined && { catalogId: catalog_id }) };
  const { location, format, csv, partitionBy, partitions } = await catalogedFiles(named, expression);
  if (partitions?.length === 0) throw new MaskingError("SOURCE_MISSING", { key: "source.glue.expression" });
  const parts = partitions?.map((partition) => ({
    root: partition.location,
    partition: partitionBy.map((column, at) => [column, partition.values[at] ?? null] as const),
  }));
  const source = { store: await storeFor(location), root: location, format, ...(parts && { parts }) };
  return { source, ...(csv && { csv }) };
}
