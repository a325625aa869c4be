import { MaskingError } from "../src/errors.ts";
import { failureOf } from "./aws/failure.ts";
import { RETRIES, type Retries, retrying } from "./aws/retry.ts";
import { type AwsOptions, clientOptions } from "./aws.ts";

export interface SecretOptions extends AwsOptions {
  /** Name of the pair whose value it is, where the secret holds key/value pairs. */
  readonly field?: string;
  readonly retries?: Retries;
}

/** Where a job names the key. */
const PLACE = { key: "policy.key.secrets_manager" };

/**
 * The text of a secret in Secrets Manager, by its name or ARN, as it stands now; bytes are read as UTF-8. The region is
 * the ARN's where the name is one. The caller must not print it. Throws KEY_MISSING where there is none, or where it
 * holds key/value pairs and `field` names none of them; STORE_DENIED where it may not be read; STORE_FAILED.
 */
export async function secretText(name: string, options: SecretOptions = {}): Promise<string> {
  const { SecretsManager } = await import("@aws-sdk/client-secrets-manager");
  const region = /^arn:[^:]+:secretsmanager:([^:]+):/.exec(name)?.[1] ?? options.region;
  const client = new SecretsManager(
    clientOptions({ ...options, ...(region !== undefined && { region }) }, "SECRETS_MANAGER"),
  );
  try {
    await client.config.region().catch(() => {
      throw new MaskingError("JOB_INVALID", { key: "aws.region", expected: "a region, here or in AWS_REGION" });
    });
    const ask = () => client.getSecretValue({ SecretId: name });
    const { SecretString, SecretBinary } = await retrying(ask, options.retries ?? RETRIES);
    const text = SecretString ?? (SecretBinary && new TextDecoder().decode(SecretBinary));
    return keyIn(text, options.field);
  } catch (error) {
    throw refusal(error);
  } finally {
    client.destroy();
  }
}

/** The console of Secrets Manager makes a JSON object of pairs where it is not told to take plain text. */
function keyIn(text: string | undefined, field: string | undefined): string {
  const pairs = pairsOf(text);
  const value = pairs ? pairs.get(field ?? "") : field === undefined ? text : undefined;
  if (typeof value === "string" && value.trim() !== "") return value;
  const expected = pairs ? "policy.key.field, the name of one of the secret's pairs" : "a secret of plain text";
  throw new MaskingError("KEY_MISSING", { ...PLACE, expected });
}

function pairsOf(text = ""): ReadonlyMap<string, unknown> | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return new Map(Object.entries(JSON.parse(text) as object));
  } catch {
    return undefined; // a key may begin with a brace
  }
}

function refusal(error: unknown): MaskingError {
  if (error instanceof MaskingError) return error;
  const { name, passing } = failureOf(error);
  if (
    /^(ResourceNotFoundException|InvalidRequestException|ValidationException|InvalidParameterException)$/.test(name)
  ) {
    return new MaskingError("KEY_MISSING", { ...PLACE, expected: "the name of a secret that is there" });
  }
  const expired = /^ExpiredToken/.test(name);
  return new MaskingError(passing && !expired ? "STORE_FAILED" : "STORE_DENIED", PLACE);
}
