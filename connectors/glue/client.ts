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

/**
 * Asks until it is answered. `call` may be carried out more than once: an answer may be lost. A refusal that `bears`
 * names comes back as its name; every other one is thrown as a `MaskingError`.
 */
export type Ask<Client> = <T, N extends string = never>(
  call: (client: Client) => Promise<T>,
  bears?: readonly N[],
) => Promise<T | N>;

/** How the parts of this connector ask Glue. */
export interface GlueAccess {
  readonly standing: Standing;
  readonly table: string;
  readonly retries: Retries;
  readonly ask: Ask<Glue>;
}

/** What an entry of a batch may fail of and pass: two writers, or a service that was slow. */
export const PASSING_ENTRY: RegExp =
  /^(ConcurrentModification|OperationTimeout|InternalService|ResourceNotReady|Throttling)Exception$|^InternalFailure$/;

/** Nothing is loaded or asked before the first request. `key` is where the job names the table. */
export function glueAccess(options: GlueTable, key: string): GlueAccess {
  const { database, table, catalogId, retries = RETRIES } = options;
  return {
    standing: { DatabaseName: database.toLowerCase(), ...(catalogId !== undefined && { CatalogId: catalogId }) },
    table: table.toLowerCase(),
    retries,
    ask: asking(() => connect(options), retries, key),
  };
}

/** Connects with the first question. `key` is what of the job a refusal is about. */
export function asking<Client>(connect: () => Promise<Client>, retries: Retries, key: string): Ask<Client> {
  let opened: Promise<Client> | undefined;
  return async <T, N extends string>(call: (client: Client) => Promise<T>, bears: readonly N[] = []) => {
    opened ??= connect();
    const client = await opened;
    try {
      return await retrying(() => call(client), retries);
    } catch (error) {
      const { name } = failureOf(error);
      const borne = bears.find((one) => one === name);
      if (borne !== undefined) return borne;
      throw refusal(error, key);
    }
  };
}

async function connect(options: GlueTable): Promise<Glue> {
  const { Glue } = await import("@aws-sdk/client-glue");
  return connected(new Glue(clientOptions(options, "GLUE")));
}

/** The client. Throws JOB_INVALID where neither the job nor the environment names a region. */
export async function connected<C extends { readonly config: { region(): Promise<string> } }>(client: C): Promise<C> {
  await client.config.region().catch(() => {
    throw new MaskingError("JOB_INVALID", { key: "aws.region", expected: "a region, here or in AWS_REGION" });
  });
  return client;
}

const REFUSALS: Readonly<Record<string, string>> = {
  InvalidInputException: "what Glue and Lake Formation take (names, types, tags, the expression over partition keys)",
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
