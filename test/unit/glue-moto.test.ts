import { Glue } from "@aws-sdk/client-glue";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogContract } from "../contracts/catalog.ts";
import { motoServer } from "../fakes/aws/moto.ts";
import { CALLER } from "../fakes/aws/server.ts";

/** A second opinion of what a catalog that is not ours to write does with our requests. */
const moto = await motoServer();

if (typeof moto === "string") {
  describe("glueCatalog on moto", () => {
    it(`is not tried: ${moto}`, ({ annotate }) => {
      console.warn(`The second run of the catalog's contract was left out: ${moto}.`);
      return annotate(moto).then(() => {});
    });
  });
} else {
  const options = { endpoint: moto.endpoint, region: "us-east-1", credentials: CALLER };
  const glue = new Glue(options);
  beforeAll(async () => {
    await glue.createDatabase({ DatabaseInput: { Name: "research" } });
  });
  afterAll(() => moto.close());
  catalogContract("glueCatalog on moto", () => ({
    options: { ...options, retries: { attempts: 3, baseMs: 1, capMs: 10 } },
    glue,
  }));

  describe("where moto 5.2.5 differs from Glue, so that the suite does not ask it", () => {
    const at = { DatabaseName: "research" };
    it("takes an update under a version that has passed", async () => {
      await glue.createTable({ ...at, TableInput: { Name: "versions" } });
      await glue.updateTable({ ...at, TableInput: { Name: "versions", Owner: "x" }, VersionId: "7" });
      expect((await glue.getTable({ ...at, Name: "versions" })).Table).toMatchObject({ Owner: "x" });
    });

    it("keeps the version that SkipArchive leaves out", async () => {
      await glue.createTable({ ...at, TableInput: { Name: "archive" } });
      await glue.updateTable({ ...at, TableInput: { Name: "archive" }, SkipArchive: true });
      expect((await glue.getTableVersions({ ...at, TableName: "archive" })).TableVersions).toHaveLength(2);
    });

    it("takes more than a hundred partitions at once, and values that do not fit the keys", async () => {
      await glue.createTable({ ...at, TableInput: { Name: "batches", StorageDescriptor: {} } });
      const PartitionInputList = Array.from({ length: 101 }, (_, index) => ({ Values: ["a", String(index)] }));
      const { Errors } = await glue.batchCreatePartition({ ...at, TableName: "batches", PartitionInputList });
      expect(Errors ?? []).toEqual([]);
    });

    it("keeps names of columns in upper case", async () => {
      const StorageDescriptor = { Columns: [{ Name: "Note", Type: "string" }] };
      await glue.createTable({ ...at, TableInput: { Name: "names", StorageDescriptor } });
      const { Table } = await glue.getTable({ ...at, Name: "names" });
      expect(Table!.StorageDescriptor!.Columns![0]!.Name).toBe("Note");
    });

    it("passes over the size of a page", async () => {
      const { Partitions, NextToken } = await glue.getPartitions({ ...at, TableName: "batches", MaxResults: 10 });
      expect([Partitions!.length, NextToken]).toEqual([101, undefined]);
    });
  });
}
