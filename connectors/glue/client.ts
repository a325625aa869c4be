import type { Glue } from "@aws-sdk/client-glue";
import { MaskingError } from "../../src/errors.ts";
import { failureOf } from "../aws/failure.ts";
import { RETRIES, type Retries, retrying } from "../aws/retry.ts";
import { type AwsOptions, clientOptions } from "../aws.ts";

/** A table of the Glue Data Catalog, and how to reach it. Names are looked up in lower case, as Glue keeps them. */
export interface GlueTable extends AwsOptions {
  readonly database: string;
  readonly table: string;
  /** Twelve digits: the account whose catalog it is; the caller's own where left out. */
  readonly catalogId?: string;
  readonly retries?: Retries;
}

/** Members that name the database in every request. */
export interface Standing {
  readonly DatabaseName: string;
  readonly CatalogId?: string;
}

/** How the parts of this connector ask Glue. */
export interface GlueAccess {
  readonly standing: Standing;
  readonly table: string;
  readonly retries: Retries;
  /**
   * Asks until it is answered. `call` may be carried out more than once: an answer may be lost. A refusal that `bears`
   * names comes back as its name; every other one is thrown as a `MaskingError`.
   */
  ask<T, N extends string = never>(call: (glue: Glue) => Promise<T>, bears?: readonly N[]): Promise<T | N>;
}

/** Nothing is loaded or asked before the first request. `key` is where the job names the table. */
export function glueAccess(options: GlueTable, key: string): GlueAccess {
  const { database, table, catalogId, retries = RETRIES } = options;
  let client: Promise<Glue> | undefined;
  return {
    standing: { DatabaseName: database.toLowerCase(), ...(catalogId !== undefined && { CatalogId: catalogId }) },
    table: table.toLowerCase(),
    retries,
    async ask<T, N extends string>(call: (glue: Glue) => Promise<T>, bears: readonly N[] = []) {
      client ??= connect(options);
      const glue = await client;
      try {
        return await retrying(() => call(glue), retries);
      } catch (error) {
        const { name } = failureOf(error);
        const borne = bears.find((one) => one === name);
        if (borne !== undefined) return borne;
        throw refusal(error, key);
      }
    },
  };
}

async function connect(options: GlueTable): Promise<Glue> {
  const { Glue } = await import("@aws-sdk/client-glue");
  const client = new Glue(clientOptions(options, "GLUE"));
  await client.config.region().catch(() => {
    throw new MaskingError("JOB_INVALID", { key: "aws.region", expected: "a region, here or in AWS_REGION" });
  });
  return client;
}

const REFUSALS: Readonly<Record<string, string>> = {
  InvalidInputException: "what Glue takes (names, types, the expression over partition keys)",
  ValidationException: "what Glue takes (names, types, the expression over partition keys)",
  ResourceNumberLimitExceededException: "room in the account's quotas of Glue",
  GlueEncryptionException: "a KMS key of the catalog that may be used",
  FederationSourceException: "a catalog of Glue's own",
};

/** What Glue said, in our words. */
function refusal(error: unknown, key: string): MaskingError {
  if (error instanceof MaskingError) return error;
  const { name, passing } = failureOf(error);
  const expected = REFUSALS[name];
  if (expected !== undefined) return new MaskingError("CATALOG_UNFIT", { key, expected });
  if (name === "EntityNotFoundException") return new MaskingError("CATALOG_MISSING", { key });
  const lasting = CREDENTIALS.test(name) || !(passing || name === "ConcurrentModificationException");
  return new MaskingError(lasting ? "SERVICE_DENIED" : "CATALOG_FAILED", { key });
}

/** Passing by nature (a token may be renewed), and a matter of credentials where they last. */
const CREDENTIALS = /^(ExpiredToken(Exception)?|RequestExpired|RequestTimeTooSkewed)$/;
