import { MaskingError } from "../../../src/errors.ts";
import type { ImageFormat, OpenImage, Page, Redaction } from "../../../src/image-types.ts";
import type { RunContext } from "../../../src/types.ts";
import type { ImageLimits } from "../limits.ts";
import { type DeviceRule, deviceRegions } from "./devices.ts";
import { type DicomFile, isDicom, openDicom } from "./file.ts";
import { carriedTexts, identitiesOf } from "./identity.ts";
import { subjectIn } from "./instance.ts";
import { objectKind } from "./objects.ts";
import { clearedOverlay, type Overlay, overlayPage, overlaysOf } from "./overlays.ts";
import { openDocument } from "./pdf.ts";
import { type FrameCodec, threadCodec } from "./pixels/codec.ts";
import { lookOf, pageOfSamples } from "./pixels/look.ts";
import { openPixels, type Pixels } from "./pixels/open.ts";
import { rewritePixels } from "./pixels/rewrite.ts";
import { type Rewrite, rewriteDicom } from "./rewrite.ts";
import type { HeaderRules } from "./rules.ts";

export interface DicomParts {
  readonly rules: HeaderRules;
  readonly limits: ImageLimits;
  /** Of the job's own, beside those that `devices.ts` knows. */
  readonly devices?: readonly DeviceRule[];
  /** Opens encapsulated PDF documents; without it they are IMAGE_UNSUPPORTED. */
  readonly pdf?: ImageFormat;
  /** True where dates and texts go by the patient whom the header names, not by a row. */
  readonly ownSubject?: boolean;
  /** Codecs in a thread of their own where left out. */
  readonly codec?: FrameCodec;
}

/**
 * DICOM: every frame of the pixels is a page, then every frame of every overlay that stays. `redact` masks the header by
 * PS3.15, Table E.1-1, and what boxes and known devices tell; a frame without boxes and an element without a rule keep
 * their bytes, and the transfer syntax stays.
 */
export function dicomFormat(parts: DicomParts): ImageFormat {
  const codec = parts.codec ?? threadCodec();
  return {
    name: "dicom",
    suffix: ".dcm",
    headBytes: 132,
    matches: isDicom,
    async open(bytes, run) {
      const file = openDicom(bytes);
      const kind = objectKind(file);
      const said = {
        carried: carriedTexts(file.elements, file.data, parts.rules),
        known: identitiesOf(file.elements, file.data),
        ...(parts.ownSubject && { subject: subjectIn(file) }),
      };
      if (kind === "pdf") return { ...said, ...(await openDocument(file, parts.rules, parts.pdf, run)) };
      return { ...said, ...openImage(file, parts, codec, run) };
    },
  };
}

function openImage(
  file: DicomFile,
  { rules, limits, devices }: DicomParts,
  codec: FrameCodec,
  run: RunContext,
): Pick<OpenImage, "pages" | "redact"> {
  const pixels = openPixels(file, limits, codec);
  const overlays = rules.options.has("clean_graphics") ? overlaysOf(file) : [];
  return {
    pages: () => pagesOf(pixels, overlays, run),
    async *redact(how) {
      const rewrite = await rewriteOf(file, pixels, overlays, how, codec, devices);
      for (const piece of await rewriteDicom(file, rules, how, rewrite)) {
        if (run.signal.aborted) throw new MaskingError("STOPPED");
        yield piece instanceof Uint8Array ? piece : await piece.bytes();
      }
    },
  };
}

async function* pagesOf(
  pixels: Pixels | undefined,
  overlays: readonly Overlay[],
  run: RunContext,
): AsyncGenerator<Page, void, undefined> {
  const look = pixels && lookOf(pixels.header, pixels.palette);
  for (let i = 0; i < (pixels?.format.frames ?? 0); i++) {
    if (run.signal.aborted) throw new MaskingError("STOPPED");
    yield pageOfSamples(await pixels!.frame(i), look!);
  }
  for (const overlay of overlays) for (let i = 0; i < overlay.frames; i++) yield overlayPage(overlay, i);
}

async function rewriteOf(
  file: DicomFile,
  pixels: Pixels | undefined,
  overlays: readonly Overlay[],
  { boxes, fill }: Redaction,
  codec: FrameCodec,
  devices: readonly DeviceRule[] | undefined,
): Promise<Rewrite> {
  const frames = pixels?.format.frames ?? 0;
  const pages = overlays.reduce((sum, overlay) => sum + overlay.frames, frames);
  // Fewer lists than pages would leave pages that nobody has looked at.
  if (boxes.length !== pages) throw new MaskingError("CHECK_FAILED");
  const everywhere = pixels ? deviceRegions(pixels.header, devices) : [];
  const covering = { fill, boxes: boxes.slice(0, frames).map((list) => [...list, ...everywhere]) };
  const replaced = pixels ? [...(await rewritePixels(file, pixels, covering, codec))] : [];
  let at = frames;
  for (const overlay of overlays) {
    const cleared = clearedOverlay(overlay, boxes.slice(at, at + overlay.frames));
    if (cleared) replaced.push(cleared);
    at += overlay.frames;
  }
  const planes = new Set(overlays.map(({ element }) => element.tag));
  return { replaced, syntax: file.syntax.uid, pixelsExamined: pixels !== undefined, planes };
}
