/** What passes between the server of the fake and its services. */
import { randomBytes } from "node:crypto";

/** A request that has arrived whole: signature verified, payload decoded and its checksums compared. */
export interface Arrived {
  readonly method: string;
  /** As sent, percent-encoding and all, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. A trailer of the payload stands among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly host: string;
  /** The region that the request was signed for. */
  readonly region: string;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer | Iterable<Buffer>;
}

/** An operation of a service, named before it runs so that faults and meters can tell it from others. */
export interface Operation {
  readonly service: string;
  readonly name: string;
  /** What it is about, for the record: a bucket and key, a table, a secret. */
  readonly resource?: string;
  run(): Answer | Promise<Answer>;
}

/** A refusal as the service gives it; the server renders it in the service's own form. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly extra: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
    this.headers = headers;
  }
}

export const requestId = (): string => randomBytes(8).toString("hex").toUpperCase();

/** Answer of an awsJson1_1 service. */
export function json(value: unknown, status = 200): Answer {
  return { status, headers: { "content-type": "application/x-amz-json-1.1" }, body: JSON.stringify(value) };
}
