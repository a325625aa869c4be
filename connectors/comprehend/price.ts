import { charactersIn } from "../limit.ts";

/** Dollars for a unit of DetectPHI, before any discount for volume. */
export const UNIT_USD = 0.0014;

/** Units as billed: 100 characters each, at least one a request. */
export function unitsOf(text: string): number {
  return Math.max(Math.ceil(charactersIn(text) / 100), 1);
}
