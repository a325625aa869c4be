import { readFile } from "node:fs/promises";
import type { BatchDetector, BatchOptions } from "../../connectors/comprehend/batch.ts";
import type { Purse } from "../../connectors/purse.ts";
import type { LanguageData } from "../../transforms/detect/embedded.ts";
import type { Language } from "../../transforms/detect/spoken.ts";
import type { Key } from "../../transforms/operators/key.ts";
import { MaskingError } from "../errors.ts";
import type { BatchEngine, JobFile, TextEngine } from "../jobfile.ts";
import { spelledOut } from "../parse.ts";
import type { Detector, RunContext } from "../types.ts";
import { folderPath } from "./place.ts";
import { awsOptions, openStores, schemeOf } from "./stores.ts";

/** The detectors of a job's text columns. */
export interface OpenDetectors {
  readonly detectors: readonly Detector[];
  /** Asks the services among them once, so that their models are known; undefined where there is none. */
  readonly ready?: (run: RunContext) => Promise<void>;
  /** Has a service read all these texts before one is asked about; undefined where there is none to. */
  readonly prepare?: (texts: AsyncIterable<readonly string[]>, id: string, run: RunContext) => Promise<void>;
}

/** What finds PHI in the job's text and image columns; nothing where it has no such column. */
export function enginesOf(file: JobFile): readonly TextEngine[] {
  const masks = Object.values(file.columns).map((rule) => spelledOut(rule).mask);
  if (!masks.includes("text") && !masks.includes("image")) return [];
  return rulesOf(file).map((rule) => (typeof rule === "string" ? rule : rule.engine));
}

/** The batch that the job asks for, if it does. */
export function batchOf(file: JobFile): BatchEngine | undefined {
  return rulesOf(file).find((rule) => typeof rule === "object");
}

function rulesOf({ detect }: JobFile): readonly (TextEngine | BatchEngine)[] {
  return [detect?.text ?? "embedded"].flat() as readonly (TextEngine | BatchEngine)[];
}

/**
 * The detectors that the job's text and image columns ask for, paid from its purse; none where it has no such column.
 * No service is asked.
 */
export async function openDetectors(file: JobFile, key: Key, purse: Purse): Promise<OpenDetectors> {
  const engines = enginesOf(file);
  const service = engines.includes("comprehend_medical") ? await openService(file, key, purse) : undefined;
  const detectors = engines.map(async (engine) =>
    engine === "embedded" ? openEmbedded(file.detect?.language) : service!.detector,
  );
  return {
    detectors: await Promise.all(detectors),
    ...(service && { ready: service.ready }),
    ...(service?.prepare && { prepare: service.prepare }),
  };
}

type Service = Required<Pick<OpenDetectors, "ready">> &
  Pick<OpenDetectors, "prepare"> & { readonly detector: Detector };

async function openService(file: JobFile, key: Key, purse: Purse): Promise<Service> {
  const [{ comprehendDetector }, { cached }] = await Promise.all([
    import("../../connectors/comprehend.ts"),
    import("../../connectors/cache.ts"),
  ]);
  const { aws, limits } = file;
  const hmac = (text: string) => key.hmac("findings", text);
  const rule = batchOf(file);
  const service = comprehendDetector({
    ...awsOptions(aws),
    purse,
    limits: {
      ...(limits?.requests_per_second !== undefined && { requestsPerSecond: limits.requests_per_second }),
      ...(limits?.characters_per_second !== undefined && { charactersPerSecond: limits.characters_per_second }),
    },
  });
  const otherwise = cached(service, { hmac });
  if (!rule) return { detector: otherwise, ready: service.ready };
  const batch = await openBatch(rule, file, { otherwise, hmac, purse });
  return { detector: batch, ready: service.ready, prepare: batch.prepare };
}

async function openBatch(
  { role, staging, poll_seconds: seconds }: BatchEngine,
  { aws }: JobFile,
  parts: Pick<BatchOptions, "otherwise" | "hmac" | "purse">,
): Promise<BatchDetector> {
  if (aws?.kms_key == null) {
    throw new MaskingError("JOB_INVALID", {
      key: "aws.kms_key",
      expected: "the key that staged texts are encrypted with",
    });
  }
  if (schemeOf(staging) !== "s3") {
    throw new MaskingError("JOB_INVALID", {
      key: "detect.text.staging",
      expected: "a folder such as s3://bucket/prefix/",
    });
  }
  const { batchDetector } = await import("../../connectors/comprehend/batch.ts");
  return batchDetector({
    ...awsOptions(aws),
    ...parts,
    ...{ role, staging: folderPath(staging), kmsKey: aws.kms_key, store: await openStores(aws)(staging) },
    ...(seconds !== undefined && { pollMs: seconds * 1000 }),
  });
}

/** True where every thread may have detectors of its own: those of a service share limits, a budget and a cache. */
export function areMovable(detectors: readonly Detector[]): boolean {
  return detectors.every(({ name }) => name === "embedded");
}

/** Where the build and the training put what a language needs. The bundle finds these files by the way they are written. */
const LANGUAGES: Readonly<Record<Language, () => Promise<LanguageData>>> = {
  en: () =>
    languageData(
      new URL("../../transforms/detect/lexicons.bin", import.meta.url),
      new URL("../../transforms/detect/model/tagger.bin", import.meta.url),
    ),
  es: () =>
    languageData(
      new URL("../../transforms/detect/spanish/lexicons-es.bin", import.meta.url),
      new URL("../../transforms/detect/model/tagger-es.bin", import.meta.url),
    ),
};

/**
 * The detector that needs no service, with the lexicons and models of the languages alone that are asked for; of several,
 * each text is read in those that it is written in. `broken`: for what readers see of images. Throws PACKAGE_MISSING
 * where the build has not made them.
 */
export async function openEmbedded(language: Language | readonly Language[] = "en", broken = false): Promise<Detector> {
  const asked = new Set([language].flat());
  const { embeddedDetector, embeddedIn, englishReader } = await import("../../transforms/detect/embedded.ts");
  const english = async () => ({ ...(await LANGUAGES.en()), broken });
  if (!asked.has("es")) return embeddedDetector(await english());
  const { spanishReader } = await import("../../transforms/detect/spanish/reader.ts");
  const [en, es] = await Promise.all([asked.has("en") ? english() : undefined, LANGUAGES.es()]);
  return embeddedIn({ ...(en && { en: englishReader(en) }), es: spanishReader(es) });
}

async function languageData(...files: readonly URL[]): Promise<LanguageData> {
  const [lexicons, model] = await Promise.all(
    files.map((file) =>
      readFile(file).catch(() => {
        const path = file.pathname.split("/").slice(-2).join("/");
        throw new MaskingError("PACKAGE_MISSING", { expected: `${path} (npm run build makes it)` });
      }),
    ),
  );
  return { lexicons: lexicons!, ...(model && { model }) };
}
