/** Failures put in on purpose, each as it looks from outside. */

/**
 * - `latency`: the answer comes `ms` later.
 * - `reset`: the connection breaks before the request is carried out.
 * - `lost`: the request is carried out, then the connection breaks: the caller cannot know.
 * - `reset-body`: the answer breaks off in its middle.
 * - `stall-body`: the answer stops in its middle and the connection stays open.
 * - `truncated`: the answer ends early as if whole (JSON that does not parse, with 200).
 * - `error-in-200`: S3's copies and completions may fail after their status line was sent.
 * - `internal` 500, `unavailable` 503, `slow-down` S3's 503, `throttled` 429, `not-implemented` 501, `conflict` S3's 409,
 *   `expired-token`: refusals before anything is done.
 */
export type FaultKind =
  | "latency"
  | "reset"
  | "lost"
  | "reset-body"
  | "stall-body"
  | "truncated"
  | "error-in-200"
  | "internal"
  | "unavailable"
  | "slow-down"
  | "throttled"
  | "not-implemented"
  | "conflict"
  | "expired-token";

export interface Fault {
  readonly kind: FaultKind;
  /** Operations that it hits; all where left out. */
  readonly operations?: readonly string[];
  /** How many requests it hits; without end where left out. */
  times?: number;
  /** Share of requests that it hits, 0 to 1; each one where left out. */
  readonly rate?: number;
  /** Hits nothing before this many requests of its operations have passed. */
  after?: number;
  readonly ms?: number;
  /** Seconds that the refusal asks the caller to wait. */
  readonly retryAfter?: number;
}

export interface Faults {
  add(...faults: readonly Fault[]): void;
  clear(): void;
  /** The first fault that hits this request. */
  next(operation: string): Fault | undefined;
  /** How many requests were hit so far. */
  readonly hits: number;
}

/** `seed`: the same one hits the same requests, as far as these come in the same order. */
export function newFaults(seed = 1): Faults {
  let all: Fault[] = [];
  let state = seed;
  let hits = 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    add: (...faults) => void all.push(...faults.map((fault) => ({ ...fault }))),
    clear: () => {
      all = [];
    },
    get hits() {
      return hits;
    },
    next(operation) {
      const hit = all.find((fault) => {
        if (fault.operations && !fault.operations.includes(operation)) return false;
        if (fault.after !== undefined && fault.after > 0) {
          fault.after -= 1;
          return false;
        }
        if (fault.times === 0 || (fault.rate !== undefined && random() >= fault.rate)) return false;
        if (fault.times !== undefined) fault.times -= 1;
        return true;
      });
      if (hit) hits += 1;
      return hit;
    },
  };
}
