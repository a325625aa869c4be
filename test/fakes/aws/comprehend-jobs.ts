/** PHI detection jobs of the fake: read what stands below a prefix of the fake's S3, and write answers beside it. */
import { randomBytes } from "node:crypto";
import { held } from "./content.ts";
import { Refusal } from "./exchange.ts";
import type { FakeS3 } from "./s3.ts";

/** Members of a request. */
type Members = Readonly<Record<string, unknown>>;

export interface FakeJob {
  readonly id: string;
  readonly token: string;
  readonly input: Members;
  /** Descriptions before it ends. */
  left: number;
  status: string;
}

export interface FakeJobs {
  readonly all: FakeJob[];
  /** How often a job is described before it ends. */
  polls: number;
  /** What becomes of it then. */
  ending: "COMPLETED" | "PARTIAL_SUCCESS" | "FAILED";
  /** Files that the service leaves out. */
  unread: (name: string) => boolean;
  /** The answer's text in place of the fake's own; undefined for its own. */
  says: (name: string) => string | undefined;
  run(operation: string, input: Members): object | undefined;
}

interface Place {
  readonly S3Bucket: string;
  readonly S3Key: string;
}

/** Bytes that a file of a job may have. */
const FILE_LIMIT = 40_000;
const ACCOUNT = "111122223333";

export function fakeJobs(s3: FakeS3, answer: (text: string) => object): FakeJobs {
  const jobs: FakeJobs = {
    all: [],
    polls: 2,
    ending: "COMPLETED",
    unread: () => false,
    says: () => undefined,
    run(operation, input) {
      if (operation === "StartPHIDetectionJob") return { JobId: begin(jobs, input).id };
      if (operation !== "DescribePHIDetectionJob") return undefined;
      const job = jobs.all.find(({ id }) => id === input["JobId"]);
      if (!job) throw new Refusal(404, "ResourceNotFoundException", "Job not found");
      if (job.status === "SUBMITTED" || job.status === "IN_PROGRESS") step(jobs, job, s3, answer);
      const { id: JobId, status: JobStatus } = job;
      return { ComprehendMedicalAsyncJobProperties: { JobId, JobStatus, ...job.input } };
    },
  };
  return jobs;
}

function begin({ all, polls }: FakeJobs, input: Members): FakeJob {
  for (const member of ["InputDataConfig", "OutputDataConfig", "DataAccessRoleArn", "LanguageCode"]) {
    if (input[member] === undefined) throw new Refusal(400, "InvalidRequestException", `${member} is missing`);
  }
  const token = String(input["ClientRequestToken"]);
  const known = all.find((job) => job.token === token);
  if (known) return known;
  const job: FakeJob = { id: randomBytes(16).toString("hex"), token, input, left: polls, status: "SUBMITTED" };
  all.push(job);
  return job;
}

function step(jobs: FakeJobs, job: FakeJob, s3: FakeS3, answer: (text: string) => object): void {
  job.left -= 1;
  job.status = job.left > 0 ? "IN_PROGRESS" : jobs.ending;
  if (job.left > 0 || jobs.ending === "FAILED") return;
  const [from, to] = [job.input["InputDataConfig"] as Place, job.input["OutputDataConfig"] as Place];
  const folder = `${to.S3Key}${ACCOUNT}-PHIDetection-${job.id}/`;
  for (const [key, object] of [...s3.state.buckets.get(from.S3Bucket)!.objects]) {
    const name = key.slice(from.S3Key.length);
    if (!key.startsWith(from.S3Key) || jobs.unread(name)) continue;
    if (object.content.size > FILE_LIMIT || object.content.size === 0) continue;
    const text = object.content.read(0, object.content.size).toString();
    const out = jobs.says(name) ?? JSON.stringify(answer(text));
    s3.addObject(to.S3Bucket, `${folder}${name}.out`, held(Buffer.from(out)));
  }
  s3.addObject(to.S3Bucket, `${folder}Manifest`, held(Buffer.from("{}")));
}
