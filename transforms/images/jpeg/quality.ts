import type { Frame } from "./frame.ts";

/** Sum of the luminance divisors that T.81 proposes (table K.1): libjpeg scales them by quality. */
const STANDARD_SUM = 3688;

/**
 * The quality from 1 to 100 at which libjpeg's divisors are about those of the frame, from their sum: below 50 they
 * grow by 5000 / quality percent, from 50 on they shrink by 200 - 2 * quality percent.
 */
export function qualityOf({ components, tables }: Frame): number {
  const sum = tables.get(components[0]!.table)!.reduce((all, value) => all + value, 0);
  const percent = (100 * sum) / STANDARD_SUM;
  const quality = percent > 100 ? 5000 / percent : (200 - percent) / 2;
  return Math.max(1, Math.min(100, Math.round(quality)));
}
