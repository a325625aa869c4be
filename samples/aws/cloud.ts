/** AWS on this machine: the fake services of the tests, with buckets, a secret and a catalog as the jobs here name them. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Raster } from "../../src/image-types.ts";
import { openReader } from "../../src/job/readers.ts";
import { newTally } from "../../src/report.ts";
import { type FakeEntity, fakeComprehend } from "../../test/fakes/aws/comprehend.ts";
import { held } from "../../test/fakes/aws/content.ts";
import { type FakeGlue, fakeGlue } from "../../test/fakes/aws/glue.ts";
import { type FakeLakeFormation, fakeLakeFormation } from "../../test/fakes/aws/lakeformation.ts";
import { fakeRekognition, type Seen } from "../../test/fakes/aws/rekognition.ts";
import { type FakeS3, fakeS3 } from "../../test/fakes/aws/s3.ts";
import { fakeSecrets } from "../../test/fakes/aws/secrets.ts";
import { type AwsServer, awsServer, CALLER } from "../../test/fakes/aws/server.ts";

export interface Cloud {
  readonly server: AwsServer;
  readonly s3: FakeS3;
  readonly glue: FakeGlue;
  readonly lake: FakeLakeFormation;
  /** What a program needs to reach it in place of AWS. */
  readonly env: Readonly<Record<string, string>>;
}

const RAW = "phimask-raw";
const PREFIX = "encounters/";
/** Half of the data is enough to be shown. */
const REGIONS = /=(north|south)$/;

/** Starts it with Parquet files and scans below two folders as its raw data, and with a key as its secret. */
export async function startCloud(data: string, scans: string, key: string): Promise<Cloud> {
  const s3 = fakeS3();
  const [glue, comprehend, secrets, rekognition] = [fakeGlue(), fakeComprehend(s3), fakeSecrets(), fakeRekognition()];
  const lake = fakeLakeFormation(glue);
  const server = await awsServer([s3, glue, lake, comprehend, secrets, rekognition]);
  const env = {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
  };
  secrets.secrets.set("phimask/key", { text: key });
  comprehend.answer = findings;
  rekognition.see = await reader();
  lake.tags.set("sensitivity", ["phi", "deidentified"]);
  for (const bucket of [RAW, "phimask-research", "phimask-private"]) s3.addBucket(bucket);
  const folders = (await readdir(data)).filter((folder) => REGIONS.test(folder));
  for (const folder of folders) {
    for (const file of await readdir(join(data, folder))) {
      s3.addObject(RAW, `${PREFIX}${folder}/${file}`, held(await readFile(join(data, folder, file))));
    }
  }
  await putScans(s3, scans);
  for (const database of ["clinic", "research"]) glue.addDatabase(database);
  await catalogRaw(server, folders);
  server.record.clear();
  return { server, s3, glue, lake, env };
}

/** The rows whose scan is a picture of one page, and those pictures. */
async function putScans(s3: FakeS3, scans: string): Promise<void> {
  const [head, ...rows] = (await readFile(join(scans, "visits.csv"), "utf8")).trim().split("\n");
  const pictures = rows.filter((row) => row.endsWith(".png"));
  s3.addObject(RAW, "scans/visits.csv", held(Buffer.from(`${[head, ...pictures].join("\n")}\n`)));
  for (const row of pictures) {
    const link = row.split(",").at(-1)!;
    s3.addObject(RAW, `scans/${link}`, held(await readFile(join(scans, link))));
  }
}

/** In place of a model that reads pictures: the embedded one. */
async function reader(): Promise<(picture: Raster) => Promise<readonly Seen[]>> {
  const { read } = await openReader({ threads: 1 });
  const run = { tally: newTally(), signal: new AbortController().signal };
  return async (picture) => {
    const words = await read(picture, run);
    return words.map(({ text, line, polygon }) => {
      const [xs, ys] = [polygon.map(({ x }) => x), polygon.map(({ y }) => y)];
      const [x, y] = [Math.min(...xs), Math.min(...ys)];
      return { text, line, box: { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y } };
    });
  };
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
