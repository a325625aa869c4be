/**
 * A wrapper that keeps a service's quotas. It has the interface of what it wraps, a question about one text or image, so
 * that it may be left out. The SDK's own retry must be off: it loses calls under throttling.
 */
import { setTimeout as pause } from "node:timers/promises";
import { failureOf } from "./aws/failure.ts";

/** Asks a service about one text or image. Throws the SDK's error as it came; once `signal` is aborted, nothing is asked. */
export type Ask<A, Q = string> = (question: Q, signal: AbortSignal) => Promise<A>;

/** Time as the limiter sees it. */
export interface Clock {
  /** Milliseconds, never backwards. */
  now(): number;
  /** Throws once `signal` is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Quota {
  readonly requestsPerSecond: number;
  /** Unicode code points. */
  readonly charactersPerSecond: number;
  /** Requests under way at once; 64 where left out. */
  readonly inFlight?: number;
  /** Milliseconds from a call's first failure after which it is given up; five minutes where left out. */
  readonly deadlineMs?: number;
  readonly clock?: Clock;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

const CLOCK: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => pause(ms, undefined, { signal }),
};

/** Milliseconds before the second attempt, at most; twice as long before each further one. */
const BASE = 100;
const BASE_THROTTLED = 1_000;
const LONGEST = 10_000;

/**
 * `ask` in turn, no faster than the quota, and again while failures pass and the deadline has not come. Waits at random
 * between nothing and twice as long each time ("full jitter"), and never shorter than the service asks for. A refused
 * call costs no quota, so that throttling slows nobody but its caller. Throws the last error as it came.
 */
export function limited<A, Q = string>(ask: Ask<A, Q>, quota: Quota): Ask<A, Q> {
  const { clock = CLOCK, random = Math.random, inFlight = 64, deadlineMs = 300_000 } = quota;
  const slots = newSlots(inFlight);
  const turns = newTurns(quota, clock);
  const attempt = async (question: Q, characters: number, again: boolean, signal: AbortSignal): Promise<A> => {
    const leave = await slots.enter(again);
    try {
      await turns.take(characters, signal);
      return await ask(question, signal);
    } catch (error) {
      if (failureOf(error).throttled) turns.giveBack(characters);
      throw error;
    } finally {
      leave();
    }
  };
  return async (question, signal) => {
    const characters = typeof question === "string" ? charactersIn(question) : 0;
    let deadline: number | undefined;
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(question, characters, tries > 1, signal);
      } catch (error) {
        const { passing, throttled, waitMs } = failureOf(error);
        const now = clock.now();
        deadline ??= now + deadlineMs;
        const longest = Math.min((throttled ? BASE_THROTTLED : BASE) * 2 ** Math.min(tries - 1, 20), LONGEST);
        const wait = Math.max(random() * longest, waitMs);
        if (!passing || signal.aborted || now + wait > deadline) throw error;
        await clock.wait(wait, signal);
      }
    }
  };
}

/** Unicode code points of well-formed text. */
export function charactersIn(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) pairs += 1;
  return text.length - pairs;
}

interface Slots {
  /**
   * Resolves once there is room, first come first served; call what it gives to leave again. Who was refused before
   * goes `first`, or its deadline would pass while it stands in line.
   */
  enter(first: boolean): Promise<() => void>;
}

function newSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async enter(first) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => (first ? waiting.unshift(resolve) : waiting.push(resolve)));
      return leave;
    },
  };
}

interface Turns {
  /** Resolves once a request of so many characters may go out. One waits at a time, so that none is overtaken. */
  take(characters: number, signal: AbortSignal): Promise<void>;
  giveBack(characters: number): void;
}

function newTurns({ requestsPerSecond, charactersPerSecond }: Quota, clock: Clock): Turns {
  const requests = newBucket(requestsPerSecond, clock);
  const letters = newBucket(charactersPerSecond, clock);
  let last: Promise<void> = Promise.resolve();
  const turn = async (characters: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    for (;;) {
      const ms = Math.max(requests.msUntil(1), letters.msUntil(characters));
      if (ms <= 0) break;
      await clock.wait(ms, signal);
    }
    requests.add(-1);
    letters.add(-characters);
  };
  return {
    take(characters, signal) {
      const mine = last.then(() => turn(characters, signal));
      last = mine.catch(() => {});
      return mine;
    },
    giveBack(characters) {
      requests.add(1);
      letters.add(characters);
    },
  };
}

interface Bucket {
  msUntil(count: number): number;
  add(count: number): void;
}

/**
 * A token bucket that holds one second's worth. More than it holds may be taken once it is full: it then owes. It starts
 * empty, so that it stays behind the service's own, which counts from when the first request comes in.
 */
function newBucket(rate: number, clock: Clock): Bucket {
  let level = 0;
  let last = clock.now();
  const fill = () => {
    const now = clock.now();
    level = Math.min(rate, level + ((now - last) / 1000) * rate);
    last = now;
  };
  return {
    msUntil(count) {
      fill();
      const lacking = Math.min(count, rate) - level;
      // Rounded up: timers that fire early, and sums that miss by a hair, would wake it for nothing.
      return lacking > 1e-9 ? Math.ceil((lacking / rate) * 1000) : 0;
    },
    add(count) {
      level += count;
    },
  };
}
