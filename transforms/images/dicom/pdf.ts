import { MaskingError } from "../../../src/errors.ts";
import type { ImageFormat, OpenImage } from "../../../src/image-types.ts";
import type { RunContext } from "../../../src/types.ts";
import { attributesOf } from "./attributes.ts";
import type { DicomFile } from "./file.ts";
import { ENCAPSULATED_DOCUMENT } from "./objects.ts";
import { rewriteDicom } from "./rewrite.ts";
import type { HeaderRules } from "./rules.ts";
import { withValue } from "./writer.ts";

const DOCUMENT_LENGTH = 0x00420015;

/**
 * An encapsulated PDF: its pages are the document's, and the masked document takes its place. Throws IMAGE_UNSUPPORTED
 * without a format to open it, and what that format throws.
 */
export async function openDocument(
  file: DicomFile,
  rules: HeaderRules,
  pdf: ImageFormat | undefined,
  run: RunContext,
): Promise<Pick<OpenImage, "pages" | "redact">> {
  const header = attributesOf(file);
  const element = header.element(ENCAPSULATED_DOCUMENT)!;
  const length = header.element(DOCUMENT_LENGTH);
  const told = header.number(DOCUMENT_LENGTH, element.to - element.from);
  const bytes = file.data.subarray(element.from, Math.min(element.to, element.from + told));
  if (!pdf?.matches(bytes.subarray(0, pdf.headBytes))) {
    throw new MaskingError("IMAGE_UNSUPPORTED", { expected: "another object than an encapsulated PDF" });
  }
  const document = await pdf.open(bytes, run);
  return {
    pages: () => document.pages(),
    async *redact(how) {
      const made: Uint8Array[] = [];
      for await (const piece of document.redact(how)) made.push(piece);
      const masked = Buffer.concat(made);
      const size = Buffer.alloc(4);
      if (file.syntax.encoding.little) size.writeUInt32LE(masked.length);
      else size.writeUInt32BE(masked.length);
      const replaced = [withValue(element, masked), ...(length ? [withValue(length, size)] : [])];
      const pieces = await rewriteDicom(file, rules, how, { replaced, syntax: file.syntax.uid, pixelsExamined: true });
      for (const piece of pieces) yield piece instanceof Uint8Array ? piece : await piece.bytes();
    },
  };
}
