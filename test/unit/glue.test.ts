import { Glue } from "@aws-sdk/client-glue";
import {
  type DataType,
  DateDay,
  Decimal,
  Dictionary,
  DurationSecond,
  Field,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  Null,
  Schema,
  Struct,
  TimeMicrosecond,
  TimeMillisecond,
  TimestampMicrosecond,
  Uint8,
  Uint32,
  Uint64,
  Utf8,
} from "apache-arrow";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listPartitions } from "../../connectors/glue/partitions.ts";
import { hiveType } from "../../connectors/glue/types.ts";
import type { GlueCatalogOptions, GlueCsv } from "../../connectors/glue.ts";
import { collect } from "../../src/stream.ts";
import { catalogContract } from "../contracts/catalog.ts";
import { dataset, partition, publisherOf } from "../fakes/aws/datasets.ts";
import { fakeGlue } from "../fakes/aws/glue.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";

const fake = fakeGlue();
let server: AwsServer;
const options = () => ({
  endpoint: server.endpoint,
  region: "us-east-1",
  credentials: CALLER,
  retries: { attempts: 4, baseMs: 1, capMs: 4 },
});
const publisher = (more: Partial<GlueCatalogOptions> = {}) => publisherOf({ ...options(), ...more });
const glue = () => new Glue(options());
const stored = () => fake.table("research", "visits")!;
const regions = () => [...stored().partitions.values()].map(({ values }) => values.join("/"));
const updates = () => server.record.of("UpdateTable").length;

beforeAll(async () => {
  server = await awsServer([fake]);
});
afterAll(() => server.close());
beforeEach(() => {
  fake.state.databases.clear();
  fake.state.pageSize = 1000;
  fake.state.failsEntry = () => undefined;
  fake.addDatabase("research");
  server.faults.clear();
  server.record.clear();
});

catalogContract("glueCatalog on the fake", () => ({ options: options(), glue: glue() }));

describe("types of the catalog", () => {
  const field = (type: DataType, name = "c") => new Field(name, type, true);
  const entries = new Field("entries", new Struct([field(new Utf8(), "key"), field(new Int32(), "value")]), false);
  it.each<[DataType, string]>([
    [new Utf8(), "string"],
    [new Dictionary(new Utf8(), new Int32()), "string"],
    [new Int8(), "tinyint"],
    [new Int16(), "smallint"],
    [new Int32(), "int"],
    [new Int64(), "bigint"],
    [new Uint8(), "smallint"],
    [new Uint32(), "bigint"],
    [new Float32(), "float"],
    [new Float64(), "double"],
    [new DateDay(), "date"],
    [new TimestampMicrosecond("UTC"), "timestamp"],
    [new TimeMillisecond(), "int"],
    [new TimeMicrosecond(), "bigint"],
    [new Decimal(2, 12), "decimal(12,2)"],
    [new FixedSizeBinary(16), "binary"],
    [new List(field(new Decimal(2, 38))), "array<decimal(38,2)>"],
    [new Map_(entries), "map<string,int>"],
    [
      new Struct([field(new Utf8(), "Line"), field(new List(field(new Int64())), "zips")]),
      "struct<line:string,zips:array<bigint>>",
    ],
  ])("%s is %s", (type, expected) => {
    expect(hiveType(field(type))).toBe(expected);
  });

  it.each<[string, DataType]>([
    ["Uint64", new Uint64()],
    ["Float16", new Float16()],
    ["a duration", new DurationSecond()],
    ["no type", new Null()],
    ["a decimal of 40 digits", new Decimal(2, 40, 256)],
    ["a field with a colon", new Struct([field(new Utf8(), "a:b")])],
    ["fields that differ in case", new Struct([field(new Utf8(), "a"), field(new Utf8(), "A")])],
    ["a type too long to say", new Struct([field(new Utf8(), "n".repeat(131_072))])],
  ])("refuses %s", (_, type) => {
    expect(() => hiveType(field(type, "ward"))).toThrow(
      expect.objectContaining({ code: "CATALOG_UNFIT", place: expect.objectContaining({ column: "ward" }) }),
    );
  });
});

describe("a list of partitions", () => {
  const pages = async (...tokens: readonly string[]) => {
    const left = [...tokens];
    const ask = async () => ({ Partitions: [{ Values: ["north"] }], NextToken: left.shift() });
    const access = { standing: { DatabaseName: "d" }, table: "t", retries: options().retries, ask: ask as never };
    return (await collect(listPartitions(access))).length;
  };
  it("ends with an empty token as with none, and not for ever where it is the same", async () => {
    expect(await pages("a", "b")).toBe(3);
    expect(await pages("a", "")).toBe(2);
    await expect(pages("a", "a", "a")).rejects.toMatchObject({ code: "CATALOG_FAILED" });
  });
});

describe("publishing again", () => {
  it("writes nothing where all is so already", async () => {
    await publisher().publish(dataset());
    server.record.clear();
    await publisher().publish(dataset());
    expect(server.record.calls.map(({ operation }) => operation)).toEqual(["GetDatabase", "GetTable", "GetPartitions"]);
  });

  it("updates under the version that was read, and keeps no old one", async () => {
    await publisher().publish(dataset());
    await publisher().publish(dataset({ runId: "run-2" }));
    expect(stored()).toMatchObject({ version: 1 });
    expect(stored().archive.size).toBe(0);
  });

  it("merges what somebody else writes at the same time", async () => {
    await publisher().publish(dataset());
    const [theirs, ours] = [publisher(), publisher()];
    await Promise.all([
      theirs.publish(dataset({ runId: "run-2", partitions: [partition("west")] })),
      ours.publish(dataset({ runId: "run-3" })),
      (async () => {
        const { Table } = await glue().getTable({ DatabaseName: "research", Name: "visits" });
        const { Name, StorageDescriptor, PartitionKeys, Parameters, TableType } = Table!;
        const TableInput = { Name, StorageDescriptor, PartitionKeys, TableType, Description: "theirs", Parameters };
        await glue().updateTable({ DatabaseName: "research", TableInput });
      })(),
    ]);
    await publisher().publish(dataset({ runId: "run-4" }));
    expect(stored().input).toMatchObject({ Description: "theirs", Parameters: { "phimask.run_id": "run-4" } });
    expect(regions().sort()).toEqual(["north", "south"]);
  });

  it("gives up in words where somebody writes without end", async () => {
    await publisher().publish(dataset());
    server.faults.add({ kind: "latency", ms: 15, operations: ["GetTable"] });
    const stop = new AbortController();
    const busy = (async () => {
      while (!stop.signal.aborted) {
        stored().version += 1;
        await new Promise((done) => setTimeout(done, 1));
      }
    })();
    await expect(publisher().publish(dataset({ runId: "run-2" }))).rejects.toMatchObject({
      code: "CATALOG_FAILED",
      recovery: "retry",
    });
    stop.abort();
    await busy;
    expect(updates()).toBe(4);
  });

  it("comes through lost answers, resets, throttling and 500", async () => {
    for (const kind of ["lost", "reset", "throttled", "internal", "truncated", "expired-token"] as const) {
      server.faults.add({ kind, times: 1, operations: ["CreateTable", "UpdateTable"] });
      server.faults.add({ kind, times: 1, operations: ["BatchCreatePartition", "BatchDeletePartition"] });
      await publisher().publish(dataset({ runId: kind, partitions: [partition(kind)] }));
      expect(stored().input["Parameters"]).toMatchObject({ "phimask.run_id": kind });
      expect(regions()).toEqual([kind]);
    }
  });

  it.each([
    ["throttled", "CATALOG_FAILED"],
    ["internal", "CATALOG_FAILED"],
    ["expired-token", "SERVICE_DENIED"],
  ] as const)("ends with a code of its own where %s lasts", async (kind, code) => {
    server.faults.add({ kind });
    await expect(publisher().publish(dataset())).rejects.toMatchObject({ code });
  });

  it("says so where it may not ask", async () => {
    const credentials = { ...CALLER, secretAccessKey: "another" };
    await expect(publisher({ credentials }).check(dataset())).rejects.toMatchObject({ code: "SERVICE_DENIED" });
  });
});

describe("partitions", () => {
  it("are read page by page", async () => {
    fake.state.pageSize = 2;
    const all = ["a", "b", "c", "d", "e"];
    await publisher().publish(dataset({ partitions: all.map(partition) }));
    await publisher().publish(dataset({ partitions: all.slice(1).map(partition) }));
    expect(regions()).toEqual(all.slice(1));
    expect(server.record.of("GetPartitions").length).toBeGreaterThanOrEqual(4);
  });

  it("keep parameters of others, and are left alone where they are right", async () => {
    await publisher().publish(dataset());
    const old = stored().partitions.get('["north"]')!;
    stored().partitions.set('["north"]', { ...old, input: { ...old.input, Parameters: { rows: "7" } } });
    server.record.clear();
    await publisher().publish(dataset());
    expect(server.record.of("BatchUpdatePartition")).toHaveLength(0);
    await publisher().publish(
      dataset({ partitions: [{ ...partition("north"), location: "s3://research/elsewhere/" }] }),
    );
    expect(stored().partitions.get('["north"]')!.input).toMatchObject({
      Parameters: { rows: "7" },
      StorageDescriptor: { Location: "s3://research/elsewhere/" },
    });
  });

  it("that fail singly are tried again by themselves", async () => {
    let failures = 2;
    fake.state.failsEntry = (operation, values) =>
      operation === "BatchCreatePartition" && values[0] === "south" && failures-- > 0
        ? "InternalServiceException"
        : undefined;
    await publisher().publish(dataset());
    expect(regions().sort()).toEqual(["north", "south"]);
    const sizes = server.record.of("BatchCreatePartition").map(({ bytesIn }) => bytesIn);
    expect(sizes).toHaveLength(3);
    expect(sizes[1]).toBeLessThan(sizes[0]!);
  });

  it.each(["InternalServiceException", "AccessDeniedException"])(
    "that fail for good with %s are told",
    async (code) => {
      fake.state.failsEntry = () => code;
      await expect(publisher().publish(dataset())).rejects.toMatchObject({ code: "CATALOG_FAILED" });
    },
  );

  it("that another writer made or took away meanwhile end as they must be", async () => {
    await publisher().publish(dataset({ partitions: [] }));
    const other = publisher().publish(dataset());
    await Promise.all([other, publisher().publish(dataset()), publisher().publish(dataset())]);
    expect(regions().sort()).toEqual(["north", "south"]);
    const moved = dataset().partitions.map((one) => ({ ...one, location: `${one.location}v2/` }));
    const overtaken = publisher().publish(dataset({ partitions: moved }));
    let taken = false;
    fake.state.failsEntry = (operation) => {
      if (operation === "BatchUpdatePartition" && !taken) stored().partitions.clear();
      taken ||= operation === "BatchUpdatePartition";
      return undefined;
    };
    await overtaken;
    expect(regions().sort()).toEqual(["north", "south"]);
  });
});

describe("what the catalog cannot hold", () => {
  const csv: GlueCsv = { delimiter: ",", quote: '"', header: true, encoding: "utf-8", goesByLine: async () => true };
  const asCsv = { format: "csv" as const, partitionBy: [], partitions: [] };
  const unfit = (place: object) => ({ code: "CATALOG_UNFIT", recovery: "fix", place });
  const key = (expected: RegExp) => unfit({ key: "target.glue", expected: expect.stringMatching(expected) });

  it.each([
    ["Arrow files", { format: "arrow" as const }, csv, key(/parquet, or csv/)],
    ["CSV in Latin-1", asCsv, { ...csv, encoding: "latin1" }, key(/UTF-8/)],
    ["CSV with a long delimiter", asCsv, { ...csv, delimiter: "||" }, key(/delimiter/)],
    [
      "columns that differ in case",
      { schema: new Schema([new Field("A", new Utf8()), new Field("a", new Utf8())]) },
      csv,
      unfit({ column: "a", expected: expect.stringMatching(/case/) }),
    ],
    [
      "a long name",
      { schema: new Schema([new Field("n".repeat(256), new Utf8())]) },
      csv,
      unfit({ column: "n".repeat(256), expected: expect.stringMatching(/255/) }),
    ],
    [
      "CSV with a partition column in the files too",
      { format: "csv" as const, schema: new Schema([new Field("Region", new Utf8())]) },
      csv,
      unfit({ column: "Region", expected: expect.stringMatching(/not in both/) }),
    ],
  ])("%s", async (_, more, shape, expected) => {
    const { check, publish } = publisher({ csv: shape });
    await expect(check(dataset(more))).rejects.toMatchObject(expected);
    await expect(publish(dataset(more))).rejects.toMatchObject(expected);
    expect(stored()).toBeUndefined();
  });

  it("CSV with line breaks in cells, as the files are seen to have", async () => {
    const seen: string[] = [];
    const goesByLine = async (location: string) => seen.push(location) > 1;
    const { check, publish } = publisher({ csv: { ...csv, goesByLine } });
    await check(dataset(asCsv));
    await expect(publish(dataset(asCsv))).rejects.toMatchObject(key(/line breaks/));
    expect(stored()).toBeUndefined();
    await publish(dataset(asCsv));
    expect(seen).toEqual(["s3://research/visits/", "s3://research/visits/"]);
    expect(stored()).toBeDefined();
  });

  it.each([
    ["a view", { TableType: "VIRTUAL_VIEW" }],
    ["an Iceberg table", { Parameters: { table_type: "ICEBERG" } }],
    ["other files", { StorageDescriptor: { Location: "s3://clinic-raw/visits/" } }],
    ["the files around them", { StorageDescriptor: { Location: "s3://research/" } }],
    ["other partition columns", { PartitionKeys: [{ Name: "year", Type: "int" }] }],
  ])("a name under which %s stands", async (_, more) => {
    const TableInput = { Name: "visits", StorageDescriptor: { Location: "s3://research/visits" }, ...more };
    await glue().createTable({ DatabaseName: "research", TableInput });
    const before = JSON.stringify(stored().input);
    await expect(publisher().publish(dataset())).rejects.toMatchObject(
      unfit({ key: "target.glue.table", expected: expect.any(String) }),
    );
    expect(JSON.stringify(stored().input)).toBe(before);
  });

  it("takes over a table that was made for the same files", async () => {
    const TableInput = {
      Name: "visits",
      Description: "by template",
      StorageDescriptor: { Location: "s3://research/visits" },
      PartitionKeys: [{ Name: "region", Type: "char(5)", Comment: "of the clinic" }],
    };
    await glue().createTable({ DatabaseName: "research", TableInput });
    await publisher().publish(dataset());
    expect(stored().input).toMatchObject({
      Description: "by template",
      PartitionKeys: [{ Name: "region", Type: "char(5)", Comment: "of the clinic" }],
    });
  });

  it("describes CSV so that backslashes, quotes and headers are read as written", async () => {
    await publisher({ csv }).publish(dataset(asCsv));
    expect(stored().input).toMatchObject({
      Parameters: { classification: "csv", "skip.header.line.count": "1" },
      StorageDescriptor: {
        SerdeInfo: {
          SerializationLibrary: "org.apache.hadoop.hive.serde2.OpenCSVSerde",
          Parameters: { separatorChar: ",", quoteChar: '"', escapeChar: "\u0001" },
        },
      },
    });
    const types = (stored().input["StorageDescriptor"] as { Columns: { Type: string }[] }).Columns;
    expect(new Set(types.map(({ Type }) => Type))).toEqual(new Set(["string"]));
    await publisher({ csv: { ...csv, quote: "", header: false } }).publish(dataset(asCsv));
    expect(stored().input["Parameters"]).not.toHaveProperty("skip.header.line.count");
    await publisher().publish(dataset({ partitionBy: [], partitions: [] }));
    expect(stored().input).toMatchObject({ Parameters: { classification: "parquet" } });
  });
});
