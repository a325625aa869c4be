/**
 * `npm run bench:refresh` (`-- --nights 3` for fewer): the same job thirty nights in a row over 10,000 inputs in S3 that do not change: seconds and
 * calls a night, and what this process holds in memory. The imitated service has a process of its own.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { s3Store } from "../connectors/s3.ts";
import { runJob } from "../src/pipeline.ts";
import type { Job } from "../src/plan.ts";
import type { Detector } from "../src/types.ts";
import { fakeS3 } from "../test/fakes/aws/s3.ts";
import { awsServer, CALLER } from "../test/fakes/aws/server.ts";
import { memoryJob, notingDetector } from "../test/fakes/memory-job.ts";
import { standing } from "../test/fakes/standing.ts";

const { values } = parseArgs({ options: { nights: { type: "string", default: "30" } } });
const INPUTS = 10_000;

if (process.send) await serve();
else await measure();

/** The bucket as a run has left it, and how many calls came since the last question. */
async function serve(): Promise<void> {
  const s3 = fakeS3();
  const server = await awsServer([s3]);
  s3.addBucket("b");
  await standing(s3, await jobAt(server.endpoint, notingDetector()), INPUTS);
  process.on("message", () => {
    process.send!(server.record.calls.length);
    server.record.clear();
  });
  process.send!(server.endpoint);
}

async function measure(): Promise<void> {
  const bucket = fork(fileURLToPath(import.meta.url), { execArgv: process.execArgv });
  const [endpoint] = (await once(bucket, "message")) as [string];
  try {
    for (let night = 1; night <= Number(values.nights); night++) {
      const detector = notingDetector();
      const job = await jobAt(endpoint, detector);
      const began = performance.now();
      const { status, report } = await runJob(job);
      const seconds = (performance.now() - began) / 1000;
      bucket.send("calls");
      const [calls] = (await once(bucket, "message")) as [number];
      const { heapUsed, external, rss } = memory();
      const held = `${megabytes(heapUsed + external)} held, ${megabytes(rss)} in all`;
      const texts = `${detector.seen.length} texts asked`;
      console.log(
        `night ${night}: ${status}, ${report.unchanged} inputs, ${seconds.toFixed(2)} s, ${calls} calls, ${texts}; ${held}`,
      );
    }
  } finally {
    bucket.kill();
  }
}

/** The same job whoever opens it: a night is a run of its own. */
async function jobAt(endpoint: string, detector: Detector): Promise<Job> {
  const local = await memoryJob({ detector, columns: "{id: text, part: keep}" });
  const store = s3Store({ endpoint, credentials: CALLER });
  return { ...local, source: { store, root: "s3://b/in/" }, target: { ...local.target, store, root: "s3://b/out/" } };
}

function memory(): NodeJS.MemoryUsage {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage();
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
