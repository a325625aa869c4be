import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type SecretOptions, secretText } from "../../connectors/secrets.ts";
import { MaskingError } from "../../src/errors.ts";
import { fakeSecrets } from "../fakes/aws/secrets.ts";
import { type AwsServer, awsServer, CALLER } from "../fakes/aws/server.ts";

const fake = fakeSecrets();
const KEY = "0123456789abcdef0123456789abcdef";
let server: AwsServer;

beforeAll(async () => {
  server = await awsServer([fake]);
});
afterAll(() => server.close());
beforeEach(() => {
  fake.secrets.clear();
  server.faults.clear();
  server.record.clear();
});

const read = (name: string, options: SecretOptions = {}) =>
  secretText(name, {
    endpoint: server.endpoint,
    credentials: CALLER,
    retries: { attempts: 3, baseMs: 1, capMs: 2 },
    ...options,
  });

describe("secretText", () => {
  it("reads text, bytes and one of several pairs", async () => {
    fake.secrets.set("text", { text: `${KEY}\n` });
    fake.secrets.set("bytes", { binary: Buffer.from("clé".repeat(20)) });
    fake.secrets.set("pairs", { text: JSON.stringify({ key: KEY, other: "x" }) });
    fake.secrets.set("brace", { text: `{${KEY}` });
    expect(await read("text")).toBe(`${KEY}\n`);
    expect(await read("bytes")).toBe("clé".repeat(20));
    expect(await read("pairs", { field: "key" })).toBe(KEY);
    expect(await read("brace")).toBe(`{${KEY}`);
  });

  it("asks in the region of an ARN", async () => {
    fake.secrets.set("text", { text: KEY });
    await read("arn:aws:secretsmanager:eu-central-1:111122223333:secret:text-AbCdEf", { region: "us-west-2" });
    expect(server.record.of("GetSecretValue")[0]!.headers["authorization"]).toContain("/eu-central-1/secretsmanager/");
  });

  it("comes through what passes", async () => {
    fake.secrets.set("text", { text: KEY });
    for (const kind of ["internal", "throttled", "lost", "truncated", "expired-token"] as const) {
      server.faults.add({ kind, times: 1 });
      expect(await read("text")).toBe(KEY);
    }
  });

  it.each([
    ["that is not there", "none", {}, "KEY_MISSING", "fix"],
    ["marked for deletion", "gone", {}, "KEY_MISSING", "fix"],
    ["of pairs where none is named", "pairs", {}, "KEY_MISSING", "fix"],
    ["of pairs where another is named", "pairs", { field: "secret" }, "KEY_MISSING", "fix"],
    ["of pairs where an inherited name is named", "pairs", { field: "constructor" }, "KEY_MISSING", "fix"],
    ["of plain text where a pair is named", "text", { field: "key" }, "KEY_MISSING", "fix"],
    ["that is blank", "blank", {}, "KEY_MISSING", "fix"],
    ["that is denied", "denied", {}, "STORE_DENIED", "fix"],
    ["asked for by nobody known", "text", { credentials: { ...CALLER, accessKeyId: "X" } }, "STORE_DENIED", "fix"],
    ["of a service that is not there", "text", { endpoint: "http://127.0.0.1:1" }, "STORE_FAILED", "retry"],
  ] as const)("refuses a secret %s, without its text or name", async (_, name, options, code, recovery) => {
    fake.secrets.set("text", { text: KEY });
    fake.secrets.set("gone", { text: KEY, deleted: true });
    fake.secrets.set("denied", { text: KEY, denied: true });
    fake.secrets.set("pairs", { text: JSON.stringify({ key: KEY }) });
    fake.secrets.set("blank", { text: " \n" });
    const error = await read(name, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MaskingError);
    expect(error).toMatchObject({ code, recovery });
    expect(JSON.stringify(error) + (error as Error).stack).not.toContain(KEY);
    expect(error).not.toHaveProperty("cause");
  });

  it("says where a region is to be set", async () => {
    vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_PROFILE"])
      vi.stubEnv(name, undefined);
    await expect(secretText("text", { credentials: CALLER })).rejects.toMatchObject({
      code: "JOB_INVALID",
      place: { key: "aws.region" },
    });
    vi.unstubAllEnvs();
  });
});
