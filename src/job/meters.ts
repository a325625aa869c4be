import type { ImageMeter } from "../estimate/images.ts";
import type { Load, TextMeter } from "../estimate/services.ts";
import type { JobFile } from "../jobfile.ts";
import { spelledOut } from "../parse.ts";
import { batchOf, enginesOf } from "./detectors.ts";
import { imageEnginesOf } from "./image-engines.ts";

/** The paid services that the job's text columns ask for, as an estimate weighs them. No client is loaded. */
export async function openMeters(file: JobFile): Promise<readonly TextMeter[]> {
  if (!enginesOf(file).includes("comprehend_medical")) return [];
  const [{ LIMIT, packed, textOf }, { QUOTA, unitsOf }, { charactersIn }, { FILE_LIMIT }, prices] = await Promise.all([
    import("../../connectors/comprehend/pack.ts"),
    import("../../connectors/comprehend/price.ts"),
    import("../../connectors/limit.ts"),
    import("../../connectors/comprehend/staged.ts"),
    import("../../connectors/prices.ts"),
  ]);
  const loadOf = (texts: readonly string[]): Load => ({
    calls: texts.length,
    units: texts.reduce((sum, text) => sum + unitsOf(text), 0),
    characters: texts.reduce((sum, text) => sum + charactersIn(text), 0),
  });
  const { usd, requests_per_second: requests, characters_per_second: characters } = file.limits ?? {};
  const quota = {
    requestsPerSecond: requests ?? QUOTA.requestsPerSecond,
    charactersPerSecond: characters ?? QUOTA.charactersPerSecond,
  };
  // A batch is files in place of calls, and no quota tells how fast the service reads them.
  const inFiles = { requestsPerSecond: Number.POSITIVE_INFINITY, charactersPerSecond: Number.POSITIVE_INFINITY };
  const batch = batchOf(file) !== undefined;
  const limit = batch ? FILE_LIMIT : LIMIT;
  const price = batch ? prices.COMPREHEND_MEDICAL_BATCH : prices.COMPREHEND_MEDICAL;
  return [
    {
      service: price.service,
      unitUsd: price.usd,
      ...(batch ? inFiles : quota),
      ...(usd !== undefined && { limitUsd: usd }),
      packed: (texts) => loadOf(packed(texts, limit).map(textOf)),
      singly: (texts) => loadOf(texts.filter((text) => text.trim() !== "")),
      bound({ bytes, cells = Number.POSITIVE_INFINITY }) {
        const characters = Math.ceil(bytes * SHARED);
        // Two packs in a row hold more than one may, so no more than twice as many are needed; and one a window.
        const packs = Math.ceil((2 * characters) / limit + bytes / WINDOW) + 1;
        const calls = Math.min(packs, cells + Math.ceil((2 * characters) / limit));
        return { calls, units: Math.ceil(characters / 100) + calls, characters };
      },
    },
  ];
}

/** The paid services that the job's image columns ask for; undefined where there is none. No client is loaded. */
export async function openImageMeters(file: JobFile): Promise<readonly ImageMeter[] | undefined> {
  const engines = imageEnginesOf(file).filter((engine) => engine !== "embedded");
  if (engines.length === 0) return undefined;
  const [{ DEFAULT_RATE }, { REKOGNITION, TEXTRACT }] = await Promise.all([
    import("../../connectors/rekognition/ask.ts"),
    import("../../connectors/prices.ts"),
  ]);
  const { usd, image_requests_per_second: rate = DEFAULT_RATE } = file.limits ?? {};
  const columns = Object.entries(file.columns).map(([leaf, rule]) => [leaf, spelledOut(rule)] as const);
  const images = columns.filter(([, { mask }]) => mask === "image");
  return engines.map((engine) => {
    const price = engine === "rekognition" ? REKOGNITION : TEXTRACT;
    const faces = (rule: object) => engine === "rekognition" && "faces" in rule && rule.faces === true;
    return {
      ...{ service: price.service, unitUsd: price.usd, requestsPerSecond: rate },
      looks: Object.fromEntries(images.map(([leaf, rule]) => [leaf, faces(rule) ? 2 : 1])),
      ...(usd !== undefined && { limitUsd: usd }),
    };
  });
}

/** Texts that are longer than a call takes are cut, and their pieces share up to 500 characters of 15,600 or more. */
const SHARED = 1 + 500 / 15_600;

/** Bytes of text that a table format hands over at once, at least: the last pack of each may be small. */
const WINDOW = 1 << 16;
