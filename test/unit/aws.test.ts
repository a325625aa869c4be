import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failureOf } from "../../connectors/aws/failure.ts";
import { retrying } from "../../connectors/aws/retry.ts";
import { clientOptions, endpointOf } from "../../connectors/aws.ts";
import { MaskingError } from "../../src/errors.ts";

const VARIABLES = ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"];
afterEach(() => vi.unstubAllEnvs());

/** An error as the SDK throws one. */
const refused = (name: string, httpStatusCode?: number, headers: Record<string, string> = {}) =>
  Object.assign(new Error("text of the service"), {
    name,
    $metadata: { httpStatusCode },
    $response: { headers },
  });

const corrected = (error: ReturnType<typeof refused>) =>
  Object.assign(error, { $metadata: { ...error.$metadata, clockSkewCorrected: true } });
const skewed = (message: string) => Object.assign(refused("InvalidSignatureException", 400), { message });

describe("client options", () => {
  it("take region and endpoint from the job, then from the environment", () => {
    for (const name of VARIABLES) vi.stubEnv(name, undefined);
    expect(clientOptions({}, "S3")).not.toHaveProperty("region");
    expect(clientOptions({}, "S3")).not.toHaveProperty("endpoint");
    expect(clientOptions({ endpoint: "http://x:1" }, "S3")).toMatchObject({
      region: "us-east-1",
      endpoint: "http://x:1",
    });
    vi.stubEnv("AWS_DEFAULT_REGION", "eu-west-1");
    vi.stubEnv("AWS_ENDPOINT_URL", "https://all");
    vi.stubEnv("AWS_ENDPOINT_URL_S3", "https://s3");
    expect(endpointOf({}, "S3")).toBe("https://s3");
    expect(clientOptions({}, "GLUE")).toMatchObject({ region: "eu-west-1", endpoint: "https://all" });
    vi.stubEnv("AWS_REGION", "eu-west-2");
    expect(clientOptions({}, "S3").region).toBe("eu-west-2");
    expect(clientOptions({ region: "us-west-2" }, "S3").region).toBe("us-west-2");
  });

  it.each(["", "read", "s3.local:9000", "https://", "ftp://x"])("refuse %j as an endpoint", (endpoint) => {
    expect(() => clientOptions({ endpoint }, "S3")).toThrow(expect.objectContaining({ code: "JOB_INVALID" }));
  });

  it("wait for nothing without end and leave trying again to the callers", () => {
    const { maxAttempts, requestHandler } = clientOptions({}, "S3");
    expect(maxAttempts).toBe(1);
    const { connectionTimeout, socketTimeout, requestTimeout, throwOnRequestTimeout } = requestHandler;
    expect(Math.min(connectionTimeout, socketTimeout, requestTimeout)).toBeGreaterThan(0);
    expect(throwOnRequestTimeout).toBe(true);
  });
});

describe("failures", () => {
  it.each([
    ["no answer", Object.assign(new Error(), { code: "ECONNRESET" }), true, false],
    ["a time-out", refused("TimeoutError"), true, false],
    ["an answer that does not parse", new SyntaxError("Unexpected end of JSON input"), true, false],
    ["500", refused("InternalError", 500), true, false],
    ["503 SlowDown", refused("SlowDown", 503), true, true],
    ["429", refused("TooManyRequestsException", 429), true, true],
    ["400 ThrottlingException", refused("ThrottlingException", 400), true, true],
    ["an expired token", refused("ExpiredTokenException", 400), true, false],
    ["a skewed clock", refused("RequestTimeTooSkewed", 403), true, false],
    ["a skewed clock, elsewhere", skewed("Signature not yet current: 2"), true, false],
    ["a skewed clock, at HEAD", corrected(refused("403", 403)), true, false],
    ["a wrong key", skewed("The request signature we calculated does not match"), false, false],
    ["409 of two writers", refused("ConditionalRequestConflict", 409), true, false],
    ["a body that came broken", refused("BadDigest", 400), true, false],
    ["403", refused("AccessDenied", 403), false, false],
    ["404", refused("NoSuchKey", 404), false, false],
    ["412", refused("PreconditionFailed", 412), false, false],
    ["501", refused("NotImplemented", 501), false, false],
    ["no credentials", refused("CredentialsProviderError"), false, false],
    ["an error of ours", new MaskingError("INPUT_TRUNCATED"), false, false],
  ])("%s: passing or not, throttled or not", (_, error, passing, throttled) => {
    expect(failureOf(error)).toMatchObject({ passing, throttled });
  });

  it("tell how long the service asks to wait", () => {
    expect(failureOf(refused("SlowDown", 503, { "retry-after": "2" })).waitMs).toBe(2000);
    expect(failureOf(refused("SlowDown", 503, { "x-amz-retry-after": "150", "retry-after": "2" })).waitMs).toBe(150);
    expect(failureOf(refused("SlowDown", 503)).waitMs).toBe(0);
    expect(failureOf(refused("SlowDown", 503, { "retry-after": "Fri, 01 Jan 2027 00:00:00 GMT" })).waitMs).toBe(0);
    expect(failureOf(undefined)).toMatchObject({ name: "", waitMs: 0 });
  });
});

describe("retrying", () => {
  const quick = { attempts: 4, baseMs: 1, capMs: 2 };
  const failing = (times: number, error: unknown) => {
    let calls = 0;
    return {
      get calls() {
        return calls;
      },
      call: async () => {
        calls += 1;
        if (calls <= times) throw error;
        return calls;
      },
    };
  };

  it("calls again while the failure passes, as often as it may", async () => {
    expect(await retrying(failing(3, refused("SlowDown", 503)).call, quick)).toBe(4);
    const endless = failing(9, refused("InternalError", 500));
    await expect(retrying(endless.call, quick)).rejects.toMatchObject({ name: "InternalError" });
    expect(endless.calls).toBe(4);
    const final = failing(9, refused("AccessDenied", 403));
    await expect(retrying(final.call, quick)).rejects.toMatchObject({ name: "AccessDenied" });
    expect(final.calls).toBe(1);
  });

  it("stops when it is told to, in the middle of a wait", async () => {
    const stop = new AbortController();
    const error = refused("InternalError", 500);
    const { call } = failing(9, error);
    const waiting = retrying(call, { attempts: 9, baseMs: 1e6, capMs: 1e6 }, stop.signal);
    setTimeout(() => stop.abort(), 5);
    await expect(waiting).rejects.toBe(error);
  });
});

describe("the AWS clients", () => {
  it("are loaded by no import that runs before they are needed", () => {
    const files = ["src", "connectors", "transforms"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${folder}/${file}`),
    );
    const statics = files.filter((file) =>
      /^(import|export) (?!type)[^;]*from "@(aws-sdk|smithy)\//m.test(readFileSync(file, "utf8")),
    );
    expect(statics).toEqual([]);
  });
});
