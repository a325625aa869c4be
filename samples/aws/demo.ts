/** `npm run demo:aws`: starts AWS on this machine, runs each job of this folder by the built command, shows what it left. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Column } from "@aws-sdk/client-glue";
import { DATA, makeClinic } from "../clinic/make.ts";
import { makeScans, DATA as SCANS } from "../scans/make.ts";
import { type Cloud, startCloud } from "./cloud.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HERE = "samples/aws";
const KEY = process.env["PHIMASK_KEY"] ?? "a key for the demo alone, which hides nothing";

if (!existsSync(DATA)) await makeClinic();
await makeScans();
const cloud = await startCloud(join(DATA, "parquet"), SCANS, KEY);
try {
  console.log(
    `S3, Glue, Lake Formation, Comprehend Medical, Rekognition and Secrets Manager on this machine: ${cloud.server.endpoint}`,
  );
  for (const file of (await readdir(join(ROOT, HERE))).filter((name) => name.endsWith(".yaml")).sort()) {
    cloud.server.record.clear();
    console.log(`\n== ${file}`);
    const words = ["comprehend.yaml", "images.yaml"].includes(file)
      ? [["plan", "--sample", "200"], ["run"]]
      : [["run"]];
    for (const word of words) if ((await phimask(...word, `${HERE}/${file}`)) !== 0) process.exit(1);
    console.log(`\nCalls: ${calls(cloud)}`);
  }
  console.log(`\n== What stands in s3://phimask-research/\n${objects(cloud)}`);
  console.log(`\n== The catalog\n${catalog(cloud)}`);
  console.log(`
The same jobs run on AWS: name your buckets in them, and have credentials where the SDK looks. Policies of least
privilege are in deploy/iam/; README says what else an account needs before PHI goes there.`);
} finally {
  await cloud.server.close();
}

/** The command as a shell would run it, with nothing but its environment to tell it that this is not AWS. */
async function phimask(...words: readonly string[]): Promise<number> {
  console.log(`$ phimask ${words.join(" ")}`);
  const env = { ...process.env, ...cloud.env, PHIMASK_KEY: KEY };
  const child = spawn(process.execPath, ["dist/src/cli.js", ...words], { cwd: ROOT, env, stdio: "inherit" });
  return new Promise((done) => child.once("close", (code) => done(code ?? 1)));
}

function calls({ server }: Cloud): string {
  const counts = new Map<string, number>();
  for (const { service, operation } of server.record.calls) {
    const name = `${service}:${operation}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} ${name}`).join(", ");
}

function objects({ s3 }: Cloud): string {
  const all = [...s3.state.buckets.get("phimask-research")!.objects.values()];
  const lines = all.map(({ key, content }) => `${String(content.size).padStart(9)}  ${key}`);
  return lines.sort((a, b) => (a.slice(11) < b.slice(11) ? -1 : 1)).join("\n");
}

function catalog({ glue, lake }: Cloud): string {
  const { input, partitions } = glue.table("research", "encounters")!;
  const { Columns, Location } = input["StorageDescriptor"] as { Columns: readonly Column[]; Location: string };
  const keys = input["PartitionKeys"] as readonly Column[];
  const column = ({ Name, Type, Comment = "" }: Column) => `  ${Name!.padEnd(14)} ${Type!.padEnd(16)} ${Comment}`;
  return [
    `research.encounters at ${Location}`,
    ...Columns.map((each) => column(each).trimEnd()),
    `Partitioned by ${keys.map(({ Name }) => Name).join(", ")}: ${[...partitions.values()].map(({ values }) => values.join("/")).join(", ")}`,
    ...Object.entries(input["Parameters"] as object).map(([name, value]) => `  ${name} = ${value}`),
    `Tagged ${JSON.stringify(lake.assigned.get("research/encounters"))}`,
  ].join("\n");
}
