import type { KnownText, Redaction } from "../../../src/image-types.ts";
import { PIXEL_DATA } from "./element.ts";
import type { DicomFile } from "./file.ts";
import { type HeaderWork, maskHeader } from "./header.ts";
import { identitiesOf, sweeper } from "./identity.ts";
import { checkReread } from "./reread.ts";
import type { HeaderRules } from "./rules.ts";
import { metaOf, stamped } from "./stamps.ts";
import { type Chunk, type Written, wholeOf, writeDicom } from "./writer.ts";

/** What of a file the masking of its header leaves to others. */
export interface Rewrite {
  /** Elements that replace those of their tag after the header is masked: pixels, overlays, what describes them. */
  readonly replaced: readonly Written[];
  /** The transfer syntax that the pixels are in now. */
  readonly syntax: string;
  readonly pixelsExamined: boolean;
  /** Tags of the overlay planes that were looked at; the others go, whatever the profile says. */
  readonly planes?: ReadonlySet<number>;
}

/**
 * The whole file with its header masked, in pieces; bytes that stay are not copied, and pixels that change are made one frame at a time. Another parser has read the result
 * up to its pixels. Throws CHECK_FAILED where that one sees another file, and what `redaction.maskText` throws.
 */
export async function rewriteDicom(
  file: DicomFile,
  rules: HeaderRules,
  redaction: Redaction,
  { replaced, syntax, pixelsExamined, planes = new Set() }: Rewrite,
): Promise<readonly Chunk[]> {
  const header = await maskedHeader(file, rules, redaction, planes);
  const byTag = new Map(replaced.map((element) => [element.tag, element]));
  const elements = header.map((element) => byTag.get(element.tag) ?? element);
  const stampedElements = stamped(elements, file.syntax.encoding, rules, pixelsExamined);
  const meta = metaOf(file, stampedElements, syntax);
  const head = stampedElements.filter(({ tag }) => tag !== PIXEL_DATA);
  const plain = { ...file, syntax: { ...file.syntax, deflated: false } };
  const plainMeta = file.syntax.deflated ? metaOf(file, stampedElements, "1.2.840.10008.1.2.1") : meta;
  checkReread(await wholeOf(writeDicom(plain, plainMeta, head)), head, file.syntax.encoding);
  return writeDicom(file, meta, stampedElements);
}

/** Masks the header twice: once to hear which texts there are, so that detectors get them all in one call. */
async function maskedHeader(
  file: DicomFile,
  rules: HeaderRules,
  redaction: Redaction,
  planes: ReadonlySet<number>,
): Promise<readonly Written[]> {
  const known: readonly KnownText[] = [...identitiesOf(file.elements, file.data), ...(redaction.known ?? [])];
  const texts = new Set<string>();
  const noting: HeaderWork = {
    rules,
    subject: redaction.subject,
    planes,
    clean: (text) => {
      texts.add(text);
      return text;
    },
    sweep: (text) => text,
  };
  const first = maskHeader(file.elements, file.data, noting);
  const asked = [...texts];
  const answers = asked.length === 0 ? [] : await redaction.maskText(asked);
  const byText = new Map(asked.map((text, i) => [text, answers[i] as string]));
  const sweep = sweeper(known);
  if (asked.length === 0 && known.length === 0) return first;
  const clean = (text: string): string => sweep(byText.get(text) ?? "");
  return maskHeader(file.elements, file.data, { ...noting, clean, sweep });
}
