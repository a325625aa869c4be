/** What the fake was asked: each request, and sums by operation. */

export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly resource: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the payload after decoding, and of the answer's body as far as it was sent. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface Meter {
  calls: number;
  bytesIn: number;
  bytesOut: number;
}

export interface CallRecord {
  readonly calls: readonly Call[];
  add(call: Call): void;
  /** The calls of one operation, such as `PutObject`. */
  of(operation: string): readonly Call[];
  /** Sums over one operation, or over all. */
  meter(operation?: string): Meter;
  clear(): void;
}

export function newRecord(): CallRecord {
  const calls: Call[] = [];
  const of = (operation: string) => calls.filter((call) => call.operation === operation);
  return {
    calls,
    of,
    add: (call) => void calls.push(call),
    meter(operation) {
      const sum: Meter = { calls: 0, bytesIn: 0, bytesOut: 0 };
      for (const call of operation === undefined ? calls : of(operation)) {
        sum.calls += 1;
        sum.bytesIn += call.bytesIn;
        sum.bytesOut += call.bytesOut;
      }
      return sum;
    },
    clear: () => {
      calls.length = 0;
    },
  };
}
