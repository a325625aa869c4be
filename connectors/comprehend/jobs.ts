/** PHI detection jobs of Comprehend Medical: one over all files below a prefix, which ends when the service has read them. */
import type { ComprehendMedical } from "@aws-sdk/client-comprehendmedical";
import { MaskingError } from "../../src/errors.ts";
import { RETRIES, type Retries, retrying } from "../aws/retry.ts";
import { type AwsOptions, clientOptions } from "../aws.ts";
import { addressOf } from "../s3/address.ts";
import { refusal } from "./ask.ts";

export interface JobOptions extends AwsOptions {
  /** ARN of the role by which the service reads and writes the files. */
  readonly role: string;
  /** Key in KMS that the service encrypts its answers with: id or ARN. */
  readonly kmsKey: string;
  /** Milliseconds between two looks at a job; half a minute where left out. */
  readonly pollMs?: number;
  readonly retries?: Retries;
}

export interface DetectionJobs {
  /** Starts a job over `input`, whose answers go below `output`; the same `token` gives the same job. Its id. */
  start(input: string, output: string, token: string): Promise<string>;
  /** Waits until the job has ended. Throws DETECTOR_FAILED where it gave no answer, STOPPED, SERVICE_DENIED. */
  ended(id: string, signal: AbortSignal): Promise<void>;
}

/** Nothing is loaded or asked before the first job. */
export function detectionJobs(options: JobOptions): DetectionJobs {
  const { role, kmsKey, pollMs = 30_000, retries = RETRIES } = options;
  let client: Promise<ComprehendMedical> | undefined;
  const ask = async <T>(call: (service: ComprehendMedical) => Promise<T>): Promise<T> => {
    client ??= connect(options);
    const service = await client;
    return retrying(() => call(service), retries).catch((error: unknown) => {
      throw refusal(error);
    });
  };
  return {
    async start(input, output, token) {
      const answer = await ask((service) =>
        service.startPHIDetectionJob({
          InputDataConfig: placeOf(input),
          OutputDataConfig: placeOf(output),
          DataAccessRoleArn: role,
          KMSKey: kmsKey,
          LanguageCode: "en",
          ClientRequestToken: token,
        }),
      );
      if (!answer.JobId) throw new MaskingError("DETECTOR_FAILED");
      return answer.JobId;
    },
    async ended(id, signal) {
      for (;;) {
        const answer = await ask((service) => service.describePHIDetectionJob({ JobId: id }));
        const status = answer.ComprehendMedicalAsyncJobProperties?.JobStatus ?? "";
        // What a part was not read of is asked about text by text.
        if (status === "COMPLETED" || status === "PARTIAL_SUCCESS") return;
        if (status !== "SUBMITTED" && status !== "IN_PROGRESS") throw new MaskingError("DETECTOR_FAILED");
        await pause(pollMs, signal);
      }
    },
  };
}

function placeOf(uri: string): { S3Bucket: string; S3Key: string } {
  const { bucket, key } = addressOf(uri);
  return { S3Bucket: bucket, S3Key: key };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new MaskingError("STOPPED"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

async function connect(options: AwsOptions): Promise<ComprehendMedical> {
  const { ComprehendMedical } = await import("@aws-sdk/client-comprehendmedical");
  const client = new ComprehendMedical(clientOptions(options, "COMPREHENDMEDICAL"));
  await client.config.region().catch(() => {
    throw new MaskingError("JOB_INVALID", { key: "aws.region", expected: "a region, here or in AWS_REGION" });
  });
  return client;
}
