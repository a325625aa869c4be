import * as z from "zod";
import type { DicomRule } from "./dicom-rule.ts";
import type { OperatorOptions } from "./jobfile.ts";

const strict = z.strictObject;
const pixels = z.int().min(0);

/** The options of PS3.15's profile, in the order of its table. */
const options = z.enum([
  "retain_safe_private",
  "retain_uids",
  "retain_device_identity",
  "retain_institution_identity",
  "retain_patient_characteristics",
  "retain_full_dates",
  "retain_modified_dates",
  "clean_descriptors",
  "clean_structured_content",
  "clean_graphics",
]);

/** What an image rule says of DICOM files. `operator`: the operators that a tag may have, by name or with options. */
export function dicomSchema(operator: z.ZodType<OperatorOptions | OperatorOptions["mask"]>): z.ZodType<DicomRule> {
  const device = strict({
    modality: z.string().min(1),
    manufacturer: z.string().min(1).optional(),
    model: z.string().min(1).optional(),
    rows: z.int().positive().optional(),
    columns: z.int().positive().optional(),
    told: z.string().min(1).optional().describe("text that Image Type or Series Description holds"),
    regions: z
      .array(z.tuple([pixels, pixels, pixels, pixels]))
      .min(1)
      .describe("left, top, width, height"),
  });
  return strict({
    options: z.array(options).optional().describe("of the confidentiality profile of DICOM PS3.15, annex E"),
    tags: z
      .record(z.string(), z.union([z.literal("text"), strict({ mask: z.literal("text") }), operator]))
      .optional()
      .describe('rules by keyword, tag or private element (0019,"SIEMENS MR HEADER",0c), whatever the profile says'),
    devices: z.array(device).optional().describe("regions that are covered in every image of a device"),
  }).describe("what becomes of the headers of DICOM files");
}
