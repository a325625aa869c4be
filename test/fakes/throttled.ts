import type { Ask } from "../../connectors/limit.ts";
import { type FakeClock, randomOf } from "./clock.ts";
import { sdkError } from "./phi-client.ts";

/** What a service has seen. */
export interface Seen {
  answered: number;
  readonly answeredAt: number[];
  characters: number;
  refused: number;
  over: number;
  most: number;
  underway: number;
}

/**
 * A service with quotas of its own, 40 requests and 40,000 characters a second: answers after 300 ms, refuses what is
 * too much, and a share of calls at random.
 */
export function throttledService(clock: FakeClock, storm: number): { readonly ask: Ask<string>; readonly seen: Seen } {
  const random = randomOf(7);
  const seen: Seen = { answered: 0, answeredAt: [], characters: 0, refused: 0, over: 0, most: 0, underway: 0 };
  let [requests, letters, last] = [40, 40_000, 0];
  const ask: Ask<string> = async (text, signal) => {
    const now = clock.now();
    requests = Math.min(40, requests + ((now - last) / 1000) * 40);
    letters = Math.min(40_000, letters + ((now - last) / 1000) * 40_000);
    last = now;
    seen.underway += 1;
    seen.most = Math.max(seen.most, seen.underway);
    try {
      if (random() < storm) {
        seen.refused += 1;
        throw sdkError("TooManyRequestsException", 429);
      }
      // A millionth of slack: both sides add fractions up.
      if (requests < 1 - 1e-6 || letters < text.length - 1e-6) {
        seen.over += 1;
        throw sdkError("TooManyRequestsException", 429);
      }
      [requests, letters] = [requests - 1, letters - text.length];
      await clock.wait(300, signal);
      seen.answered += 1;
      seen.answeredAt.push(clock.now());
      seen.characters += text.length;
      return text;
    } finally {
      seen.underway -= 1;
    }
  };
  return { ask, seen };
}
