import { describe, expect, it } from "vitest";
import type { ImageFormat, Redaction } from "../../src/image-types.ts";
import type { Masked } from "../../src/types.ts";
import { attributesOf } from "../../transforms/images/dicom/attributes.ts";
import { openDicom } from "../../transforms/images/dicom/file.ts";
import { dicomOf, type Made, made } from "../fakes/dicom.ts";
import { formatOf, maskedBy, RUN } from "../fakes/dicom-run.ts";
import { said } from "../fakes/dicom-said.ts";

const CLASSES = "1.2.840.10008.5.1.4.1.1.";
const object = (sop: string, ...elements: readonly Made[]): Buffer =>
  dicomOf([
    made(0x00080016, "UI", sop.startsWith("1.2") ? sop : CLASSES + sop),
    made(0x00080018, "UI", "1.2.77.3"),
    ...elements,
  ]);

const NAME = made(0x00100010, "PN", "Roe^Jane");

/** The file without an element. */
function without(tag: number, bytes: Buffer): Buffer {
  const { start, end } = openDicom(bytes).elements.find((element) => element.tag === tag)!;
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

/** A document of one page, whose masked form says how many boxes it was given. */
const DOCUMENT: ImageFormat = {
  name: "pdf",
  suffix: ".pdf",
  headBytes: 5,
  matches: (head) => Buffer.from(head).toString("latin1") === "%PDF-",
  open: async (bytes) => ({
    carried: [],
    async *pages() {
      yield { width: 10, height: 10, channels: 1, data: new Uint8Array(100) };
    },
    async *redact({ boxes }) {
      yield Buffer.from(`%PDF-masked ${bytes.length} ${boxes[0]!.length}`);
    },
  }),
};

describe("objects that are no images", () => {
  it.each([
    ["a waveform", object("9.1.1", made(0x54000100, "SQ", { items: [[]] })), "another object than a waveform"],
    [
      "an encapsulated CDA document",
      object("104.2", made(0x00420011, "OB", Buffer.from("<x/>"))),
      "another object than an encapsulated CDA document",
    ],
    ["spectroscopy", object("4.2", made(0x56000020, "OF", Buffer.alloc(4))), "another object than MR spectroscopy"],
    ["raw data", object("66", made(0x00100010, "PN", "Roe")), "another object than raw data"],
    ["a directory", object("1.2.840.10008.1.3.10"), "another object than a DICOMDIR"],
    ["a class of somebody's own", object("1.2.826.0.1.9"), "another object than this kind of DICOM object"],
    [
      "pixels of floating point",
      object("30", made(0x7fe00008, "OF", Buffer.alloc(4))),
      "another object than a parametric map",
    ],
    [
      "pixels of floating point beside others",
      object("7", made(0x7fe00009, "OD", Buffer.alloc(8)), made(0x7fe00010, "OB", Buffer.alloc(2))),
      "pixels of whole numbers within the file",
    ],
    [
      "an encapsulated PDF without a format for it",
      object("104.1", made(0x00420011, "OB", Buffer.from("%PDF-1.4")), made(0x00420012, "LO", "application/pdf")),
      "another object than an encapsulated PDF",
    ],
  ])("%s is withheld, by its kind", async (_, bytes, expected) => {
    await expect(formatOf().open(bytes, RUN)).rejects.toMatchObject({ code: "IMAGE_UNSUPPORTED", place: { expected } });
  });

  it.each([
    ["a picture whose pixels an archive left out", object("2", NAME)],
    ["a picture with pixel data of no bytes", object("4", NAME, made(0x7fe00010, "OW", Buffer.alloc(0)))],
    ["a picture whose class is told by the file's meta alone", without(0x00080016, object("4", NAME))],
  ])("%s is masked by its header", async (_, bytes) => {
    const out = (await maskedBy(formatOf(), bytes)).bytes;
    expect(out.includes("Roe")).toBe(false);
    expect(attributesOf(openDicom(out)).texts(0x00280301)).toEqual([]);
  });

  it("an encapsulated PDF is masked as a PDF, and its length is the new one", async () => {
    const bytes = object(
      "104.1",
      made(0x00100010, "PN", "Roe^Jane"),
      made(0x00420010, "ST", "Letter on Roe"),
      made(0x00420011, "OB", Buffer.from("%PDF-1.4 Jane Roe")),
      made(0x00420012, "LO", "application/pdf"),
      made(0x00420015, "UL", [17]),
    );
    const out = (
      await maskedBy(formatOf(undefined, {}, undefined, DOCUMENT), bytes, () => [{ x: 1, y: 1, width: 2, height: 2 }])
    ).bytes;
    const file = openDicom(out);
    const document = attributesOf(file).element(0x00420011)!;
    expect(Buffer.from(out.subarray(document.from, document.to)).toString().trim()).toBe("%PDF-masked 17 1");
    expect(attributesOf(file).number(0x00420015, 0)).toBe("%PDF-masked 17 1".length);
    expect(out.includes("Roe")).toBe(false);
  });

  it.each([
    [
      "a presentation state",
      "11.1",
      [
        made(0x00700001, "SQ", {
          items: [
            [
              made(0x00700008, "SQ", {
                items: [[made(0x00700006, "ST", "Arrow by Roe"), made(0x00700022, "FL", [1, 2])]],
              }),
            ],
          ],
        }),
      ],
    ],
    [
      "a structured report",
      "88.33",
      [
        made(0x0040a730, "SQ", {
          items: [
            [
              made(0x0040a160, "UT", "Arrow by Roe"),
              made(0x0040a730, "SQ", { items: [[made(0x0040a160, "UT", "Roe again")]] }),
            ],
          ],
        }),
      ],
    ],
  ] as const)("%s has its text cleaned at every depth", async (_, sop, elements) => {
    const clean: Redaction["maskText"] = async (texts) =>
      texts.map((text) => text.replaceAll("Roe", "[NAME]") as Masked);
    const out = (await maskedBy(formatOf(), object(sop, ...elements), undefined, { maskText: clean })).bytes;
    expect(out.includes("Roe")).toBe(false);
    expect(said(out).map(([, value]) => value)).toContain("Arrow by [NAME]");
  });
});
