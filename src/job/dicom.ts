import type { TagRule } from "../../transforms/images/dicom/rules.ts";
import type { ImageLimits } from "../../transforms/images/limits.ts";
import type { Masking } from "../../transforms/operators/operators.ts";
import type { DicomRule } from "../dicom-rule.ts";
import { MaskingError } from "../errors.ts";
import type { ImageFormat } from "../image-types.ts";
import { spelledOut } from "../parse.ts";
import type { Leaf } from "../types.ts";

/**
 * The format of DICOM files under a job's rule. `others`: the formats of the job, which open what a DICOM file may hold.
 * Throws RULE_UNFIT with the key of the option or tag, KEY_MISSING.
 */
export async function openDicomFormat(
  leaf: Leaf,
  { options, tags = {}, devices }: DicomRule,
  masking: Masking,
  limits: ImageLimits,
  others: readonly ImageFormat[],
): Promise<ImageFormat> {
  const { dicomFormat } = await import("../../transforms/images/dicom/format.ts");
  const { headerRules } = await import("../../transforms/images/dicom/rules.ts");
  const spelled = Object.entries(tags).map(([tag, rule]) => [tag, spelledOut(rule) as TagRule]);
  const pdf = others.find(({ name }) => name === "pdf");
  try {
    const rules = headerRules({ options, tags: Object.fromEntries(spelled) }, masking);
    return dicomFormat({ rules, limits, ...(devices && { devices }), ...(pdf && { pdf }) });
  } catch (error) {
    if (!(error instanceof MaskingError) || error.place.key === undefined) throw error;
    const key = `columns.${leaf}.dicom.${error.place.key}`;
    throw new MaskingError(error.code, { ...error.place, key });
  }
}
