/** Calls about images: counted, limited, paid for, and their failures in our words. */
import { MaskingError } from "../../src/errors.ts";
import type { RunContext } from "../../src/types.ts";
import { failureOf } from "../aws/failure.ts";
import { type Ask, budgeted, limited, type Quota } from "../limit.ts";

export interface ImageLimits extends Partial<Pick<Quota, "inFlight" | "deadlineMs" | "clock" | "random">> {
  /** Five where left out: what AWS grants differs by region and account. */
  readonly requestsPerSecond?: number;
  /** Dollars that this reader may spend; without end where left out. */
  readonly usd?: number;
}

export interface Billing {
  /** Name in the report. */
  readonly service: string;
  /** Dollars a call, before any discount for volume. */
  readonly usd: number;
}

const DEFAULT_RATE = 5;

/** `call` within quota and budget. Each answer counts as one unit. */
export function newAsk<A>(
  call: Ask<A, Uint8Array>,
  { service, usd }: Billing,
  { usd: budget, requestsPerSecond = DEFAULT_RATE, ...quota }: ImageLimits,
): (bytes: Uint8Array, run: RunContext) => Promise<A> {
  // A hair more than the quotient: 0.001 has no exact form, and a budget of whole calls must hold them all.
  const units = budget === undefined ? Number.POSITIVE_INFINITY : Math.floor(budget / usd + 1e-6);
  const paid = budgeted(call, { units, unitsOf: () => 1 });
  const ask = limited(paid, { charactersPerSecond: 1, inFlight: 16, ...quota, requestsPerSecond });
  return async (bytes, run) => {
    if (run.signal.aborted) throw new MaskingError("STOPPED");
    try {
      const answer = await ask(bytes, run.signal);
      run.tally.addCall(service, 1, usd);
      return answer;
    } catch (error) {
      if (run.signal.aborted) throw new MaskingError("STOPPED");
      throw refusal(error);
    }
  };
}

/** Refusals of an image and not of the caller. */
const UNFIT =
  /^(ImageTooLarge|InvalidImageFormat|InvalidParameter|UnsupportedDocument|BadDocument|DocumentTooLarge|Validation)Exception$/;
/** Passing by nature (a token may be renewed), and a matter of credentials where they last. */
const CREDENTIALS = /^(ExpiredToken(Exception)?|RequestExpired|RequestTimeTooSkewed)$/;

function refusal(error: unknown): MaskingError {
  if (error instanceof MaskingError) return error;
  const { name, passing } = failureOf(error);
  if (UNFIT.test(name)) return new MaskingError("IMAGE_UNREADABLE");
  return new MaskingError(passing && !CREDENTIALS.test(name) ? "DETECTOR_FAILED" : "SERVICE_DENIED");
}

/** Throws JOB_INVALID where neither the job nor the environment names a region. */
export async function checkRegion(client: { readonly config: { region(): Promise<string> } }): Promise<void> {
  await client.config.region().catch(() => {
    throw new MaskingError("JOB_INVALID", { key: "aws.region", expected: "a region, here or in AWS_REGION" });
  });
}

/** The service's word goes into reports, so it must look like what it is. */
export function versionOf(model: unknown): string {
  return typeof model === "string" && /^[\w.-]{1,40}$/.test(model) ? model : "unknown";
}
