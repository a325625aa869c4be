/** awsJson1_1: the operation stands in a header, everything else in a JSON body. */
import { type Arrived, Refusal } from "./exchange.ts";

/** The operation of a request to the service with this prefix. */
export function targetOf({ method, headers }: Arrived, prefix: string): string {
  const [service, operation] = (headers["x-amz-target"] ?? "").split(".");
  if (method !== "POST" || service !== prefix || !operation) {
    throw new Refusal(400, "UnknownOperationException", "");
  }
  if (headers["content-type"] !== "application/x-amz-json-1.1") {
    throw new Refusal(400, "SerializationException", "Start of structure or map found where not expected.");
  }
  return operation;
}

/** The refusal of a member that breaks its model, in the words that AWS services share. */
export function invalid(member: string, constraint: string): Refusal {
  const message = `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`;
  return new Refusal(400, "ValidationException", message);
}
