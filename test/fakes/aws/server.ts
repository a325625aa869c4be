import { once as happened } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, type Arrived, type Operation, Refusal, requestId } from "./exchange.ts";
import { type Fault, type Faults, newFaults } from "./faults.ts";
import { payloadOf } from "./payload.ts";
import { type CallRecord, newRecord } from "./record.ts";
import { type Caller, scopeOf, verify } from "./sigv4.ts";
import { errorXml } from "./xml.ts";

/** One service: names the operation of a request; what it throws by `Refusal` goes out in the service's form. */
export interface Service {
  readonly name: string;
  operation(request: Arrived): Operation;
}

export interface AwsServer {
  /** Endpoint of every service. */
  readonly endpoint: string;
  readonly port: number;
  readonly faults: Faults;
  readonly record: CallRecord;
  /** Connections taken so far. */
  connections(): number;
  /** Whose signatures are taken; a test may take one away or add one with a token. */
  readonly callers: Caller[];
  close(): Promise<void>;
}

export const CALLER: Caller = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/EXAMPLEKEY" };

/** Starts services on a port of the loopback interface. Requests are told apart by the service they are signed for. */
export async function awsServer(services: readonly Service[]): Promise<AwsServer> {
  const state = { faults: newFaults(), record: newRecord(), callers: [CALLER] };
  const server = createServer((request, response) => {
    serve(services, state, request, response).catch((error: unknown) => {
      // A defect of the fake: the test must see it, and the client must not take it for a fault to retry.
      console.error(error);
      response.writeHead(400).end();
    });
  });
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  server.keepAliveTimeout = 30_000;
  server.listen(0, "127.0.0.1");
  await happened(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    ...state,
    endpoint: `http://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    async close() {
      server.close();
      server.closeAllConnections();
      await happened(server, "close");
    },
  };
}

interface State {
  readonly faults: Faults;
  readonly record: CallRecord;
  readonly callers: readonly Caller[];
}

async function serve(
  services: readonly Service[],
  { faults, record, callers }: State,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = headersOf(incoming);
  const [path = "/", search = ""] = splitOnce(incoming.url ?? "/", "?");
  const wire = await bodyOf(incoming);
  if (!wire) return; // the client went away
  const service = services.find(({ name }) => name === scopeOf(headers)?.service);
  let operation: Operation | undefined;
  let answer: Answer;
  let fault: Fault | undefined;
  try {
    const { region } = verify({ method: incoming.method!, path, search, headers, body: wire }, callers, new Date());
    if (!service) throw new Refusal(400, "UnknownOperationException", "No such service here");
    const { body, trailers } = payloadOf(headers, wire);
    const arrived = { method: incoming.method!, path, query: new URLSearchParams(search), body, region };
    operation = service.operation({ ...arrived, headers: { ...headers, ...trailers }, host: headers["host"] ?? "" });
    fault = faults.next(operation.name);
    if (fault?.kind === "reset") return void response.destroy();
    refuse(fault);
    answer = await operation.run();
    if (fault?.kind === "error-in-200")
      answer = {
        status: 200,
        body: errorXml("InternalError", "We encountered an internal error. Please try again.", {}),
      };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answer = refused(error, service?.name);
  }
  if (incoming.method === "HEAD") answer = { ...answer, body: "" };
  const bytesOut = await send(response, answer, fault);
  record.add({
    service: service?.name ?? "",
    operation: operation?.name ?? "",
    resource: operation?.resource ?? "",
    status: answer.status,
    headers,
    bytesIn: wire.length,
    bytesOut,
  });
}

function refuse(fault: Fault | undefined): void {
  const wait: Record<string, string> =
    fault?.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
  const refusal = (status: number, code: string, message: string) => new Refusal(status, code, message, {}, wait);
  if (fault?.kind === "internal") throw refusal(500, "InternalError", "We encountered an internal error.");
  if (fault?.kind === "unavailable") throw refusal(503, "ServiceUnavailable", "Service is unable to handle request.");
  if (fault?.kind === "slow-down") throw refusal(503, "SlowDown", "Please reduce your request rate.");
  if (fault?.kind === "not-implemented") {
    throw refusal(501, "NotImplemented", "A header you provided implies functionality that is not implemented.");
  }
  if (fault?.kind === "throttled") throw refusal(429, "ThrottlingException", "Rate exceeded");
  if (fault?.kind === "expired-token") throw refusal(400, "ExpiredToken", "The provided token has expired.");
  if (fault?.kind === "conflict") {
    throw refusal(409, "ConditionalRequestConflict", "A conflicting conditional operation is currently in progress.");
  }
}

/** S3 speaks XML, the others awsJson1_1, whose names of the same refusals differ. */
function refused(error: Refusal, service: string | undefined): Answer {
  const ids = { "x-amz-request-id": requestId(), ...error.headers };
  if (service === "s3" || service === undefined) {
    const headers = { ...ids, "x-amz-id-2": requestId(), "content-type": "application/xml" };
    return { status: error.status, headers, body: errorXml(error.code, error.message, error.extra) };
  }
  const names: Readonly<Record<string, readonly [number, string]>> = {
    AccessDenied: [400, "AccessDeniedException"],
    InvalidAccessKeyId: [400, "UnrecognizedClientException"],
    InvalidToken: [400, "UnrecognizedClientException"],
    SignatureDoesNotMatch: [400, "InvalidSignatureException"],
    RequestTimeTooSkewed: [400, "InvalidSignatureException"],
    ExpiredToken: [400, "ExpiredTokenException"],
    InternalError: [500, "InternalServerException"],
    ServiceUnavailable: [503, "ServiceUnavailableException"],
  };
  const [status, type] = names[error.code] ?? [error.status, error.code];
  const skewed = error.code === "RequestTimeTooSkewed";
  const message = skewed ? "Signature expired: 20200101T000000Z is now earlier than it may be." : error.message;
  const headers = { ...ids, "content-type": "application/x-amz-json-1.1" };
  return { status, headers, body: JSON.stringify({ __type: type, Message: message, ...error.extra }) };
}

/** Sends the answer as far as the fault lets it; the count of its bytes that went out. */
async function send(response: ServerResponse, answer: Answer, fault: Fault | undefined): Promise<number> {
  if (fault?.kind === "latency") await new Promise((done) => setTimeout(done, fault.ms ?? 0));
  if (fault?.kind === "lost" || response.destroyed) return response.destroy() && 0;
  const body = answer.body ?? "";
  const all = typeof body === "string" ? [Buffer.from(body)] : Buffer.isBuffer(body) ? [body] : body;
  const headers = Object.fromEntries(Object.entries(answer.headers ?? {}).filter(([, value]) => value !== undefined));
  const known = typeof body === "string" || Buffer.isBuffer(body);
  const length = Number(headers["content-length"] ?? (known ? Buffer.byteLength(body) : 0));
  if (fault?.kind === "truncated") headers["content-length"] = String(Math.floor(length / 2));
  else if (known && response.req.method !== "HEAD") headers["content-length"] = String(length);
  response.writeHead(answer.status, { "x-amz-request-id": requestId(), ...headers } as Record<string, string>);
  const cut = fault && ["reset-body", "stall-body", "truncated"].includes(fault.kind);
  const limit = cut ? Math.floor(length / 2) : Number.POSITIVE_INFINITY;
  let sent = 0;
  for (const chunk of all) {
    const part = chunk.subarray(0, Math.max(limit - sent, 0));
    sent += part.length;
    if (!response.write(part)) await room(response);
    if (response.destroyed || sent >= limit) break;
  }
  if (fault?.kind === "reset-body") {
    await new Promise((done) => setTimeout(done, 5)); // what was written leaves first
    response.destroy();
  } else if (fault?.kind !== "stall-body") response.end();
  return sent;
}

/** Until more can be written, or nobody is there to read it. */
function room(response: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      response.off("drain", end).off("close", end);
      done();
    };
    response.on("drain", end).on("close", end);
  });
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : (value ?? ""),
    ]),
  );
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
