import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { attributesOf } from "../../transforms/images/dicom/attributes.ts";
import { deviceRegions } from "../../transforms/images/dicom/devices.ts";
import { type Element, tagText } from "../../transforms/images/dicom/element.ts";
import { type DicomFile, openDicom } from "../../transforms/images/dicom/file.ts";
import { threadCodec } from "../../transforms/images/dicom/pixels/codec.ts";
import { actionOf, type DicomOption } from "../../transforms/images/dicom/profile.ts";
import { formatOf, maskedBy } from "../fakes/dicom-run.ts";
import { pythonWith } from "./python.ts";

const FOLDER = join(process.env["PHIMASK_IMAGING"] ?? "../shared/imaging", "dicom");
const there = existsSync(FOLDER);
if (!there) console.error("No DICOM corpus: set PHIMASK_IMAGING. Its tests do not run.");
const python = there
  ? pythonWith([
      "pydicom==3.0.2",
      "numpy==2.4.6",
      "python-gdcm==3.2.6",
      "pylibjpeg==2.1.0",
      "pylibjpeg-libjpeg==2.5.0",
      "pylibjpeg-openjpeg==2.6.0",
    ])
  : { missing: "the corpus" };
if ("missing" in python) console.error(`pydicom and GDCM do not judge masked DICOM files: no ${python.missing}.`);
const dcmdump = said("dcmdump", ["--version"]) !== undefined;
if (!dcmdump) console.error("dcmtk does not judge masked DICOM files: no dcmdump (Debian: dcmtk).");

/** Large and many-framed files are looked at where PHIMASK_DICOM_LARGEST (bytes) asks for them; here each syntax and kind of pixels is there once or more. */
const LARGEST = Number(process.env["PHIMASK_DICOM_LARGEST"] ?? 140_000);

/** The reason why a file of the corpus is withheld, where it is. */
const WITHHELD: readonly (readonly [RegExp, string])[] = [
  [/truncated|too_short|nooffset|embedded-sequence|badVR|nested_priv_SQ/, "IMAGE_UNREADABLE"],
  [/DICOMDIR|wave|parametric|no_meta|missing_tsyntax|reportsi_with_empty|empty_charset/, "IMAGE_UNSUPPORTED"],
];

interface Entry {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly pixels: boolean;
  readonly boxes: readonly (readonly (readonly number[])[])[];
  readonly block: number;
  readonly pair: number;
  readonly tolerance: number;
}

describe.runIf(there)("DICOM files of foreign writers, masked", () => {
  const out = mkdtempSync(join(tmpdir(), "phimask-dicom-"));
  const codec = threadCodec();
  const entries: Entry[] = [];
  const withheld: string[] = [];
  const damaged: string[] = [];

  beforeAll(async () => {
    const format = formatOf(codec);
    for (const name of corpus()) {
      const before = join(FOLDER, name);
      const bytes = readFileSync(before);
      for (const covered of [false, true]) {
        try {
          const masked = await maskedBy(format, bytes, (width, height, page) =>
            covered && page === 0
              ? [{ x: Math.floor(width / 5) + 1, y: Math.floor(height / 6), width: width / 3, height: height / 4 }]
              : [],
          );
          const after = join(out, `${covered ? "covered" : "kept"}-${name.replaceAll("/", "-")}`);
          writeFileSync(after, masked.bytes);
          const file = openDicom(bytes);
          if (!covered) damaged.push(...changes(file, openDicom(masked.bytes)).map((tag) => `${name} ${tag}`));
          entries.push(entryOf(`${covered ? "covered" : "kept"} ${name}`, before, after, file, masked.boxes));
        } catch (error) {
          if (!(error instanceof MaskingError)) throw error;
          withheld.push(`${name} ${error.code}`);
        }
      }
    }
  }, 240_000);
  afterAll(async () => {
    await codec.close();
    rmSync(out, { recursive: true, force: true });
  });

  it("are withheld only for a reason that is known", () => {
    const known = (each: string): boolean => WITHHELD.some(([name, code]) => name.test(each) && each.endsWith(code));
    // Sign and header disagree in this one: it can be looked at, and not encoded again.
    expect(withheld.filter((each) => !known(each) && !each.includes("J2K_pixelrep_mismatch"))).toEqual([]);
    expect(entries.length).toBeGreaterThan(150);
  });

  it("keep the bytes of every element that no rule touches", () => expect(damaged).toEqual([]));

  it.runIf(!("missing" in python))("are read by pydicom and GDCM, and samples outside the boxes are the same", () => {
    const manifest = join(out, "manifest.json");
    writeFileSync(manifest, JSON.stringify(entries));
    const judge = (python as { python: string }).python;
    const said = execFileSync(judge, ["test/corpus/dicom-judge.py", manifest], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 1 << 26,
    });
    expect(JSON.parse(said)).toEqual({});
  });

  it.runIf(dcmdump)("are read by dcmtk where it read them before", () => {
    const reads = (paths: readonly string[]): boolean => said("dcmdump", ["-q", "-M", ...paths]) !== undefined;
    const readBefore = reads(entries.map(({ after }) => after))
      ? []
      : entries.filter(({ before, after }) => !reads([after]) && reads([before]));
    expect(readBefore.map(({ name }) => name)).toEqual([]);
  });
});

function corpus(): readonly string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((name) => !/\.(md|txt|json|dump|icc|gz)$|LICENSE|README/.test(name))
    .filter((name) => statSync(join(FOLDER, name)).isFile() && statSync(join(FOLDER, name)).size <= LARGEST)
    .sort();
}

/** Top-level elements that stay by the rules and whose bytes are not what they were. */
function changes(before: DicomFile, after: DicomFile): readonly string[] {
  const options = new Set<DicomOption>(["clean_descriptors", "clean_structured_content", "clean_graphics"]);
  const now = new Map(after.elements.map((element) => [element.tag, element]));
  const bytes = ({ data }: DicomFile, { from, to }: Element): Buffer => Buffer.from(data.subarray(from, to));
  return before.elements
    .filter(
      ({ tag, vr, items, fragments }) =>
        !items &&
        !fragments &&
        !/^(LO|SH|ST|LT|UT|UC|UR|AS)$/.test(vr) &&
        (tag & 0xffff) !== 0 &&
        (tag & 0x10000) === 0,
    )
    .filter(({ tag, vr }) => actionOf(tag, vr, options) === "keep" && !STAMPS.has(tag))
    .filter((element) => element.tag !== 0x7fe00010 || deviceRegions(attributesOf(before)).length === 0)
    .filter((element) => {
      const same = now.get(element.tag);
      if (element.tag === 0x7fe00010 && same)
        return !bytes(before, element)
          .subarray(0, same.to - same.from)
          .equals(bytes(after, same));
      return !same || !bytes(after, same).equals(bytes(before, element));
    })
    .map(({ tag }) => tagText(tag));
}

const STAMPS: ReadonlySet<number> = new Set([0x00120062, 0x00120063, 0x00120064, 0x00280301, 0x00280303]);

function entryOf(
  name: string,
  before: string,
  after: string,
  file: DicomFile,
  boxes: readonly (readonly { x: number; y: number; width: number; height: number }[])[],
): Entry {
  const header = attributesOf(file);
  const everywhere = deviceRegions(header);
  const [rows, columns] = [header.number(0x00280010, 0), header.number(0x00280011, 0)];
  const { compression, uid } = file.syntax;
  return {
    name,
    before,
    after,
    pixels: boxes.length > 0,
    boxes: boxes.map((list) =>
      [...list, ...everywhere].map(({ x, y, width, height }) => [
        x,
        y,
        Math.min(columns, Math.ceil(x + width)),
        Math.min(rows, Math.ceil(y + height)),
      ]),
    ),
    block: compression === "jpeg" || compression === "jpeg12" ? 16 : 0,
    pair: header.texts(0x00280004)[0] === "YBR_FULL_422" ? 1 : 0,
    // What two decoders make of a lossy wavelet differs by one.
    tolerance: /\.(203|91)$/.test(uid) ? 1 : 0,
  };
}

function said(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: "latin1", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 });
  } catch {
    return undefined;
  }
}
