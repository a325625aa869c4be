import { readFile } from "node:fs/promises";
import { MaskingError } from "../errors.ts";
import type { JobFile } from "../jobfile.ts";
import { spelledOut } from "../parse.ts";
import type { Detector } from "../types.ts";

/** The detectors that the job's text columns ask for; none where it has no such column. */
export async function openDetectors(file: JobFile): Promise<readonly Detector[]> {
  if (!Object.values(file.columns).some((rule) => spelledOut(rule).mask === "text")) return [];
  return [await openEmbedded(file.detect?.language)];
}

/** The detector that needs no service, with its lexicons. Throws PACKAGE_MISSING where the build has not made them. */
export async function openEmbedded(language: "en" = "en"): Promise<Detector> {
  const { embeddedDetector } = await import("../../transforms/detect/embedded.ts");
  const lexicons = await readFile(new URL("../../transforms/detect/lexicons.bin", import.meta.url)).catch(() => {
    throw new MaskingError("PACKAGE_MISSING", { expected: "transforms/detect/lexicons.bin (npm run build makes it)" });
  });
  return embeddedDetector({ lexicons, language });
}
