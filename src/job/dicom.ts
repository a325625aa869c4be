import type { HeaderRules, TagRule } from "../../transforms/images/dicom/rules.ts";
import type { ImageLimits } from "../../transforms/images/limits.ts";
import type { Masking } from "../../transforms/operators/operators.ts";
import type { DicomRule } from "../dicom-rule.ts";
import { MaskingError } from "../errors.ts";
import type { ImageFormat } from "../image-types.ts";
import { spelledOut } from "../parse.ts";
import type { Leaf } from "../types.ts";

/**
 * The format of DICOM files under a job's rule. `others`: the formats of the job, which open what a DICOM file may hold.
 * `ownSubject`: a file is about the patient that its own header names. Throws what `openHeaderRules` throws.
 */
export async function openDicomFormat(
  leaf: Leaf,
  rule: DicomRule,
  masking: Masking,
  { limits, others, ownSubject }: DicomSurroundings,
): Promise<ImageFormat> {
  const { dicomFormat } = await import("../../transforms/images/dicom/format.ts");
  const rules = await openHeaderRules(leaf, rule, masking);
  const pdf = others.find(({ name }) => name === "pdf");
  const { devices } = rule;
  return dicomFormat({ rules, limits, ownSubject, ...(devices && { devices }), ...(pdf && { pdf }) });
}

export interface DicomSurroundings {
  readonly limits: ImageLimits;
  readonly others: readonly ImageFormat[];
  readonly ownSubject: boolean;
}

/** The rules for headers of one column. Throws RULE_UNFIT with the key of the option or tag, KEY_MISSING. */
export async function openHeaderRules(
  leaf: Leaf,
  { options, tags = {} }: DicomRule,
  masking: Masking,
): Promise<HeaderRules> {
  const { headerRules } = await import("../../transforms/images/dicom/rules.ts");
  const spelled = Object.entries(tags).map(([tag, rule]) => [tag, spelledOut(rule) as TagRule]);
  try {
    return headerRules({ options, tags: Object.fromEntries(spelled) }, masking);
  } catch (error) {
    if (!(error instanceof MaskingError) || error.place.key === undefined) throw error;
    const key = `columns.${leaf}.dicom.${error.place.key}`;
    throw new MaskingError(error.code, { ...error.place, key });
  }
}
