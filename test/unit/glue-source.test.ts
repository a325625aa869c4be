import { Glue, type StorageDescriptor, type TableInput } from "@aws-sdk/client-glue";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { catalogedFiles } from "../../connectors/glue/source.ts";
import { fakeGlue } from "../fakes/aws/glue.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";

const fake = fakeGlue();
let server: AwsServer;
const options = () => ({ endpoint: server.endpoint, region: "us-east-1", credentials: CALLER });
const read = (expression?: string) =>
  catalogedFiles(
    { ...options(), database: "Clinic", table: "Visits", retries: { attempts: 2, baseMs: 1, capMs: 1 } },
    expression,
  );

beforeAll(async () => {
  server = await awsServer([fake]);
});
afterAll(() => server.close());
beforeEach(() => {
  fake.state.databases.clear();
  fake.state.pageSize = 2;
  fake.addDatabase("clinic");
});

const serde = (library: string, Parameters: Record<string, string> = {}): StorageDescriptor => ({
  Location: "s3://raw/visits",
  SerdeInfo: { SerializationLibrary: `org.apache.hadoop.hive.${library}`, Parameters },
});
const PARQUET = serde("ql.io.parquet.serde.ParquetHiveSerDe");
const OPEN_CSV = serde("serde2.OpenCSVSerde");

async function table(StorageDescriptor: StorageDescriptor, more: Partial<TableInput> = {}): Promise<void> {
  const TableInput = { Name: "visits", StorageDescriptor, ...more };
  await new Glue(options()).createTable({ DatabaseName: "clinic", TableInput });
}

async function partitions(all: readonly (readonly [values: string[], location: string])[]): Promise<void> {
  const PartitionInputList = all.map(([Values, Location]) => ({
    Values,
    StorageDescriptor: { ...PARQUET, Location },
  }));
  await new Glue(options()).batchCreatePartition({ DatabaseName: "clinic", TableName: "visits", PartitionInputList });
}

describe("catalogedFiles", () => {
  it.each<[string, StorageDescriptor, Record<string, string>, object]>([
    ["Parquet", PARQUET, {}, { format: "parquet" }],
    [
      "CSV with quotes and a header",
      OPEN_CSV,
      { "skip.header.line.count": "1" },
      { format: "csv", csv: { delimiter: ",", quote: '"', header: true } },
    ],
    [
      "CSV with characters of its own",
      serde("serde2.OpenCSVSerde", { separatorChar: ";", quoteChar: "'" }),
      {},
      { format: "csv", csv: { delimiter: ";", quote: "'", header: false } },
    ],
    [
      "text without quotes",
      serde("serde2.lazy.LazySimpleSerDe", { "field.delim": "\t", "serialization.null.format": "" }),
      {},
      { format: "csv", csv: { delimiter: "\t", quote: null, header: false, null: "" } },
    ],
  ])("reads %s", async (_, storage, Parameters, expected) => {
    await table(storage, { Parameters });
    expect(await read()).toEqual({ location: "s3://raw/visits/", partitionBy: [], ...expected });
  });

  it("gives the partitions that an expression lets pass, wherever they stand, page by page", async () => {
    const PartitionKeys = ["region", "year"].map((Name) => ({ Name, Type: "string" }));
    await table(PARQUET, { PartitionKeys });
    await partitions([
      [["south", "2025"], "s3://raw/visits/region=south/year=2025"],
      [["north", "2025"], "s3a://elsewhere/n25/"],
      [["north", "2024"], "s3://raw/visits/region=north/year=2024"],
      [["__HIVE_DEFAULT_PARTITION__", "2025"], "s3n://raw/visits/none/"],
    ]);
    const asked = await read("year = '2025'");
    expect(asked.partitionBy).toEqual(["region", "year"]);
    expect(asked.partitions).toEqual([
      { values: ["north", "2025"], location: "s3://elsewhere/n25/" },
      { values: ["south", "2025"], location: "s3://raw/visits/region=south/year=2025/" },
      { values: [null, "2025"], location: "s3://raw/visits/none/" },
    ]);
    expect((await read()).partitions).toHaveLength(4);
    expect((await read("year = '1999'")).partitions).toEqual([]);
    await expect(read("year == 1")).rejects.toMatchObject({ code: "CATALOG_UNFIT" });
  });

  it.each<[string, StorageDescriptor, Partial<TableInput>]>([
    ["a view", PARQUET, { TableType: "VIRTUAL_VIEW" }],
    ["Iceberg", PARQUET, { Parameters: { table_type: "ICEBERG" } }],
    ["Delta by Spark", PARQUET, { Parameters: { "spark.sql.sources.provider": "delta" } }],
    ["a link", PARQUET, { TargetTable: { CatalogId: "1", DatabaseName: "a", Name: "b" } }],
    ["ORC", serde("ql.io.orc.OrcSerde"), {}],
    ["JSON", serde("hcatalog.data.JsonSerDe"), {}],
    ["files on HDFS", { ...PARQUET, Location: "hdfs://name/visits" }, {}],
    ["two lines of header", OPEN_CSV, { Parameters: { "skip.header.line.count": "2" } }],
  ])("refuses %s", async (_, storage, more) => {
    await table(storage, more);
    await expect(read()).rejects.toMatchObject({ code: "INPUT_UNSUPPORTED", place: { key: "source.glue" } });
  });

  it("refuses partitions in another format than the table's", async () => {
    await table(OPEN_CSV, { PartitionKeys: [{ Name: "region", Type: "string" }] });
    await partitions([[["south"], "s3://raw/visits/region=south/"]]);
    await expect(read()).rejects.toMatchObject({ code: "INPUT_UNSUPPORTED" });
  });

  it("says what is not there", async () => {
    await expect(read()).rejects.toMatchObject({ code: "CATALOG_MISSING" });
    await table(PARQUET);
    await expect(read("year = 1")).rejects.toMatchObject({
      code: "CATALOG_UNFIT",
      place: { key: "source.glue.expression" },
    });
    fake.state.databases.clear();
    await expect(read()).rejects.toMatchObject({ code: "CATALOG_MISSING" });
  });
});
