import { readFile } from "node:fs/promises";
import type { ComprehendDetector } from "../../connectors/comprehend.ts";
import type { Key } from "../../transforms/operators/key.ts";
import { MaskingError } from "../errors.ts";
import type { JobFile, TextEngine } from "../jobfile.ts";
import { spelledOut } from "../parse.ts";
import type { Detector, RunContext } from "../types.ts";
import { awsOptions } from "./stores.ts";

/** The detectors of a job's text columns. */
export interface OpenDetectors {
  readonly detectors: readonly Detector[];
  /** Asks the services among them once, so that their models are known; undefined where there is none. */
  readonly ready?: (run: RunContext) => Promise<void>;
}

/** What finds PHI in the job's text and image columns; nothing where it has no such column. */
export function enginesOf(file: JobFile): readonly TextEngine[] {
  const masks = Object.values(file.columns).map((rule) => spelledOut(rule).mask);
  if (!masks.includes("text") && !masks.includes("image")) return [];
  return [file.detect?.text ?? "embedded"].flat() as readonly TextEngine[];
}

/** The detectors that the job's text and image columns ask for; none where it has no such column. No service is asked. */
export async function openDetectors(file: JobFile, key: Key): Promise<OpenDetectors> {
  const engines = enginesOf(file);
  const service = engines.includes("comprehend_medical") ? await openComprehend(file) : undefined;
  const detectors = engines.map(async (engine) => {
    if (engine === "embedded") return openEmbedded(file.detect?.language);
    const { cached } = await import("../../connectors/cache.ts");
    return cached(service!, { hmac: (text) => key.hmac("findings", text) });
  });
  return { detectors: await Promise.all(detectors), ...(service && { ready: service.ready }) };
}

async function openComprehend({ aws, limits }: JobFile): Promise<ComprehendDetector> {
  const { comprehendDetector } = await import("../../connectors/comprehend.ts");
  return comprehendDetector({
    ...awsOptions(aws),
    limits: {
      ...(limits?.usd !== undefined && { usd: limits.usd }),
      ...(limits?.requests_per_second !== undefined && { requestsPerSecond: limits.requests_per_second }),
      ...(limits?.characters_per_second !== undefined && { charactersPerSecond: limits.characters_per_second }),
    },
  });
}

/** True where every thread may have detectors of its own: those of a service share limits, a budget and a cache. */
export function areMovable(detectors: readonly Detector[]): boolean {
  return detectors.every(({ name }) => name === "embedded");
}

/** The detector that needs no service, with its lexicons. Throws PACKAGE_MISSING where the build has not made them. */
export async function openEmbedded(language: "en" = "en"): Promise<Detector> {
  const { embeddedDetector } = await import("../../transforms/detect/embedded.ts");
  const lexicons = await readFile(new URL("../../transforms/detect/lexicons.bin", import.meta.url)).catch(() => {
    throw new MaskingError("PACKAGE_MISSING", { expected: "transforms/detect/lexicons.bin (npm run build makes it)" });
  });
  return embeddedDetector({ lexicons, language });
}
