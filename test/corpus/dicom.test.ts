import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { Element } from "../../transforms/images/dicom/element.ts";
import { isDicom, openDicom } from "../../transforms/images/dicom/file.ts";
import { encodeElements, type Written, wholeOf, withItems, withValue } from "../../transforms/images/dicom/writer.ts";

const FOLDER = join(process.env["PHIMASK_IMAGING"] ?? "../shared/imaging", "dicom");
const there = existsSync(FOLDER);
if (!there) console.error("No DICOM corpus: set PHIMASK_IMAGING. Its tests do not run.");

/** Files that no reader may take for whole, with what is wrong. */
const REFUSED: Readonly<Record<string, string>> = {
  "pydicom/MR_truncated.dcm": "IMAGE_UNREADABLE",
  "pydicom/rtplan_truncated.dcm": "IMAGE_UNREADABLE",
  "pydicom/dicomdirtests/DICOMDIR-nooffset": "IMAGE_UNREADABLE",
  "pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm": "IMAGE_UNREADABLE",
  // No transfer syntax and no element that starts a data set.
  "pydicom/meta_missing_tsyntax.dcm": "IMAGE_UNSUPPORTED",
  "pydicom/no_meta.dcm": "IMAGE_UNSUPPORTED",
};

const files = there
  ? readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
      .filter((name) => !/\.(md|txt|json|dump|icc|gz)$|LICENSE|README/.test(name))
      .filter((name) => statSync(join(FOLDER, name)).isFile())
      .sort()
  : [];

describe.runIf(there)("DICOM files of foreign writers", () => {
  it("are there", () => expect(files.length).toBeGreaterThan(200));

  it("are read whole, and written again the bytes are the same, copied or anew", async () => {
    const seen: Record<string, string> = {};
    const changed: string[] = [];
    for (const name of files) {
      try {
        const bytes = readFileSync(join(FOLDER, name));
        const { data, elements } = openDicom(bytes);
        if (!isDicom(bytes.subarray(0, 132))) changed.push(`${name} is not told`);
        const start = elements[0]?.start ?? data.length;
        for (const written of [elements, renewed(elements, data)]) {
          const out = await wholeOf(encodeElements(written, data));
          if (!out.equals(data.subarray(start, start + out.length))) changed.push(name);
          if (data.subarray(start + out.length).some((byte) => byte !== 0))
            changed.push(`${name} is not read to its end`);
        }
      } catch (error) {
        if (!(error instanceof MaskingError)) throw error;
        seen[name] = error.code;
      }
    }
    expect(changed).toEqual([]);
    expect(seen).toEqual(Object.fromEntries(Object.entries(REFUSED).filter(([name]) => files.includes(name))));
  });
});

function renewed(elements: readonly Element[], data: Uint8Array): readonly Written[] {
  return elements.map((element) => {
    const { items, fragments, tag, vr, encoding, from, to } = element;
    if (items)
      return withItems(
        element,
        items.map((item) => ({ ...item, elements: renewed(item.elements, data) })),
      );
    // An odd length, which the standard forbids, would be padded.
    if (!fragments && (to - from) % 2 === 1) return element;
    if (!fragments) return withValue(element, data.subarray(from, to));
    const parts = fragments.map((each) => data.subarray(each.from, each.to));
    return { tag, vr, encoding, undefinedLength: true, fragments: parts };
  });
}
