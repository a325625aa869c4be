import { readFileSync } from "node:fs";
import { policyOf } from "../../src/policy.ts";
import type { Detector, Finding } from "../../src/types.ts";
import { embeddedIn, englishReader, type LanguageData } from "../../transforms/detect/embedded.ts";
import { spanishReader } from "../../transforms/detect/spanish/reader.ts";
import { lexiconBytes, quietRun } from "./lexicons.ts";

const spanishData = (): LanguageData => ({
  lexicons: readFileSync("transforms/detect/spanish/lexicons-es.bin"),
  model: readFileSync("transforms/detect/model/tagger-es.bin"),
});
let spanish: Detector | undefined;
let both: Detector | undefined;

/** The detector of `detect.language: es`. */
export function spanishDetector(): Detector {
  spanish ??= embeddedIn({ es: spanishReader(spanishData()) });
  return spanish;
}

/** The detector of `detect.language: [en, es]`. */
export function bothDetector(): Detector {
  both ??= embeddedIn({
    en: englishReader({ lexicons: lexiconBytes(), model: readFileSync("transforms/detect/model/tagger.bin") }),
    es: spanishReader(spanishData()),
  });
  return both;
}

/** What `safe_harbor` masks of a Spanish text. */
export async function maskedIn(text: string, detector: Detector = spanishDetector()): Promise<readonly Finding[]> {
  const policy = policyOf("safe_harbor", { asOf: "2026-01-01", dayFirst: true });
  const [findings] = await detector.detect([text], quietRun());
  return findings!.filter((finding) => !policy.permits(text, finding));
}
