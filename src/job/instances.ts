import type { Masking } from "../../transforms/operators/operators.ts";
import { MaskingError } from "../errors.ts";
import type { Instances } from "../instance-types.ts";
import type { ImageRule, JobFile } from "../jobfile.ts";
import { spelledOut } from "../parse.ts";
import { bytesOf } from "../stream.ts";
import type { ReadableObject } from "../types.ts";
import { openHeaderRules } from "./dicom.ts";

/** The one column of a source of images. */
const COLUMN = "image";

/** Bytes of a file's beginning that are read for its header: the first that hold it, else all. */
const HEADS: readonly number[] = [1 << 16, 1 << 20, Number.POSITIVE_INFINITY];

/** True where the source is a folder of DICOM files. */
export function isInstances({ source }: JobFile): boolean {
  return source?.format === "dicom";
}

/** Names and describes the instances of a job's source. Throws RULE_UNFIT where its one column is not masked as an image. */
export async function openInstances(file: JobFile, masking: Masking): Promise<Instances> {
  const rule = spelledOut(file.columns[COLUMN] ?? "keep") as ImageRule | { readonly mask: "keep" };
  if (rule.mask !== "image") {
    throw new MaskingError("RULE_UNFIT", { key: `columns.${COLUMN}`, expected: "mask: image" });
  }
  const rules = await openHeaderRules(COLUMN, rule.dicom ?? {}, masking);
  const [{ isDicom, openDicom, openDicomHead }, { INDEX_COLUMNS, indexRow, instanceOf, isDirectory, LAST_OF_HEAD }] =
    await Promise.all([
      import("../../transforms/images/dicom/file.ts"),
      import("../../transforms/images/dicom/instance.ts"),
    ]);
  const headOf = async (object: ReadableObject) => {
    for (const size of HEADS) {
      const whole = size >= object.size;
      const bytes = await bytesOf(whole ? object.read() : object.read({ start: 0, end: size }));
      if (!isDicom(bytes)) return undefined;
      const head = openDicomHead(bytes, LAST_OF_HEAD) ?? (whole ? openDicom(bytes) : undefined);
      if (head) return head;
    }
    return undefined;
  };
  return {
    columns: INDEX_COLUMNS,
    async look(object) {
      try {
        const head = await headOf(object);
        if (!head) return "foreign";
        return isDirectory(head) ? "directory" : instanceOf(head, rules);
      } catch (error) {
        if (!(error instanceof MaskingError) || !error.code.startsWith("IMAGE_")) throw error;
        // Its masking says what is wrong, and stops the run or withholds it.
        return { path: undefined, study: "", series: "", instance: "", sopClass: "" };
      }
    },
    async describe(object) {
      const head = await headOf(object);
      if (!head) throw new MaskingError("IMAGE_UNREADABLE");
      return indexRow(head);
    },
  };
}
