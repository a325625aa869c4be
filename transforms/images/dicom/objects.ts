import { MaskingError } from "../../../src/errors.ts";
import { attributesOf } from "./attributes.ts";
import { PIXEL_DATA } from "./element.ts";
import { type DicomFile, metaText } from "./file.ts";

const CLASSES = "1.2.840.10008.5.1.4.1.1.";

/** Objects without pixels that are examined whole by their header: text, codes and references (UID after `CLASSES`). */
const EXAMINED: readonly RegExp[] = [/^88\.\d+$/, /^11\.\d+$/, /^66\.[123]$/, /^67$/, /^481\.(?:3|5|8)$/];

/** Images, of which archives also keep the header alone. */
const IMAGES: readonly RegExp[] = [/^[1-3](?:\.|$)/, /^(?:4|6|7|12|13|14|20|77\.1|128|130)(?:\.|$)/, /^481\.[12]$/];

/** What is withheld, by the name that a report gives it. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^9\./, "a waveform"],
  [/^104\.1$/, "an encapsulated PDF"],
  [/^104\.2$/, "an encapsulated CDA document"],
  [/^104\./, "an encapsulated document"],
  [/^66$/, "raw data"],
  [/^66\./, "a surface or tractography"],
  [/^4\.2$/, "MR spectroscopy"],
  [/^77\.1\.\d\.1$/, "video"],
  [/^30$/, "a parametric map"],
  [/^481\./, "a radiotherapy object"],
];

export const ENCAPSULATED_DOCUMENT = 0x00420011;
const ENCAPSULATED_PDF = `${CLASSES}104.1`;

/** Sequences and values of signals, spectra and surfaces, which nobody can look at here. */
const SIGNALS: readonly number[] = [0x54000100, 0x56000020, 0x00660002, 0x00660101];

/**
 * What a file is: pixels, a PDF, or an object whose header is all of it. Throws IMAGE_UNSUPPORTED with the kind of
 * object for everything else: signals, other documents, directories, classes that are not known.
 */
export function objectKind(file: DicomFile): "image" | "pdf" | "header" {
  const header = attributesOf(file);
  const uid = header.texts(0x00080016)[0] ?? metaText(file.bytes, file.meta, 0x00020002) ?? "";
  const own = uid.startsWith(CLASSES) ? uid.slice(CLASSES.length) : "";
  if (SIGNALS.some((tag) => header.element(tag))) throw unsupported(own, uid);
  if (header.element(ENCAPSULATED_DOCUMENT)) {
    if (uid === ENCAPSULATED_PDF && header.texts(0x00420012)[0] === "application/pdf") return "pdf";
    throw unsupported(own, uid);
  }
  const pixels = header.element(PIXEL_DATA);
  if (pixels && pixels.to > pixels.from) return "image";
  if (EXAMINED.some((known) => known.test(own))) return "header";
  if (IMAGES.some((known) => known.test(own)) && !NAMES.some(([known]) => known.test(own))) return "header";
  throw unsupported(own, uid);
}

function unsupported(own: string, uid: string): MaskingError {
  const named = NAMES.find(([known]) => known.test(own))?.[1];
  const name = uid === "1.2.840.10008.1.3.10" ? "a DICOMDIR" : (named ?? "this kind of DICOM object");
  return new MaskingError("IMAGE_UNSUPPORTED", { expected: `another object than ${name}` });
}
