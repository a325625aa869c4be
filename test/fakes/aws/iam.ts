/** IAM in front of a service: what no policy allows is refused, and what was used is remembered. */
import { readFileSync } from "node:fs";
import { type Arrived, type Operation, Refusal } from "./exchange.ts";
import type { Service } from "./server.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A right that a request needs. */
interface Need {
  readonly action: string;
  readonly resource: string;
  /** Condition keys; a condition on one that is not here fails, as IAM has it. */
  readonly context?: Readonly<Record<string, string>>;
}

export interface Guard {
  /** Statements in force, as `policy` reads them. */
  statements: readonly Statement[];
  /** `policy Sid action` of every right that was used. */
  readonly used: Set<string>;
  /** Rights that were asked for and not there. */
  readonly refused: string[];
}

/** Key that encrypts the objects of a bucket, by the bucket's name. */
export type Keys = Readonly<Record<string, string>>;

const REGION = "us-east-1";
const ACCOUNT = "111122223333";

/** A policy of `deploy/iam`, its names in capitals replaced. */
export function policy(name: string, names: Readonly<Record<string, string>> = {}): readonly Statement[] {
  let text = readFileSync(`deploy/iam/${name}.json`, "utf8");
  for (const [from, to] of Object.entries({ REGION, ACCOUNT, ...names })) text = text.replaceAll(from, to);
  const { Statement } = JSON.parse(text) as { Statement: readonly Statement[] };
  return Statement.map((statement) => ({ ...statement, Sid: `${name} ${statement.Sid}` }));
}

export function newGuard(): Guard {
  return { statements: [], used: new Set(), refused: [] };
}

/** The service behind the guard. */
export function guarded(service: Service, guard: Guard, keys: Keys = {}): Service {
  return {
    name: service.name,
    operation(request) {
      const operation = service.operation(request);
      return {
        ...operation,
        run() {
          for (const need of needsOf(operation, request, keys)) demand(guard, need);
          try {
            return operation.run();
          } catch (error) {
            const absent =
              error instanceof Refusal && error.status === 404 && /^(Head|Get)Object$/.test(operation.name);
            // Who may list only below a prefix is not told that an object is absent: its key is no condition's.
            if (absent) demand(guard, { action: "s3:ListBucket", resource: bucketArn(operation) });
            throw error;
          }
        },
      };
    },
  };
}

function demand(guard: Guard, need: Need): void {
  const grants = guard.statements.filter((statement) => permits(statement, need));
  for (const { Sid } of grants) guard.used.add(`${Sid} ${need.action}`);
  if (grants.length > 0) return;
  guard.refused.push(`${need.action} ${need.resource}`);
  throw new Refusal(403, "AccessDenied", "Access Denied");
}

function permits({ Action, Resource, Condition = {} }: Statement, { action, resource, context = {} }: Need): boolean {
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => {
      const value = context[key];
      if (value === undefined) return false;
      const list = [values].flat();
      return operator === "StringLike" ? list.some((one) => like(one, value)) : list.includes(value);
    }),
  );
  return Action.includes(action) && Resource.some((one) => like(one, resource)) && conditions.every(Boolean);
}

function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}

const bucketArn = ({ resource = "" }: Operation): string => `arn:aws:s3:::${resource.split("/")[0]}`;

function needsOf(operation: Operation, request: Arrived, keys: Keys): readonly Need[] {
  const { service, name, resource = "" } = operation;
  if (service === "s3") return objectNeeds(operation, request, keys);
  if (service === "glue") {
    const [database, table] = resource.toLowerCase().split("/");
    const arns = ["catalog", `database/${database}`, ...(table === undefined ? [] : [`table/${database}/${table}`])];
    return arns.map((arn) => ({ action: `glue:${name}`, resource: `arn:aws:glue:${REGION}:${ACCOUNT}:${arn}` }));
  }
  if (service === "secretsmanager") {
    const arn = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${resource}-AbCdEf`;
    return [{ action: `secretsmanager:${name}`, resource: arn }, keyNeed("Decrypt", keys["secret"], "secretsmanager")];
  }
  const need = { action: `${service}:${name}`, resource: "*" };
  if (name !== "StartPHIDetectionJob") return [need];
  const { DataAccessRoleArn: role } = JSON.parse(request.body.toString()) as { DataAccessRoleArn: string };
  const context = { "iam:PassedToService": "comprehendmedical.amazonaws.com" };
  return [need, { action: "iam:PassRole", resource: role, context }];
}

/** Actions that an operation needs on its own object, and what it needs of the key. */
const OBJECT: Readonly<Record<string, readonly [action: string, ...key: readonly ("Decrypt" | "GenerateDataKey")[]]>> =
  {
    GetObject: ["GetObject", "Decrypt"],
    HeadObject: ["GetObject"],
    PutObject: ["PutObject", "GenerateDataKey"],
    CopyObject: ["PutObject", "GenerateDataKey"],
    CreateMultipartUpload: ["PutObject", "GenerateDataKey"],
    UploadPart: ["PutObject", "Decrypt"],
    UploadPartCopy: ["PutObject", "Decrypt"],
    CompleteMultipartUpload: ["PutObject", "Decrypt"],
    AbortMultipartUpload: ["AbortMultipartUpload"],
    ListParts: ["ListMultipartUploadParts"],
    DeleteObject: ["DeleteObject"],
  };

function objectNeeds(operation: Operation, { query, headers }: Arrived, keys: Keys): readonly Need[] {
  const { name, resource = "" } = operation;
  if (name === "ListObjectsV2") {
    const context = query.has("prefix") ? { "s3:prefix": query.get("prefix")! } : {};
    return [{ action: "s3:ListBucket", resource: bucketArn(operation), context }];
  }
  const [action, ...ofKey] = OBJECT[name] ?? [name];
  const source = headers["x-amz-copy-source"];
  const onKey = (uses: readonly string[], path: string) =>
    uses.map((use) => keyNeed(use, keys[path.split("/")[0]!], "s3"));
  const needs = [{ action: `s3:${action}`, resource: `arn:aws:s3:::${resource}` }, ...onKey(ofKey, resource)];
  if (source === undefined) return needs;
  const from = decodeURIComponent(source).replace(/^\//, "");
  return [...needs, { action: "s3:GetObject", resource: `arn:aws:s3:::${from}` }, ...onKey(["Decrypt"], from)];
}

function keyNeed(use: string, key: string | undefined, service: string): Need {
  const resource = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${key}`;
  return { action: `kms:${use}`, resource, context: { "kms:ViaService": `${service}.${REGION}.amazonaws.com` } };
}
