import { charactersIn, type Quota } from "../limit.ts";

/** Dollars for a unit of DetectPHI, before any discount for volume. */
export const UNIT_USD = 0.0014;

/** An account's quotas unless AWS has raised them. */
export const QUOTA: Quota = { requestsPerSecond: 40, charactersPerSecond: 40_000 };

/** Units as billed: 100 characters each, at least one a request. */
export function unitsOf(text: string): number {
  return Math.max(Math.ceil(charactersIn(text) / 100), 1);
}
