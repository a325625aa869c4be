import { MaskingError } from "../src/errors.ts";
import { failureOf } from "./aws/failure.ts";
import type { Ask } from "./limit.ts";

/** What a job may spend, over all of its services: one purse for all of its calls. */
export interface Purse {
  /** Takes so many dollars out. Throws BUDGET_SPENT, and takes nothing, where that would pass what the job may spend. */
  take(usd: number): void;
  /** Puts back what a call was not billed. */
  putBack(usd: number): void;
}

/** Prices have no exact form in binary: millionths of a dollar do, and a limit of whole units holds them all. */
const MILLIONTHS = 1_000_000;

/** A purse of so many dollars; without end where left out. */
export function newPurse(usd: number = Number.POSITIVE_INFINITY): Purse {
  let left = Math.floor(usd * MILLIONTHS + 1e-3);
  const exact = (amount: number) => Math.round(amount * MILLIONTHS);
  return {
    take(amount) {
      if (exact(amount) > left) throw new MaskingError("BUDGET_SPENT", { key: "limits.usd" });
      left -= exact(amount);
    },
    putBack(amount) {
      left += exact(amount);
    },
  };
}

/**
 * `ask`, paid for out of the purse before each call. A call that the service refused costs nothing; one whose answer
 * was lost stays paid, since it may be on the bill. Throws BUDGET_SPENT in place of a call that the purse does not hold.
 */
export function paid<A, Q = string>(ask: Ask<A, Q>, purse: Purse, usdOf: (question: Q) => number): Ask<A, Q> {
  return async (question, signal) => {
    const usd = usdOf(question);
    purse.take(usd);
    try {
      return await ask(question, signal);
    } catch (error) {
      const { status = 200 } = failureOf(error);
      if (status >= 400) purse.putBack(usd);
      throw error;
    }
  };
}
