import { MaskingError } from "../src/errors.ts";

/**
 * Options that every AWS client of this package is made with. Timeouts are explicit, since the SDK's own default waits
 * without end; its retries are off, since `retrying` of `aws/retry.ts` does them.
 */

/** How to reach AWS, or a service that speaks its protocols. */
export interface AwsOptions {
  /** `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's where left out; `us-east-1` where there is an endpoint and none of them. */
  readonly region?: string;
  /** Base address of all services, for private endpoints and compatible stores; `AWS_ENDPOINT_URL` where left out. */
  readonly endpoint?: string;
  /** The SDK's default chain (environment, profile, container, instance) where left out. */
  readonly credentials?: Credentials;
  readonly timeouts?: Timeouts;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Milliseconds. */
export interface Timeouts {
  /** Until a connection stands. */
  readonly connect: number;
  /** Between two bytes of a request or an answer. */
  readonly idle: number;
  /** Until the head of an answer has come, the sending of the request included. */
  readonly answer: number;
}

const TIMEOUTS: Timeouts = { connect: 5_000, idle: 60_000, answer: 300_000 };

/** What the SDK's clients take. */
export interface ClientOptions {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: Credentials;
  readonly maxAttempts: number;
  readonly customUserAgent: string;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly socketTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
    readonly httpAgent: { readonly keepAlive: boolean; readonly maxSockets: number };
    readonly httpsAgent: { readonly keepAlive: boolean; readonly maxSockets: number };
  };
}

/**
 * Options of a client of `service` (`S3`, `GLUE`, ...), as its variable `AWS_ENDPOINT_URL_<service>` names it. Throws
 * JOB_INVALID where the endpoint is no address.
 */
export function clientOptions(options: AwsOptions, service: string): ClientOptions {
  // The SDK is pinned, and to a version that runs here: its warning of versions to come would stand in every log.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const endpoint = endpointOf(options, service);
  const region = regionOf(options) ?? (endpoint === undefined ? undefined : "us-east-1");
  const { connect, idle, answer } = options.timeouts ?? TIMEOUTS;
  const agent = { keepAlive: true, maxSockets: 64 };
  return {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(options.credentials && { credentials: options.credentials }),
    maxAttempts: 1,
    customUserAgent: "phimask",
    requestHandler: {
      connectionTimeout: connect,
      socketTimeout: idle,
      requestTimeout: answer,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

/** The endpoint that is set for a service; undefined where it is AWS's own by region. */
export function endpointOf(options: AwsOptions, service: string): string | undefined {
  const endpoint = options.endpoint ?? process.env[`AWS_ENDPOINT_URL_${service}`] ?? process.env["AWS_ENDPOINT_URL"];
  if (endpoint !== undefined && !/^https?:\/\/[^/?#\s]+/.test(endpoint)) {
    throw new MaskingError("JOB_INVALID", { key: "aws.endpoint", expected: "an address such as https://host:port" });
  }
  return endpoint;
}

/** Left to the SDK (a profile's region) where undefined. */
function regionOf({ region }: AwsOptions): string | undefined {
  return region ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
}
