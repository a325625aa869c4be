import type { Glue, Partition, Table } from "@aws-sdk/client-glue";
import { Field, Schema, Utf8 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import type { GlueTable } from "../../connectors/glue/client.ts";
import { dataset, partition, publisherOf } from "../fakes/aws/datasets.ts";

/** What the suite runs over: a catalog with an empty database `research`, and a client to look at it. */
export interface CatalogUnderTest {
  readonly options: Omit<GlueTable, "database" | "table">;
  readonly glue: Glue;
}

let count = 0;

/** What publishing owes to any Glue Data Catalog, ours or another author's. */
export function catalogContract(name: string, open: () => CatalogUnderTest): void {
  const table = () => `visits_${++count}`;
  const publisher = (table: string) => publisherOf({ ...open().options, table });
  const read = async (Name: string): Promise<Table> =>
    (await open().glue.getTable({ DatabaseName: "research", Name })).Table!;
  const partitions = async (TableName: string): Promise<readonly Partition[]> =>
    (await open().glue.getPartitions({ DatabaseName: "research", TableName })).Partitions!;
  const places = async (TableName: string) =>
    Object.fromEntries(
      (await partitions(TableName)).map(({ Values, StorageDescriptor }) => [
        Values!.join("/"),
        StorageDescriptor!.Location,
      ]),
    );

  describe(name, () => {
    it("creates a table with its columns, its marks and its partitions", async () => {
      const visits = table();
      await publisher(visits).check(dataset());
      await expect(read(visits)).rejects.toMatchObject({ name: "EntityNotFoundException" });
      await publisher(visits).publish(dataset());
      const made = await read(visits);
      expect(made).toMatchObject({ Name: visits, TableType: "EXTERNAL_TABLE" });
      expect(made.Parameters).toEqual({
        EXTERNAL: "TRUE",
        classification: "parquet",
        typeOfData: "file",
        "phimask.run_id": "run-1",
        "phimask.job_digest": "a".repeat(64),
        "phimask.rows": "1200",
      });
      expect(made.PartitionKeys).toMatchObject([{ Name: "region", Type: "string" }]);
      expect(made.StorageDescriptor!.Columns).toMatchObject([
        { Name: "patient_id", Type: "string", Comment: "[masked: hash]", Parameters: { "phimask.masked": "hash" } },
        { Name: "age", Type: "int" },
        { Name: "note", Type: "string", Comment: "[masked: text]", Parameters: { "phimask.masked": "text" } },
        { Name: "addresses", Type: "array<struct<line:string>>", Parameters: { "phimask.masked": "redact" } },
        { Name: "active", Type: "boolean" },
      ]);
      expect(made.StorageDescriptor!.Columns![1]).not.toHaveProperty("Comment");
      expect(await places(visits)).toEqual({
        north: "s3://research/visits/region=north/",
        south: "s3://research/visits/region=south/",
      });
      expect((await partitions(visits))[0]!.StorageDescriptor!.SerdeInfo).toEqual(made.StorageDescriptor!.SerdeInfo);
    });

    it("updates columns, run and partitions, and takes out what is gone", async () => {
      const visits = table();
      await publisher(visits).publish(dataset());
      const { CreateTime } = await read(visits);
      const schema = new Schema([new Field("note", new Utf8(), true), new Field("ward", new Utf8(), true)]);
      const partitions = [partition("south"), partition(null)];
      await publisher(visits).publish(dataset({ runId: "run-2", schema, masked: { ward: "hash" }, partitions }));
      const made = await read(visits);
      expect(made.CreateTime).toEqual(CreateTime);
      expect(made.Parameters).toMatchObject({ "phimask.run_id": "run-2" });
      expect(made.StorageDescriptor!.Columns!.map(({ Name, Comment }) => [Name, Comment])).toEqual([
        ["note", undefined],
        ["ward", "[masked: hash]"],
      ]);
      expect(Object.keys(await places(visits)).sort()).toEqual(["__HIVE_DEFAULT_PARTITION__", "south"]);
    });

    it("keeps what others have written of the table, its columns and its partitions", async () => {
      const visits = table();
      await publisher(visits).publish(dataset());
      const at = { DatabaseName: "research" };
      const { Name, StorageDescriptor, PartitionKeys, Parameters, TableType } = await read(visits);
      const Columns = StorageDescriptor!.Columns!.map((column) =>
        column.Name === "age"
          ? { ...column, Comment: "in years", Parameters: { steward: "ward 3" } }
          : column.Name === "note"
            ? { ...column, Comment: "what was said [masked: text]" }
            : column,
      );
      const TableInput = { Name, PartitionKeys, TableType, StorageDescriptor: { ...StorageDescriptor, Columns } };
      await open().glue.updateTable({
        ...at,
        TableInput: {
          ...TableInput,
          Description: "Visits of the ward",
          Owner: "research",
          Parameters: { ...Parameters, team: "blue" },
        },
      });
      await publisher(visits).publish(dataset({ runId: "run-2", masked: { note: "redact", age: "age" } }));
      const made = await read(visits);
      expect(made).toMatchObject({ Description: "Visits of the ward", Owner: "research" });
      expect(made.Parameters).toMatchObject({ team: "blue", "phimask.run_id": "run-2" });
      const column = (name: string) => made.StorageDescriptor!.Columns!.find((one) => one.Name === name);
      expect(column("age")).toMatchObject({
        Comment: "in years [masked: age]",
        Parameters: { steward: "ward 3", "phimask.masked": "age" },
      });
      expect(column("note")!.Comment).toBe("what was said [masked: redact]");
      expect(column("patient_id")).not.toHaveProperty("Comment");
    });

    it("moves every partition to the folder of a new version", async () => {
      const visits = table();
      await publisher(visits).publish(dataset());
      const move = (location: string) => location.replace("visits/", "visits/versions/2/");
      const partitions = dataset().partitions.map((one) => ({ ...one, location: move(one.location) }));
      await publisher(visits).publish(dataset({ location: "s3://research/visits/versions/2/", partitions }));
      expect((await read(visits)).StorageDescriptor!.Location).toBe("s3://research/visits/versions/2/");
      expect(await places(visits)).toEqual({
        north: "s3://research/visits/versions/2/region=north/",
        south: "s3://research/visits/versions/2/region=south/",
      });
    });

    it("registers more partitions than one request takes", async () => {
      const visits = table();
      const regions = Array.from({ length: 231 }, (_, at) => `r${at}`);
      await publisher(visits).publish(dataset({ partitions: regions.map(partition) }));
      expect(Object.keys(await places(visits)).sort()).toEqual([...regions].sort());
      await publisher(visits).publish(dataset({ partitions: [partition("r7")] }));
      expect(Object.keys(await places(visits))).toEqual(["r7"]);
    });

    it("says which database is missing", async () => {
      const lost = publisherOf({ ...open().options, database: "nowhere" });
      for (const work of [() => lost.check(dataset()), () => lost.publish(dataset())]) {
        await expect(work()).rejects.toMatchObject({
          code: "CATALOG_MISSING",
          place: { key: "target.glue.database" },
        });
      }
    });
  });
}
