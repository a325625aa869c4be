/** Calls about images: counted, limited, paid for, and their failures in our words. */
import { MaskingError } from "../../src/errors.ts";
import type { RunContext } from "../../src/types.ts";
import { failureOf } from "../aws/failure.ts";
import { type Ask, limited, type Quota } from "../limit.ts";
import type { ServicePrice } from "../prices.ts";
import { newPurse, type Purse, paid } from "../purse.ts";

export interface ImageLimits extends Partial<Pick<Quota, "inFlight" | "deadlineMs" | "clock" | "random">> {
  /** Five where left out: what AWS grants differs by region and account. */
  readonly requestsPerSecond?: number;
}

/** Requests a second of an account, unless told. */
export const DEFAULT_RATE = 5;

/** Where the job's dollars and the account's quota are told. */
export interface ImageAccount {
  readonly limits?: ImageLimits;
  /** What calls are paid from; one without end where left out. */
  readonly purse?: Purse;
}

/** `call` within quota and purse. Each answer counts as one unit. */
export function newAsk<A>(
  call: Ask<A, Uint8Array>,
  { service, usd }: ServicePrice,
  { limits: { requestsPerSecond = DEFAULT_RATE, ...quota } = {}, purse = newPurse() }: ImageAccount,
): (bytes: Uint8Array, run: RunContext) => Promise<A> {
  const ask = limited(
    paid(call, purse, () => usd),
    { charactersPerSecond: 1, inFlight: 16, ...quota, requestsPerSecond },
  );
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
