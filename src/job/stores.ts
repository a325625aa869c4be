import type { AwsOptions } from "../../connectors/aws.ts";
import { MaskingError } from "../errors.ts";
import type { AwsJobOptions } from "../jobfile.ts";
import type { ObjectStore } from "../types.ts";

/** The store that a path of the job is in: `s3://bucket/...`, or the local disk. Each is made once, when first asked for. */
export type StoreFor = (path: string) => Promise<ObjectStore>;

/** A scheme's name and what follows it; a drive's letter is none. */
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

/** Stores by what a path begins with; no AWS client is loaded for local ones. Throws JOB_INVALID for another scheme. */
export function openStores(aws: AwsJobOptions = {}): StoreFor {
  const made = new Map<string, Promise<ObjectStore>>();
  return (path) => {
    const scheme = schemeOf(path);
    const store = made.get(scheme) ?? (scheme === "s3" ? openS3(aws) : openFiles());
    made.set(scheme, store);
    return store;
  };
}

/** `s3` or `file`. Throws JOB_INVALID for another scheme. */
export function schemeOf(path: string): "s3" | "file" {
  const scheme = SCHEME.exec(path)?.[1]?.toLowerCase() ?? "file";
  if (scheme === "s3a" || scheme === "s3n") {
    throw new MaskingError("JOB_INVALID", {
      key: "path",
      expected: "s3://bucket/key (s3a and s3n are Hadoop's names)",
    });
  }
  if (scheme !== "s3" && scheme !== "file") {
    throw new MaskingError("JOB_INVALID", { key: "path", expected: "a path of the local disk, or s3://bucket/key" });
  }
  return scheme;
}

/** What of the job's `aws` every client takes. */
export function awsOptions({ region, endpoint }: AwsJobOptions = {}): AwsOptions {
  return { ...(region != null && { region }), ...(endpoint != null && { endpoint }) };
}

async function openFiles(): Promise<ObjectStore> {
  return (await import("../../connectors/files.ts")).fileStore();
}

async function openS3(aws: AwsJobOptions): Promise<ObjectStore> {
  const { s3Store } = await import("../../connectors/s3.ts");
  return s3Store({
    ...awsOptions(aws),
    ...(aws.kms_key != null && { kmsKey: aws.kms_key }),
    ...(aws.expected_bucket_owner != null && { expectedBucketOwner: aws.expected_bucket_owner }),
    ...(aws.requester_pays != null && { requesterPays: aws.requester_pays }),
    ...(aws.path_style != null && { pathStyle: aws.path_style }),
    ...(aws.conditional_writes === false && { conditionalWrites: false }),
  });
}
