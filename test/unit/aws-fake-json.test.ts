import { ComprehendMedicalClient, DetectPHICommand } from "@aws-sdk/client-comprehendmedical";
import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  BatchGetPartitionCommand,
  BatchUpdatePartitionCommand,
  CreateTableCommand,
  GetDatabaseCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTableVersionsCommand,
  GlueClient,
  UpdateTableCommand,
} from "@aws-sdk/client-glue";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fakeComprehend } from "../fakes/aws/comprehend.ts";
import { fakeGlue } from "../fakes/aws/glue.ts";
import { fakeSecrets } from "../fakes/aws/secrets.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";

const [secrets, comprehend, glue] = [fakeSecrets(), fakeComprehend(), fakeGlue()];
let server: AwsServer;
let options: { endpoint: string; region: string; credentials: typeof CALLER; maxAttempts: number };

beforeAll(async () => {
  server = await awsServer([secrets, comprehend, glue]);
  options = { endpoint: server.endpoint, region: "us-east-1", credentials: CALLER, maxAttempts: 1 };
});
afterAll(() => server.close());
beforeEach(() => {
  server.faults.clear();
  server.record.clear();
});

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error) => `${error.$metadata?.httpStatusCode} ${error.name}`,
  );

describe("the Secrets Manager of the fake", () => {
  it("gives text and bytes, and refuses as the real one does", async () => {
    const client = new SecretsManagerClient(options);
    const get = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));
    secrets.secrets.set("text", { text: "value" });
    secrets.secrets.set("bytes", { binary: Buffer.from([1, 2]) });
    secrets.secrets.set("gone", { text: "value", deleted: true });
    secrets.secrets.set("denied", { text: "value", denied: true });
    const { ARN, SecretString } = await get("text");
    expect(SecretString).toBe("value");
    expect((await get(ARN!)).SecretString).toBe("value");
    expect((await get("bytes")).SecretBinary).toEqual(new Uint8Array([1, 2]));
    expect(await refusal(get("none"))).toBe("400 ResourceNotFoundException");
    expect(await refusal(get("gone"))).toBe("400 InvalidRequestException");
    expect(await refusal(get("denied"))).toBe("400 AccessDeniedException");
    const forged = new SecretsManagerClient({ ...options, credentials: { ...CALLER, secretAccessKey: "x" } });
    const signed = forged.send(new GetSecretValueCommand({ SecretId: "text" }));
    expect(await refusal(signed)).toBe("400 InvalidSignatureException");
  });
});

describe("the Comprehend Medical of the fake", () => {
  const detect = (Text: string) => new ComprehendMedicalClient(options).send(new DetectPHICommand({ Text }));

  it("counts code points", async () => {
    comprehend.answer = (text) => [{ start: text.indexOf("Ana"), end: text.indexOf("Ana") + 3, type: "NAME" }];
    const { Entities } = await detect("😀😀 Ana Ruiz");
    expect(Entities).toMatchObject([{ Id: 0, BeginOffset: 3, EndOffset: 6, Text: "Ana", Type: "NAME", Traits: [] }]);
    comprehend.answer = () => ({ PaginationToken: "more" });
    expect((await detect("x")).PaginationToken).toBe("more");
  });

  it("has the limits of the real one", async () => {
    comprehend.answer = () => [];
    expect(await refusal(detect("é".repeat(10_000)))).toBe("ok");
    expect(await refusal(detect("é".repeat(10_001)))).toBe("400 TextSizeLimitExceededException");
    expect(await refusal(detect(""))).toBe("400 InvalidRequestException");
    expect(await refusal(detect("a\ud800"))).toBe("400 InvalidEncodingException");
  });

  it("throttles by requests and by characters, and counts units", async () => {
    let now = 0;
    Object.assign(comprehend, { now: () => now, quotas: { requests: 2, characters: 300 } });
    const before = { ...comprehend.sums };
    expect(await refusal(detect("a".repeat(150)))).toBe("ok");
    expect(await refusal(detect("a"))).toBe("ok");
    expect(await refusal(detect("a"))).toBe("429 TooManyRequestsException");
    now += 500;
    expect(await refusal(detect("a".repeat(300)))).toBe("429 TooManyRequestsException");
    now += 1000;
    expect(await refusal(detect("a".repeat(299)))).toBe("ok");
    const { units, characters, texts } = comprehend.sums;
    expect([units - before.units, characters - before.characters, texts - before.texts]).toEqual([6, 450, 3]);
    comprehend.quotas = {};
  });

  it("breaks as services do", async () => {
    server.faults.add({ kind: "throttled", times: 1, retryAfter: 2 }, { kind: "truncated", times: 1 });
    expect(await refusal(detect("x"))).toBe("429 ThrottlingException");
    expect(await refusal(detect("x"))).toMatch(/SyntaxError/);
    expect(await refusal(detect("x"))).toBe("ok");
    server.faults.add({ kind: "internal", times: 1 }, { kind: "expired-token", times: 1 });
    expect(await refusal(detect("x"))).toBe("500 InternalServerException");
    expect(await refusal(detect("x"))).toBe("400 ExpiredTokenException");
  });
});

describe("the Glue catalog of the fake", () => {
  const client = () => new GlueClient(options);
  const table = { DatabaseName: "Research", TableName: "visits" };
  const TableInput = {
    Name: "Visits",
    PartitionKeys: [
      { Name: "Region", Type: "string" },
      { Name: "year", Type: "int" },
    ],
    StorageDescriptor: { Columns: [{ Name: "Note", Type: "string", Comment: "masked" }], Location: "s3://b/visits/" },
    Parameters: { classification: "parquet" },
  };
  beforeEach(async () => {
    glue.state.databases.clear();
    glue.state.pageSize = 1000;
    glue.addDatabase("research");
    await client().send(new CreateTableCommand({ DatabaseName: "Research", TableInput }));
  });
  const update = (more: object = {}) =>
    client().send(new UpdateTableCommand({ DatabaseName: "research", TableInput, ...more }));
  const create = (...all: readonly string[][]) =>
    client().send(new BatchCreatePartitionCommand({ ...table, PartitionInputList: all.map((Values) => ({ Values })) }));

  it("keeps tables by lower-case name and counts their versions", async () => {
    expect((await client().send(new GetDatabaseCommand({ Name: "RESEARCH" }))).Database?.Name).toBe("research");
    const read = async () =>
      (await client().send(new GetTableCommand({ DatabaseName: "research", Name: "VISITS" }))).Table!;
    expect(await read()).toMatchObject({ Name: "visits", VersionId: "0", DatabaseName: "research" });
    expect((await read()).StorageDescriptor?.Columns).toEqual([{ Name: "note", Type: "string", Comment: "masked" }]);
    expect(await refusal(client().send(new CreateTableCommand({ DatabaseName: "research", TableInput })))).toBe(
      "400 AlreadyExistsException",
    );
    await update({ VersionId: "0" });
    expect(await refusal(update({ VersionId: "0" }))).toBe("400 ConcurrentModificationException");
    await update({ VersionId: "1", SkipArchive: true, TableInput: { Name: "visits" } });
    expect(await read()).not.toHaveProperty("Parameters");
    const versions = await client().send(
      new GetTableVersionsCommand({ DatabaseName: "research", TableName: "visits" }),
    );
    expect(versions.TableVersions?.map(({ VersionId }) => VersionId)).toEqual(["2", "0"]);
    expect(await refusal(update({ TableInput: { Name: "none" } }))).toBe("400 EntityNotFoundException");
    expect(await refusal(update({ DatabaseName: "none" }))).toBe("400 EntityNotFoundException");
    expect(await refusal(update({ TableInput: { Name: "n".repeat(256) } }))).toBe("400 ValidationException");
  });

  it("tells which entries of a batch failed", async () => {
    expect((await create(["north", "2020"], ["south", "2021"])).Errors).toBeUndefined();
    const { Errors } = await create(["north", "2020"], ["east", "2021"]);
    expect(Errors).toMatchObject([
      { PartitionValues: ["north", "2020"], ErrorDetail: { ErrorCode: "AlreadyExistsException" } },
    ]);
    expect(await refusal(create(["north"]))).toBe("400 InvalidInputException");
    const many = Array.from({ length: 101 }, (_, index) => ["north", String(index)]);
    expect(await refusal(create(...many))).toBe("400 ValidationException");
    const move = { PartitionValueList: ["north", "2020"], PartitionInput: { Values: ["north", "2019"] } };
    const Entries = [move, { ...move, PartitionValueList: ["none", "1"] }];
    const updated = await client().send(new BatchUpdatePartitionCommand({ ...table, Entries }));
    expect(updated.Errors).toMatchObject([
      { PartitionValueList: ["none", "1"], ErrorDetail: { ErrorCode: "EntityNotFoundException" } },
    ]);
    const got = await client().send(
      new BatchGetPartitionCommand({
        ...table,
        PartitionsToGet: [{ Values: ["north", "2019"] }, { Values: ["north", "2020"] }],
      }),
    );
    expect(got.Partitions?.map(({ Values }) => Values)).toEqual([["north", "2019"]]);
    const PartitionsToDelete = [{ Values: ["south", "2021"] }, { Values: ["west", "1"] }];
    const deleted = await client().send(new BatchDeletePartitionCommand({ ...table, PartitionsToDelete }));
    expect(deleted.Errors).toMatchObject([{ PartitionValues: ["west", "1"] }]);
    const tooMany = client().send(
      new BatchDeletePartitionCommand({
        ...table,
        PartitionsToDelete: many.slice(0, 26).map((Values) => ({ Values })),
      }),
    );
    expect(await refusal(tooMany)).toBe("400 ValidationException");
    glue.state.failsEntry = () => "InternalServiceException";
    expect((await create(["x", "1"])).Errors).toHaveLength(1);
    glue.state.failsEntry = () => undefined;
  });

  it.each([
    ["region = 'north'", ["north/9", "north/2020"]],
    ["year > 100", ["north/2020", "south/2021", "o'neil/2021"]],
    ["year BETWEEN 5 AND 2020", ["north/9", "north/2020"]],
    ["region IN ('south', 'west') OR (year = 9 AND NOT region <> 'north')", ["north/9", "south/2021"]],
    ["region LIKE 'n_r%'", ["north/9", "north/2020"]],
    ["REGION NOT IN ('north','south') and year >= 2021", ["o'neil/2021"]],
    ["region = 'o''neil'", ["o'neil/2021"]],
    ["", ["north/9", "north/2020", "south/2021", "o'neil/2021"]],
  ])("filters partitions by %s, over pages", async (Expression, expected) => {
    await create(["north", "9"], ["north", "2020"], ["south", "2021"], ["o'neil", "2021"]);
    glue.state.pageSize = 1;
    const found: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client().send(
        new GetPartitionsCommand({ ...table, Expression, ...(NextToken && { NextToken }) }),
      );
      found.push(...page.Partitions!.map(({ Values }) => Values!.join("/")));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(found).toEqual(expected);
  });

  it.each(["region ==", "nobody = 1", "region = 'a' AND", "(region = 'a'", "region = 'a' region"])(
    "refuses the filter %s",
    async (Expression) => {
      expect(await refusal(client().send(new GetPartitionsCommand({ ...table, Expression })))).toBe(
        "400 InvalidInputException",
      );
    },
  );
});
