/** Secrets Manager, as far as reading one goes. */
import { randomUUID } from "node:crypto";
import { type Arrived, json, type Operation, Refusal } from "./exchange.ts";
import { targetOf } from "./json.ts";
import type { Service } from "./server.ts";

export interface FakeSecret {
  readonly text?: string;
  readonly binary?: Buffer;
  /** Marked for deletion: there, and not to be read. */
  readonly deleted?: boolean;
  readonly denied?: boolean;
}

export interface FakeSecrets extends Service {
  readonly secrets: Map<string, FakeSecret>;
}

export function fakeSecrets(): FakeSecrets {
  const secrets = new Map<string, FakeSecret>();
  return { name: "secretsmanager", secrets, operation: (request) => operationOf(secrets, request) };
}

function operationOf(secrets: ReadonlyMap<string, FakeSecret>, request: Arrived): Operation {
  const name = targetOf(request, "secretsmanager");
  const { SecretId: id } = JSON.parse(request.body.toString()) as { SecretId: string };
  return {
    service: "secretsmanager",
    name,
    resource: id,
    run: () => json(secretOf(secrets, name, id, request.region)),
  };
}

function secretOf(secrets: ReadonlyMap<string, FakeSecret>, operation: string, id: string, region: string): object {
  if (operation !== "GetSecretValue") throw new Refusal(400, "UnknownOperationException", "");
  const name = /^arn:aws:secretsmanager:[^:]+:\d+:secret:(.+?)(?:-[A-Za-z0-9]{6})?$/.exec(id)?.[1] ?? id;
  const secret = secrets.get(name);
  if (secret?.denied)
    throw new Refusal(400, "AccessDeniedException", `User is not authorized to perform: ${operation}`);
  if (!secret) throw new Refusal(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  if (secret.deleted) {
    const message = "You can't perform this operation on the secret because it was marked for deletion.";
    throw new Refusal(400, "InvalidRequestException", message);
  }
  return {
    ARN: `arn:aws:secretsmanager:${region}:111122223333:secret:${name}-AbCdEf`,
    Name: name,
    VersionId: randomUUID(),
    VersionStages: ["AWSCURRENT"],
    CreatedDate: 1_700_000_000.123,
    ...(secret.text !== undefined && { SecretString: secret.text }),
    ...(secret.binary && { SecretBinary: secret.binary.toString("base64") }),
  };
}
