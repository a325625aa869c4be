/** AWS on this machine: the fake services of the tests, with buckets, a secret and a catalog as the jobs here name them. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FakeEntity, fakeComprehend } from "../../test/fakes/aws/comprehend.ts";
import { held } from "../../test/fakes/aws/content.ts";
import { type FakeGlue, fakeGlue } from "../../test/fakes/aws/glue.ts";
import { type FakeS3, fakeS3 } from "../../test/fakes/aws/s3.ts";
import { fakeSecrets } from "../../test/fakes/aws/secrets.ts";
import { type AwsServer, awsServer, CALLER } from "../../test/fakes/aws/server.ts";

export interface Cloud {
  readonly server: AwsServer;
  readonly s3: FakeS3;
  readonly glue: FakeGlue;
  /** What a program needs to reach it in place of AWS. */
  readonly env: Readonly<Record<string, string>>;
}

const RAW = "phimask-raw";
const PREFIX = "encounters/";
/** Half of the data is enough to be shown. */
const REGIONS = /=(north|south)$/;

/** Starts it with the Parquet files below a folder as its raw data, and with a key as its secret. */
export async function startCloud(data: string, key: string): Promise<Cloud> {
  const s3 = fakeS3();
  const [glue, comprehend, secrets] = [fakeGlue(), fakeComprehend(s3), fakeSecrets()];
  const server = await awsServer([s3, glue, comprehend, secrets]);
  const env = {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
  };
  secrets.secrets.set("phimask/key", { text: key });
  comprehend.answer = findings;
  for (const bucket of [RAW, "phimask-research", "phimask-private"]) s3.addBucket(bucket);
  const folders = (await readdir(data)).filter((folder) => REGIONS.test(folder));
  for (const folder of folders) {
    for (const file of await readdir(join(data, folder))) {
      s3.addObject(RAW, `${PREFIX}${folder}/${file}`, held(await readFile(join(data, folder, file))));
    }
  }
  for (const database of ["clinic", "research"]) glue.addDatabase(database);
  await catalogRaw(server, folders);
  server.record.clear();
  return { server, s3, glue, env };
}

/** The raw table, as a crawler would have listed it. */
async function catalogRaw({ endpoint }: AwsServer, folders: readonly string[]): Promise<void> {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const { Glue } = await import("@aws-sdk/client-glue");
  const glue = new Glue({ endpoint, region: "us-east-1", credentials: CALLER });
  const library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
  const storage = (Location: string) => ({ Location, SerdeInfo: { SerializationLibrary: library } });
  const at = { DatabaseName: "clinic" };
  const root = `s3://${RAW}/${PREFIX}`;
  const PartitionKeys = [{ Name: "region", Type: "string" }];
  await glue.createTable({
    ...at,
    TableInput: { Name: "encounters", PartitionKeys, StorageDescriptor: storage(root) },
  });
  const PartitionInputList = folders.map((folder) => ({
    Values: [folder.split("=")[1]!],
    StorageDescriptor: storage(`${root}${folder}/`),
  }));
  await glue.batchCreatePartition({ ...at, TableName: "encounters", PartitionInputList });
}

/** In place of a model: titles with a name behind them, dates and telephone numbers. */
function findings(text: string): readonly FakeEntity[] {
  const patterns: readonly (readonly [string, RegExp])[] = [
    ["NAME", /(?<=\b(?:Mr|Mrs|Ms|Dr)\. )\p{Lu}[\p{L}'-]+/gu],
    ["DATE", /\b\d{1,2}\/\d{1,2}\/\d{4}\b/g],
    ["PHONE_OR_FAX", /\b\d{3}-555-\d{4}\b/g],
  ];
  return patterns.flatMap(([type, pattern]) =>
    [...text.matchAll(pattern)].map(({ index, 0: found }) => ({ start: index, end: index + found.length, type })),
  );
}
