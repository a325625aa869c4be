import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GlueCatalogOptions } from "../../connectors/glue.ts";
import { parseJob } from "../../src/parse.ts";
import { dataset, publisherOf } from "../fakes/aws/datasets.ts";
import { fakeGlue } from "../fakes/aws/glue.ts";
import { fakeLakeFormation } from "../fakes/aws/lakeformation.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";

const glue = fakeGlue();
const lake = fakeLakeFormation(glue);
let server: AwsServer;
beforeAll(async () => {
  server = await awsServer([glue, lake]);
});
afterAll(() => server.close());
beforeEach(() => {
  glue.state.databases.clear();
  glue.addDatabase("research");
  lake.tags.clear();
  lake.assigned.clear();
  lake.tags.set("sensitivity", ["phi", "deidentified"]).set("domain", ["clinical"]);
  lake.failsTag = () => undefined;
  server.faults.clear();
  server.record.clear();
});

const TAGS = { Sensitivity: "Deidentified", domain: "clinical" };
const publisher = (lfTags: GlueCatalogOptions["lfTags"] = TAGS) =>
  publisherOf({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials: CALLER,
    retries: { attempts: 3, baseMs: 1, capMs: 2 },
    ...(lfTags && { lfTags }),
  });
const asked = (name: string) => server.record.of(name).length;
const standing = () => lake.assigned.get("research/visits");

describe("tags of Lake Formation", () => {
  it("are put on the table after all else was said of it, beside those that it has", async () => {
    lake.assigned.set("research/visits", { owner: "theirs", sensitivity: "phi" });
    await publisher().check(dataset());
    expect(asked("AddLFTagsToResource")).toBe(0);
    await publisher().publish(dataset());
    expect(standing()).toEqual({ owner: "theirs", sensitivity: "deidentified", domain: "clinical" });
    expect(server.record.calls.at(-1)!.operation).toBe("AddLFTagsToResource");
  });

  it("are asked for by nobody whose job names none", async () => {
    await publisher({}).check(dataset());
    await publisher({}).publish(dataset());
    expect(server.record.calls.filter(({ service }) => service === "lakeformation")).toEqual([]);
  });

  it.each([
    ["a key that is not there", { none: "x" }, "CATALOG_MISSING", "target.glue.lf_tags.none"],
    ["a value that is not there", { domain: "billing" }, "CATALOG_UNFIT", "target.glue.lf_tags.domain"],
  ])("are refused before anything is masked: %s", async (_, tags, code, key) => {
    await expect(publisher(tags).check(dataset())).rejects.toMatchObject({ code, recovery: "fix", place: { key } });
    expect(glue.table("research", "visits")).toBeUndefined();
  });

  it("may have more values than a call tells of", async () => {
    lake.tags.set(
      "domain",
      Array.from({ length: 50 }, (_, at) => `d${at}`),
    );
    await publisher({ domain: "clinical" }).check(dataset());
  });

  it.each([
    ["AccessDeniedException", "SERVICE_DENIED", "fix"],
    ["EntityNotFoundException", "CATALOG_MISSING", "fix"],
    ["InvalidInputException", "CATALOG_UNFIT", "fix"],
    ["OperationTimeoutException", "CATALOG_FAILED", "retry"],
    ["ConcurrentModificationException", "CATALOG_FAILED", "retry"],
  ])("fail the publishing where one of them fails of %s, and are put the next time", async (error, code, recovery) => {
    lake.failsTag = (key) => (key === "domain" ? error : undefined);
    await expect(publisher().publish(dataset())).rejects.toMatchObject({ code, recovery });
    expect(asked("AddLFTagsToResource")).toBe(recovery === "retry" ? 3 : 1);
    lake.failsTag = () => undefined;
    await publisher().publish(dataset());
    expect(standing()).toMatchObject({ sensitivity: "deidentified", domain: "clinical" });
  });

  it("are put again, alone, where what failed passes", async () => {
    let failures = 1;
    lake.failsTag = (key) => (key === "domain" && failures-- > 0 ? "InternalServiceException" : undefined);
    await publisher().publish(dataset());
    expect(standing()).toEqual({ sensitivity: "deidentified", domain: "clinical" });
    expect(asked("AddLFTagsToResource")).toBe(2);
  });

  it("come through throttling and lost answers, and say in our words what is denied", async () => {
    for (const kind of ["throttled", "lost"] as const)
      server.faults.add({ kind, times: 1, operations: ["AddLFTagsToResource"] });
    await publisher().publish(dataset());
    expect(standing()).toMatchObject(lowered(TAGS));
    server.faults.add({ kind: "expired-token", operations: ["GetLFTag"] });
    await expect(publisher().check(dataset())).rejects.toMatchObject({
      code: "SERVICE_DENIED",
      place: { key: "target.glue.lf_tags" },
    });
  });
});

const lowered = (tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]));

describe("in a job", () => {
  const job = (tags: string, place = "target") =>
    parseJob(
      `version: 1\nsource: {path: in}\ntarget: {path: s3://a/b/}\ncolumns: {note: text}\n`.replace(
        place === "target" ? "s3://a/b/}" : "path: in}",
        place === "target"
          ? `s3://a/b/, glue: {database: d, table: t, lf_tags: ${tags}}}`
          : `glue: {database: d, table: t, lf_tags: ${tags}}}`,
      ),
    );
  it.each([
    ["a value a key", "{a: b, c: d}", "target", undefined],
    ["a list of values: a table has one of a key", "{a: [b, c]}", "target", "JOB_INVALID"],
    ["tags of the source", "{a: b}", "source", "JOB_INVALID"],
  ])("takes, or refuses, %s", (_, tags, place, code) => {
    const parse = () => job(tags, place);
    if (code === undefined) expect(parse().target!.glue!.lf_tags).toEqual({ a: "b", c: "d" });
    else expect(parse).toThrow(expect.objectContaining({ code }));
  });
});
