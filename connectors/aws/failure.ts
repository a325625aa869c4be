import { MaskingError } from "../../src/errors.ts";

/** What an error of the SDK says, without its text: services put keys and names into their messages. */
export interface AwsFailure {
  /** The service's name of it, such as `NoSuchKey`; the SDK's or Node's where no service answered. */
  readonly name: string;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** The same request may go well a moment later. */
  readonly passing: boolean;
  /** The service asks for fewer requests. */
  readonly throttled: boolean;
  /** Milliseconds that the service asks to wait; 0 where it does not. */
  readonly waitMs: number;
}

const THROTTLES =
  /^(Throttling(Exception)?|ThrottledException|TooManyRequestsException|RequestLimitExceeded|BandwidthLimitExceeded|RequestThrottled(Exception)?|SlowDown|ProvisionedThroughputExceededException|PriorRequestNotComplete|EC2ThrottledException)$/;

/**
 * Refusals with a status of 4xx that pass: a conflict of two writers, a clock that the SDK has set right by now, a
 * token that the provider may have renewed, a body that did not arrive whole, a catalog that was slow.
 */
const PASSING =
  /^(RequestTimeout|RequestTimeoutException|ConditionalRequestConflict|OperationAborted|RequestTimeTooSkewed|RequestExpired|ExpiredToken(Exception)?|BadDigest|XAmzContentSHA256Mismatch|IncompleteBody|OperationTimeoutException|ResourceNotReadyException)$/;

/** How services other than S3 begin to refuse a request of another time; what they name it is also a wrong key's name. */
const OF_ANOTHER_TIME = /^Signature (expired|not yet current)/;

/** Nothing was asked at all: no credentials. */
const UNASKED = /^(CredentialsProviderError|TokenProviderError|ProviderError)$/;

/** OpenSSL's and Node's codes for a certificate that is not trusted, and for a server that does not speak TLS. */
export const UNTRUSTED: RegExp = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^ERR_(TLS|SSL)|^EPROTO$/;

interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  /** The SDK notes where it has set its clock right by the answer: one to HEAD has no other sign of that. */
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: true };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** The same error seen by what a caller must decide. An answer that does not parse is a passing one, an error of ours is not. */
export function failureOf(error: unknown): AwsFailure {
  const { name = "", code = "", message = "", $metadata, $response } = (error ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode;
  const final = error instanceof MaskingError || UNASKED.test(name) || UNTRUSTED.test(code);
  const refused = status !== undefined && ((status >= 400 && status < 500) || status === 501);
  const ofAnotherTime = $metadata?.clockSkewCorrected ?? OF_ANOTHER_TIME.test(message);
  const throttled = status === 429 || THROTTLES.test(name);
  return {
    name: name === "Error" && code !== "" ? code : name,
    status,
    throttled,
    passing: throttled || PASSING.test(name) || ofAnotherTime || !(refused || final),
    waitMs: waitOf($response?.headers ?? {}),
  };
}

function waitOf(headers: Readonly<Record<string, string>>): number {
  const ms = Number(headers["x-amz-retry-after"]);
  if (ms > 0) return ms;
  const seconds = Number(headers["retry-after"]);
  return seconds > 0 ? seconds * 1000 : 0;
}
