import type { S3 } from "@aws-sdk/client-s3";
import { MaskingError } from "../../src/errors.ts";
import { failureOf, UNTRUSTED } from "../aws/failure.ts";
import { RETRIES, type Retries, retrying } from "../aws/retry.ts";
import { type AwsOptions, clientOptions, endpointOf } from "../aws.ts";
import { isArn } from "./address.ts";

export interface S3Options extends AwsOptions {
  /** Key in KMS that every object is encrypted with: id, alias or ARN; as the bucket says where left out. */
  readonly kmsKey?: string;
  /** The account that must own the bucket, 12 digits: one for all buckets, or by bucket. */
  readonly expectedBucketOwner?: string | Readonly<Record<string, string>>;
  /** This account pays for requests to buckets that ask for it. */
  readonly requesterPays?: boolean;
  /** `https://endpoint/bucket/key`; with an endpoint unless told, never without one. */
  readonly pathStyle?: boolean;
  /**
   * False: for stores that lack conditional writes. What stands there is looked at before a write, so that of two
   * writers within the same moment both may believe to be the only one. True where left out.
   */
  readonly conditionalWrites?: boolean;
  readonly retries?: Retries;
}

/** Members that go with every request to a bucket. */
export interface Standing {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string;
  readonly RequestPayer?: "requester";
}

/** How this store's parts ask S3. */
export interface S3Access {
  /**
   * Asks until it is answered, or throws a store's `MaskingError`. `request` may be called again though its last call
   * was carried out: the answer was lost. Once `signal` is aborted nothing is asked again.
   */
  ask<T>(bucket: string, request: (s3: S3) => Promise<T>, signal?: AbortSignal): Promise<T>;
  standing(bucket: string): Standing;
  /** Of the bucket that a copy reads. */
  ownerOf(bucket: string): string | undefined;
  /** Members of a request that makes an object. */
  readonly encryption: {
    readonly ServerSideEncryption?: "aws:kms";
    readonly SSEKMSKeyId?: string;
    readonly BucketKeyEnabled?: boolean;
  };
  /** S3 itself, and no store that merely speaks its protocol. */
  readonly genuine: boolean;
}

/** Nothing is loaded or asked before the first request. */
export function s3Access(options: S3Options): S3Access {
  const endpoint = endpointOf(options, "S3");
  const pathStyle = options.pathStyle ?? endpoint !== undefined;
  const clients = new Map<boolean, Promise<S3>>();
  const clientFor = (bucket: string) => {
    const path = pathStyle && !isArn(bucket); // an access point has no path
    const client = clients.get(path) ?? connect(options, path);
    clients.set(path, client);
    return client;
  };
  const owners = options.expectedBucketOwner;
  const ownerOf = (bucket: string) => (typeof owners === "string" ? owners : owners?.[bucket]);
  return {
    async ask(bucket, request, signal) {
      const s3 = await clientFor(bucket);
      return retrying(() => request(s3), options.retries ?? RETRIES, signal).catch((error: unknown) => {
        throw refusal(error);
      });
    },
    standing(bucket) {
      const owner = ownerOf(bucket);
      return {
        Bucket: bucket,
        ...(owner !== undefined && { ExpectedBucketOwner: owner }),
        ...(options.requesterPays && { RequestPayer: "requester" as const }),
      };
    },
    ownerOf,
    encryption: options.kmsKey
      ? { ServerSideEncryption: "aws:kms", SSEKMSKeyId: options.kmsKey, BucketKeyEnabled: true }
      : {},
    genuine: endpoint === undefined || /\.amazonaws\.com(\.cn)?(:\d+)?\/?$/.test(endpoint),
  };
}

async function connect(options: S3Options, forcePathStyle: boolean): Promise<S3> {
  const { S3 } = await import("@aws-sdk/client-s3");
  const client = new S3({
    ...clientOptions(options, "S3"),
    forcePathStyle,
    followRegionRedirects: true,
    // Ranges carry no checksum, and lengths are compared; of a whole object it would be summed in JavaScript, at 60 MB/s.
    responseChecksumValidation: "WHEN_REQUIRED",
    // It costs a connection of its own for each part.
    expectContinueHeader: false,
  });
  await client.config.region().catch(() => {
    throw new MaskingError("JOB_INVALID", { key: "aws.region", expected: "a region, here or in AWS_REGION" });
  });
  return client;
}

const REFUSALS: readonly (readonly [RegExp, () => MaskingError])[] = [
  [/^(NoSuchBucket|InvalidBucketName|NoSuchAccessPoint)$/, () => refused("a bucket that exists")],
  [
    /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/,
    () => refused("the bucket's own region in aws.region"),
  ],
  [/^KMS\.|KMS.*Exception$/, () => refused("a KMS key that may be used")],
  [UNTRUSTED, () => refused("an endpoint whose certificate is trusted (NODE_EXTRA_CA_CERTS names more)")],
  [
    /^NotImplemented$/,
    () => refused("a store with multipart uploads and conditional writes (If-Match, If-None-Match)"),
  ],
  [/^InvalidObjectState$/, () => refused("objects restored from their archive")],
  [/^(InvalidRange|416)$/, () => new MaskingError("INPUT_TRUNCATED")],
  [/^(NoSuchKey|NotFound|NoSuchUpload|PreconditionFailed)$/, () => new MaskingError("STORE_CONFLICT")],
  [/^(ConditionalRequestConflict|OperationAborted)$/, () => new MaskingError("STORE_CONFLICT")],
  [/^(CredentialsProviderError|TokenProviderError|ProviderError)$/, () => new MaskingError("STORE_DENIED")],
  [/^(ExpiredToken|InvalidToken|RequestTimeTooSkewed)$/, () => new MaskingError("STORE_DENIED")],
];

const STATUSES: Readonly<Record<number, () => MaskingError>> = {
  401: () => new MaskingError("STORE_DENIED"),
  403: () => new MaskingError("STORE_DENIED"),
  404: () => new MaskingError("STORE_CONFLICT"),
  409: () => new MaskingError("STORE_CONFLICT"),
  412: () => new MaskingError("STORE_CONFLICT"),
  416: () => new MaskingError("INPUT_TRUNCATED"),
};

function refused(expected: string): MaskingError {
  return new MaskingError("STORE_REFUSED", { expected });
}

/** What S3 said, in our words. */
function refusal(error: unknown): MaskingError {
  if (error instanceof MaskingError) return error;
  const { name, status, passing } = failureOf(error);
  const known = REFUSALS.find(([names]) => names.test(name))?.[1] ?? STATUSES[status ?? 0];
  return known?.() ?? new MaskingError(passing ? "STORE_FAILED" : "STORE_REFUSED");
}
