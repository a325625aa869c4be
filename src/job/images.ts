import { createHash } from "node:crypto";
import type { ImageLimits } from "../../transforms/images/limits.ts";
import type { ImageMasking } from "../../transforms/images/redaction.ts";
import type { FindingOperators, Masking } from "../../transforms/operators/operators.ts";
import type { FaceFinder, ImageFormat, TextReader } from "../image-types.ts";
import type { ImageRule, JobFile } from "../jobfile.ts";
import type { Source } from "../source.ts";
import type { Target } from "../target.ts";
import type { Detector, Leaf, Transform } from "../types.ts";
import { openImagePlace } from "./image-place.ts";
import { isInstances } from "./instances.ts";
import type { StoreFor } from "./stores.ts";

/** Where a job's images may lie and go. */
export interface ImageSurroundings {
  /** A keyed hash that is the job's own: images of two jobs never share a file. */
  hash(...parts: readonly string[]): Uint8Array;
  readonly storeFor: StoreFor;
  readonly folder: string;
  readonly source?: Source;
  readonly target?: Target;
}

export interface ImageBuilders {
  readonly masking: Masking;
  readonly operators: FindingOperators;
  readonly detectors: readonly Detector[];
  readonly readers: readonly TextReader[];
  /** For the columns whose rule asks for faces. */
  readonly finders: readonly FaceFinder[];
  readonly surroundings: ImageSurroundings;
}

/** Millions of pixels of a page, and pages of a file, where the job does not say. */
const MEGAPIXELS = 200;
const PAGES = 2000;

const FILLS: Readonly<Record<string, readonly [number, number, number]>> = {
  black: [0, 0, 0],
  white: [255, 255, 255],
  grey: [128, 128, 128],
};

/** The step of one image column. Throws RULE_UNFIT, JOB_INVALID, TARGET_OVERLAPS. */
export async function openImageStep(
  file: JobFile,
  leaf: Leaf,
  rule: ImageRule,
  builders: ImageBuilders,
): Promise<Transform> {
  const { maskImage } = await import("../../transforms/image.ts");
  const { surroundings } = builders;
  const subject = file.policy?.subject;
  const { to, from } = rule;
  const list = createHash("sha256").update(leaf).digest("hex").slice(0, 8);
  const place =
    to === undefined
      ? undefined
      : await openImagePlace({ ...surroundings, to, list, ...(from !== undefined && { from }) });
  return maskImage({
    leaf,
    masking: await openMasking(file, leaf, rule, builders),
    ...(place && { place }),
    hash: (...parts) => surroundings.hash(leaf, ...parts),
    known: (rule.known ?? []).map((column) => ({ leaf: column })),
    ...(subject !== undefined && subject !== leaf && { subject }),
    onError: file.policy?.on_error ?? "fail",
  });
}

async function openMasking(file: JobFile, leaf: Leaf, rule: ImageRule, builders: ImageBuilders): Promise<ImageMasking> {
  const { coverText } = await import("../../transforms/images/boxes.ts");
  const { maskTexts } = await import("../../transforms/images/texts.ts");
  const { masking, operators, detectors, readers, finders } = builders;
  const shared = {
    policy: masking.policy,
    allow: { terms: file.allow?.terms ?? [], patterns: file.allow?.patterns ?? [] },
    deny: { terms: file.deny?.terms ?? [], patterns: file.deny?.patterns ?? [] },
    minScore: file.detect?.min_score ?? 0,
    column: leaf,
  };
  const own = detectors.find(({ name }) => name === "embedded");
  const { openEmbedded } = await import("./detectors.ts");
  return {
    formats: await formatsOf(file, leaf, rule, masking),
    readers,
    faces: rule.faces === true ? finders : [],
    cover: coverText({
      ...shared,
      detectors: own ? [await openEmbedded(file.detect?.language, true)] : [],
      paid: detectors.filter((each) => each !== own),
      mode: rule.text ?? "phi",
    }),
    fill: typeof rule.fill === "object" ? rule.fill : FILLS[rule.fill ?? "black"]!,
    searchable: rule.searchable ?? false,
    maskText: maskTexts({ ...shared, detectors, operators }),
  };
}

/** DICOM first: a file may be DICOM and begin like another. */
async function formatsOf(
  file: JobFile,
  leaf: Leaf,
  rule: ImageRule,
  masking: Masking,
): Promise<readonly ImageFormat[]> {
  const { openDicomFormat } = await import("./dicom.ts");
  const others = await imageFormats(file);
  const surroundings = { limits: limitsOf(file), others, ownSubject: isInstances(file) };
  return [await openDicomFormat(leaf, rule.dicom ?? {}, masking, surroundings), ...others];
}

/** Every other format that can be told by its bytes. */
export async function imageFormats({ limits }: Pick<JobFile, "limits">): Promise<readonly ImageFormat[]> {
  const [{ jpegFormat }, { pngFormat }, { tiffFormat }, { webpFormat }, { gifFormat }, { pdfFormat }] =
    await Promise.all([
      import("../../transforms/images/jpeg.ts"),
      import("../../transforms/images/png.ts"),
      import("../../transforms/images/tiff.ts"),
      import("../../transforms/images/webp.ts"),
      import("../../transforms/images/gif.ts"),
      import("../../transforms/images/pdf.ts"),
    ]);
  const own = limitsOf({ limits });
  return [jpegFormat, pngFormat, tiffFormat, webpFormat, gifFormat, pdfFormat].map((format) => format(own));
}

function limitsOf({ limits }: Pick<JobFile, "limits">): ImageLimits {
  return { megapixels: limits?.image_megapixels ?? MEGAPIXELS, pages: limits?.image_pages ?? PAGES };
}
