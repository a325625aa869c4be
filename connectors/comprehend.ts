/** Amazon Comprehend Medical's DetectPHI as a detector. The SDK is loaded by the first question. */
import { setMaxListeners } from "node:events";
import { MaskingError } from "../src/errors.ts";
import type { Detector, Finding, RunContext } from "../src/types.ts";
import type { AwsOptions } from "./aws.ts";
import { newAsk, type PhiAnswer, type PhiClient, refusal } from "./comprehend/ask.ts";
import { examine } from "./comprehend/examine.ts";
import { merged } from "./comprehend/findings.ts";
import { packed } from "./comprehend/pack.ts";
import { QUOTA, unitsOf } from "./comprehend/price.ts";
import { type Ask, limited, type Quota } from "./limit.ts";
import { COMPREHEND_MEDICAL } from "./prices.ts";
import { newPurse, type Purse, paid } from "./purse.ts";

export interface ComprehendOptions extends AwsOptions {
  /** What asks in place of a client of this module's own; region, endpoint, credentials and timeouts are then its matter. */
  readonly client?: PhiClient;
  /** The account's quotas, where AWS has raised them. */
  readonly limits?: Partial<Quota>;
  /** What its calls are paid from; one without end where left out. */
  readonly purse?: Purse;
}

export interface ComprehendDetector extends Detector {
  /** Ours, and the models that have answered so far, as in `1/2.4.0`; without one before the first answer. */
  readonly version: string;
  /** Asks about a sentence of our own: then `version` holds the model, and the service is known to answer. One unit. */
  ready(run: RunContext): Promise<void>;
}

/** Changes whenever the same answers of the service become other findings. */
const VERSION = "1";
const SENTENCE = "Seen in clinic today.";
/**
 * Texts are sent many at once, in the order given; what the service sees around a text may change what it finds there,
 * so wrap this in `cached` for one answer a text. Text that the service cannot take or answers amiss is one finding as
 * a whole, of type OTHER. Calls are counted as `comprehend_medical`. Throws DETECTOR_FAILED, SERVICE_DENIED,
 * BUDGET_SPENT, JOB_INVALID (no region), STOPPED.
 */
export function comprehendDetector(options: ComprehendOptions = {}): ComprehendDetector {
  const models = new Set<string>();
  const usdOf = (text: string) => unitsOf(text) * COMPREHEND_MEDICAL.usd;
  const { limits, purse = newPurse() } = options;
  const ask = limited(paid(newAsk(options), purse, usdOf), { ...QUOTA, ...limits });
  const counting = (run: RunContext): Ask<PhiAnswer> => {
    return async (text, signal) => {
      const answer = await ask(text, signal);
      run.tally.addCall(COMPREHEND_MEDICAL.service, unitsOf(text), usdOf(text));
      models.add(answer.model);
      return answer;
    };
  };
  const detect: Detector["detect"] = async (texts, run) => {
    const found: Finding[][] = texts.map(() => []);
    await together(run.signal, packed(texts), async (pack, signal) => {
      for (const { cell, finding } of await examine(pack, counting(run), signal)) found[cell]!.push(finding);
    });
    return found.map(merged);
  };
  return {
    name: "comprehend_medical",
    get version() {
      return [VERSION, ...(models.size > 0 ? [[...models].sort().join("+")] : [])].join("/");
    },
    detect,
    async ready(run) {
      await detect([SENTENCE], run);
    },
  };
}

/** Everything at once; the first failure stops the rest, and is thrown when all have ended. */
async function together<A>(
  signal: AbortSignal,
  items: readonly A[],
  work: (item: A, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (signal.aborted) throw new MaskingError("STOPPED");
  const stop = new AbortController();
  // Each request listens while it waits or runs; Node takes more than ten for a leak, and says so on stderr.
  setMaxListeners(0, stop.signal, signal);
  const onAbort = () => stop.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  const failures: unknown[] = [];
  await Promise.all(
    items.map((item) =>
      work(item, stop.signal).catch((error: unknown) => {
        failures.push(error);
        stop.abort();
      }),
    ),
  );
  signal.removeEventListener("abort", onAbort);
  if (signal.aborted) throw new MaskingError("STOPPED");
  if (failures.length > 0) throw refusal(failures[0]);
}
