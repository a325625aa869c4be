import type { GlueCsv } from "../../connectors/glue.ts";
import type { Catalog } from "../catalog-types.ts";
import { MaskingError } from "../errors.ts";
import { unpacked } from "../gzip.ts";
import type { AwsJobOptions, CsvOptions, GlueOptions, GlueSourceOptions, GlueTargetOptions } from "../jobfile.ts";
import type { Source } from "../source.ts";
import type { Target } from "../target.ts";
import { awsOptions, type StoreFor } from "./stores.ts";

/** A source with what the catalog says of its files. */
export interface OpenSource {
  readonly source: Source;
  readonly csv?: CsvOptions | undefined;
}

/** The source that a job names by its table in the catalog. Throws what `catalogedFiles` throws, and SOURCE_MISSING. */
export async function openCatalogSource(
  { expression, ...glue }: GlueSourceOptions,
  aws: AwsJobOptions | undefined,
  storeFor: StoreFor,
): Promise<OpenSource> {
  const { catalogedFiles } = await import("../../connectors/glue/source.ts");
  const { location, format, csv, partitionBy, partitions } = await catalogedFiles(named(glue, aws), expression);
  if (partitions?.length === 0) throw new MaskingError("SOURCE_MISSING", { key: "source.glue.expression" });
  const parts = partitions?.map((partition) => ({
    root: partition.location,
    partition: partitionBy.map((column, at) => [column, partition.values[at] ?? null] as const),
  }));
  const source = { store: await storeFor(location), root: location, format, ...(parts && { parts }) };
  return { source, ...(csv && { csv }) };
}

/** The catalog that a job publishes to. Throws JOB_INVALID where its target is not a folder on S3. */
export async function openCatalog(
  glue: GlueTargetOptions,
  target: Target,
  aws: AwsJobOptions | undefined,
  csv: CsvOptions = {},
): Promise<Catalog> {
  if (target.store.name !== "s3" || target.fileName !== undefined) {
    throw new MaskingError("JOB_INVALID", { key: "target.glue", expected: "a folder on S3 as target.path" });
  }
  const { glueCatalog } = await import("../../connectors/glue.ts");
  const { lf_tags: lfTags } = glue;
  return glueCatalog({
    ...named(glue, aws),
    root: target.root,
    csv: await csvOf(csv, target),
    ...(lfTags && { lfTags }),
  });
}

function named({ database, table, catalog_id: catalogId }: GlueOptions, aws: AwsJobOptions | undefined) {
  return { ...awsOptions(aws), database, table, ...(catalogId !== undefined && { catalogId }) };
}

/** Every CSV file of a version is read through: masks copy the cells that they do not touch, so nobody has seen them all. */
async function csvOf(options: CsvOptions, { store }: Target): Promise<GlueCsv> {
  const [{ resolveDialect }, { goesByLine }] = await Promise.all([
    import("../../connectors/csv/dialect.ts"),
    import("../../connectors/csv/lines.ts"),
  ]);
  const { types: _, ...dialect } = options;
  const { delimiter, quote, header } = resolveDialect({ ...dialect, encoding: "utf-8" });
  return {
    delimiter: delimiter.toString(),
    quote: quote?.toString() ?? "",
    header,
    encoding: dialect.encoding ?? "utf-8",
    async goesByLine(location) {
      for await (const { uri } of store.list(location)) {
        if (/(^|\/)[_.]/.test(uri.slice(location.length))) continue;
        if (!(await goesByLine(unpacked(store.read(uri)), quote?.[0]))) return false;
      }
      return true;
    },
  };
}
