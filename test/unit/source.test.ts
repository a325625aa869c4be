import { describe, expect, it } from "vitest";
import { formatOfName, globPattern, listSource, partitionFolder, splitPath } from "../../src/source.ts";
import { collect } from "../../src/stream.ts";
import type { ObjectStore } from "../../src/types.ts";

const store = (...paths: readonly string[]): ObjectStore =>
  ({
    async *list(root: string) {
      for (const path of paths) yield { uri: `${root}${path}`, size: 1, etag: "e" };
    },
  }) as unknown as ObjectStore;

const listed = (paths: readonly string[], more = {}) =>
  collect(listSource({ store: store(...paths), root: "/in/", ...more }));

describe("listSource", () => {
  it("gives the tables with their formats and partitions, and passes over what is no data", async () => {
    const files = await listed([
      "_SUCCESS",
      "_metadata",
      "_common_metadata",
      ".part-0.parquet.crc",
      "a.csv",
      "region=north/year=2024/part-0.parquet",
      "region=__HIVE_DEFAULT_PARTITION__/x.arrow",
      "name=a%2Fb/x.TSV",
      "_temporary/0/a.csv",
    ]);
    expect(files.map(({ path, format, partition }) => [path, format, partition])).toEqual([
      ["a.csv", "csv", []],
      [
        "region=north/year=2024/part-0.parquet",
        "parquet",
        [
          ["region", "north"],
          ["year", "2024"],
        ],
      ],
      ["region=__HIVE_DEFAULT_PARTITION__/x.arrow", "arrow", [["region", null]]],
      ["name=a%2Fb/x.TSV", "csv", [["name", "a/b"]]],
    ]);
  });

  it.each([
    ["a file of no known format", ["notes.txt"], {}, "FORMAT_UNKNOWN"],
    ["a Delta table", ["_delta_log/0.json", "part-0.parquet"], {}, "INPUT_UNSUPPORTED"],
    ["a Hudi table", [".hoodie/hoodie.properties"], {}, "INPUT_UNSUPPORTED"],
    ["an Iceberg table", ["data/a.parquet", "metadata/v1.metadata.json"], {}, "INPUT_UNSUPPORTED"],
    ["a declared partition that a path lacks", ["a.csv"], { partitionBy: ["region"] }, "COLUMN_MISSING"],
  ])("refuses %s", async (_, paths, more, code) => {
    await expect(listed(paths, more)).rejects.toMatchObject({ code });
  });

  it("takes a declared format for names that tell none", async () => {
    expect(await listed(["dump", "more.txt"], { format: "csv" })).toHaveLength(2);
  });

  it("keeps to the glob or to the one file, whatever its name begins with", async () => {
    const paths = ["_a.csv", "b.csv", "b.txt", "sub/c.csv"];
    expect((await listed(paths, { only: ["_a.csv"] })).map(({ path }) => path)).toEqual(["_a.csv"]);
    expect((await listed(paths, { only: globPattern("*.csv") })).map(({ path }) => path)).toEqual(["b.csv"]);
    expect((await listed(paths, { only: globPattern("**/*.csv") })).map(({ path }) => path)).toEqual([
      "b.csv",
      "sub/c.csv",
    ]);
  });
});

describe("globPattern", () => {
  it.each([
    ["*.csv", "a.csv", true],
    ["*.csv", "a/b.csv", false],
    ["**/*.csv", "a/b/c.csv", true],
    ["**/*.csv", "c.csv", true],
    ["a?.csv", "ab.csv", true],
    ["a?.csv", "a/.csv", false],
    ["[ab].csv", "b.csv", true],
    ["[!ab].csv", "b.csv", false],
    ["{x,y}/*.csv", "y/a.csv", true],
    ["a.csv", "aXcsv", false],
    ["a+(b).csv", "a+(b).csv", true],
    ["region=*/part-*.parquet", "region=north/part-0.parquet", true],
  ])("%s and %s: %s", (glob, path, matches) => {
    expect(globPattern(glob).test(path)).toBe(matches);
  });
});

describe("paths", () => {
  it("splits a glob at its fixed part", () => {
    expect(splitPath("/data/in/*.csv").root).toBe("/data/in/");
    expect(splitPath("/data/in").root).toBe("/data/in/");
    expect(splitPath("/data/r=*/x.csv").root).toBe("/data/");
  });

  it.each([
    ["a.csv", "csv"],
    ["a.PARQUET", "parquet"],
    ["a.feather", "arrow"],
    ["a.csv.gz", "csv"],
    ["a.TSV.GZ", "csv"],
    ["a.parquet.gz", undefined],
    ["a.gz", undefined],
    ["csv", undefined],
  ])("tells the format of %s", (name, format) => {
    expect(formatOfName(name)).toBe(format);
  });

  it("names partition folders as Hive does", () => {
    expect(partitionFolder("region", "north")).toBe("region=north");
    expect(partitionFolder("a/b", "50%=x")).toBe("a%2Fb=50%25%3Dx");
    expect(partitionFolder("region", null)).toBe("region=__HIVE_DEFAULT_PARTITION__");
  });
});
