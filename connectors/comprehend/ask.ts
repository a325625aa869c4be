import { MaskingError } from "../../src/errors.ts";
import { failureOf } from "../aws/failure.ts";
import { type AwsOptions, clientOptions } from "../aws.ts";
import type { Ask } from "../limit.ts";

/** What of the SDK's client is used: `new ComprehendMedical(...)` is one. */
export interface PhiClient {
  detectPHI(
    input: { readonly Text: string },
    options: { readonly abortSignal: AbortSignal },
  ): Promise<{ readonly Entities?: unknown; readonly ModelVersion?: unknown; readonly PaginationToken?: unknown }>;
}

/** A finding as it came: any member may be missing, or of another type than the model says. */
export interface RawEntity {
  /** Code points, end exclusive. */
  readonly BeginOffset?: unknown;
  readonly EndOffset?: unknown;
  readonly Text?: unknown;
  readonly Type?: unknown;
  readonly Score?: unknown;
}

export interface PhiAnswer {
  readonly entities: readonly RawEntity[];
  /** Version of the model that answered. */
  readonly model: string;
  /** False where there is more, which the service gives no way to ask for. */
  readonly complete: boolean;
}

/** DetectPHI of one text of 1 to 20,000 bytes, well formed. Throws DETECTOR_FAILED where the answer has no entities. */
export function newAsk(options: AwsOptions & { readonly client?: PhiClient }): Ask<PhiAnswer> {
  let client: Promise<PhiClient> | undefined;
  return async (text, signal) => {
    client ??= options.client ? Promise.resolve(options.client) : connect(options);
    const answer = await (await client).detectPHI({ Text: text }, { abortSignal: signal });
    const { Entities: entities, ModelVersion: model, PaginationToken: token } = answer ?? {};
    if (!Array.isArray(entities) || entities.some((entity) => typeof entity !== "object" || entity === null)) {
      throw new MaskingError("DETECTOR_FAILED");
    }
    return { entities, model: versionOf(model), complete: token === undefined || token === null || token === "" };
  };
}

/** The service's word goes into reports, so it must look like what it is. */
function versionOf(model: unknown): string {
  return typeof model === "string" && /^[\w.-]{1,40}$/.test(model) ? model : "unknown";
}

async function connect(options: AwsOptions): Promise<PhiClient> {
  const { ComprehendMedical } = await import("@aws-sdk/client-comprehendmedical");
  const client = new ComprehendMedical(clientOptions(options, "COMPREHENDMEDICAL"));
  await client.config.region().catch(() => {
    throw new MaskingError("JOB_INVALID", { key: "aws.region", expected: "a region, here or in AWS_REGION" });
  });
  return client;
}

/** Refusals of a text and not of the caller: the same call with another text may go well. */
const UNFIT = /^(TextSizeLimitExceeded|InvalidEncoding|InvalidRequest)Exception$/;

/** Whether the service cannot take this text. */
export function isUnfit(error: unknown): boolean {
  return UNFIT.test(failureOf(error).name);
}

/** Passing by nature (a token may be renewed), and a matter of credentials where they last. */
const CREDENTIALS = /^(ExpiredToken(Exception)?|RequestExpired|RequestTimeTooSkewed)$/;

/** What the service or the SDK said, in our words. */
export function refusal(error: unknown): MaskingError {
  if (error instanceof MaskingError) return error;
  const { name, passing } = failureOf(error);
  return new MaskingError(passing && !CREDENTIALS.test(name) ? "DETECTOR_FAILED" : "SERVICE_DENIED");
}
