import { charactersIn, type Quota } from "../limit.ts";

/** An account's quotas unless AWS has raised them. */
export const QUOTA: Quota = { requestsPerSecond: 40, charactersPerSecond: 40_000 };

/** Units as billed: 100 characters each, at least one a request. */
export function unitsOf(text: string): number {
  return Math.max(Math.ceil(charactersIn(text) / 100), 1);
}
