import { describe, expect, it } from "vitest";
import type { MaskingError } from "../../src/errors.ts";
import { attributeOf, tagOfKeyword, vrOf } from "../../transforms/images/dicom/dictionary.ts";
import type { Element } from "../../transforms/images/dicom/element.ts";
import { isDicom, openDicom } from "../../transforms/images/dicom/file.ts";
import {
  encodeElements,
  newValue,
  wholeOf,
  withItems,
  withValue,
  writeDicom,
} from "../../transforms/images/dicom/writer.ts";
import { dicomOf, encoded, type Made, made } from "../fakes/dicom.ts";

const SOP = [made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"), made(0x00080018, "UI", "1.2.3.4")];
const NESTED = (delimited: boolean): Made =>
  made(
    0x00081140,
    "SQ",
    {
      items: [
        [
          made(0x00081155, "UI", "1.2.5"),
          made(0x00400275, "SQ", { items: [[made(0x00400007, "LO", "head")], []] }, delimited),
        ],
        [],
      ],
    },
    delimited,
  );
const EVERY_VR: readonly Made[] = [
  ...SOP,
  made(0x00080018, "UI", "1.2.3.4"),
  NESTED(false),
  made(0x00090010, "LO", "MAKER"),
  made(
    0x00091001,
    "OV",
    Uint8Array.from({ length: 16 }, (_, i) => i),
  ),
  made(0x00091002, "SV", [-5, 7]),
  made(0x00091003, "UV", [9]),
  made(0x00091004, "UC", "long"),
  made(0x00091005, "UR", "http://x/"),
  made(0x00091006, "UT", "text"),
  made(
    0x00091007,
    "OD",
    Uint8Array.from({ length: 8 }, () => 1),
  ),
  made(
    0x00091008,
    "OL",
    Uint8Array.from({ length: 4 }, () => 2),
  ),
  made(
    0x00091009,
    "OF",
    Uint8Array.from({ length: 4 }, () => 3),
  ),
  made(0x0009100a, "UN", "whatever"),
  made(0x0009100b, "SQ", { items: [[made(0x00090010, "LO", "MAKER"), made(0x00091001, "ST", "in")]] }, true),
  made(0x00100010, "PN", "Roe^Jane"),
  made(0x00280010, "US", [2]),
  NESTED(true),
  made(0x7fe00010, "OW", [1, 2, 3, 4]),
];

const SYNTAXES = [
  ["implicit little", "1.2.840.10008.1.2"],
  ["explicit little", "1.2.840.10008.1.2.1"],
  ["explicit big", "1.2.840.10008.1.2.2"],
  ["deflated", "1.2.840.10008.1.2.1.99"],
] as const;

/** Elements by tag and items, without offsets. */
function shape(elements: readonly Element[]): unknown {
  return elements.map(({ tag, items }) => (items ? [tag, items.map((item) => shape(item.elements))] : tag));
}

/** The same elements as new ones, so that every length is computed again. */
function renewed(elements: readonly Element[], data: Uint8Array): Parameters<typeof encodeElements>[0] {
  return elements.map((element) =>
    element.items
      ? withItems(
          element,
          element.items.map((item) => ({ ...item, elements: renewed(item.elements, data) })),
        )
      : element.fragments
        ? element
        : withValue(element, data.subarray(element.from, element.to)),
  );
}

describe("tokenizer and writer", () => {
  it.each(SYNTAXES)(
    "%s: every element is found, and copied or written anew the bytes are the same",
    async (_, syntax) => {
      const bytes = dicomOf(EVERY_VR, syntax);
      const file = openDicom(bytes);
      expect(shape(file.elements)).toEqual([
        0x00080016,
        0x00080018,
        0x00080018,
        [0x00081140, [[0x00081155, [0x00400275, [[0x00400007], []]]], []]],
        ...[0x00090010, 0x00091001, 0x00091002, 0x00091003, 0x00091004, 0x00091005, 0x00091006],
        ...[0x00091007, 0x00091008, 0x00091009, 0x0009100a],
        [0x0009100b, [[0x00090010, 0x00091001]]],
        0x00100010,
        0x00280010,
        [0x00081140, [[0x00081155, [0x00400275, [[0x00400007], []]]], []]],
        0x7fe00010,
      ]);
      const meta = file.meta.filter(({ tag }) => tag !== 0x00020000);
      expect((await wholeOf(writeDicom(file, meta, file.elements))).equals(bytes)).toBe(true);
      expect((await wholeOf(writeDicom(file, meta, renewed(file.elements, file.data)))).equals(bytes)).toBe(true);
    },
  );

  it.each(SYNTAXES.slice(0, 3))("%s without preamble and meta is told by its first element", (_, syntax) => {
    const form = { big: syntax.endsWith(".2.2"), implicit: syntax.endsWith(".1.2") };
    const bytes = encoded(EVERY_VR, form);
    expect(isDicom(bytes)).toBe(true);
    const file = openDicom(bytes);
    expect([file.preamble, file.syntax.uid, file.elements.length]).toEqual([false, syntax, EVERY_VR.length]);
  });

  it("puts longer and shorter values at any depth, lengths of all sequences around them included", async () => {
    for (const delimited of [false, true]) {
      const file = openDicom(dicomOf([...SOP, NESTED(delimited), made(0x00100020, "LO", "77")]));
      const sequence = file.elements[2]!;
      const [first, second] = sequence.items!;
      const longer = newValue(0x00081155, "UI", first!.encoding, Buffer.from("2.25.123456789"));
      const changed = withItems(sequence, [{ ...first!, elements: [longer, first!.elements[1]!] }, second!]);
      const again = openDicom(
        await wholeOf(writeDicom(file, [], [...file.elements.slice(0, 2), changed, file.elements[3]!])),
      );
      // Without meta the file is told by its first element.
      expect(shape(again.elements)).toEqual(shape(file.elements));
      const uid = again.elements[2]!.items![0]!.elements[0]!;
      expect(Buffer.from(again.data.subarray(uid.from, uid.to)).toString()).toBe("2.25.123456789");
    }
  });

  it("reads a known sequence that was written as UN, of either length, and an implicit element among explicit ones", () => {
    const inner = made(0x00100010, "PN", "Roe^Jane");
    for (const delimited of [false, true]) {
      const file = openDicom(dicomOf([...SOP, made(0x00081140, "UN", { items: [[inner]] }, delimited)]));
      expect(shape(file.elements.slice(2))).toEqual([[0x00081140, [[0x00100010]]]]);
    }
    const mixed = Buffer.concat([dicomOf(SOP), encoded([inner], { implicit: true }), encoded([inner], {})]);
    expect(openDicom(mixed).elements.map(({ vr }) => vr)).toEqual(["UI", "UI", "PN", "PN"]);
  });

  it("keeps fragments apart, delimiters within them included", () => {
    const fragment = Buffer.from([1, 2, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0, 3, 4]);
    const bytes = dicomOf(
      [...SOP, made(0x7fe00010, "OB", { fragments: [Buffer.alloc(0), fragment, fragment] })],
      "1.2.840.10008.1.2.4.90",
    );
    const pixels = openDicom(bytes).elements.at(-1)!;
    expect(pixels.fragments!.map(({ from, to }) => to - from)).toEqual([0, 12, 12]);
    expect(pixels.end).toBe(bytes.length);
  });

  it("leaves trailing zeros out and reads trailing padding elements", async () => {
    const bytes = dicomOf([...SOP, made(0xfffcfffc, "OB", Uint8Array.of(0, 0))]);
    const file = openDicom(Buffer.concat([bytes, Buffer.alloc(300)]));
    expect(file.elements.at(-1)!.tag).toBe(0xfffcfffc);
    expect((await wholeOf(encodeElements(file.elements, file.data))).length + file.elements[0]!.start).toBe(
      bytes.length,
    );
  });

  const whole = dicomOf([...SOP, NESTED(false), made(0x00100010, "PN", "Roe^Jane")]);
  const deep = (levels: number): Made =>
    made(0x00081140, "SQ", { items: [levels === 0 ? [] : [deep(levels - 1)]] }, true);
  const BAD: readonly (readonly [string, Uint8Array, string])[] = [
    ["a value cut short", whole.subarray(0, whole.length - 1), "IMAGE_UNREADABLE"],
    ["a header cut short", Buffer.concat([whole, Buffer.from([0x10, 0, 0x20, 0])]), "IMAGE_UNREADABLE"],
    ["an unknown VR", Buffer.concat([whole, Buffer.from("\x10\0\x20\0ZZ\0\0", "latin1")]), "IMAGE_UNREADABLE"],
    [
      "a length past the end",
      Buffer.concat([whole, Buffer.from("\x10\0\x20\0LO\xff\xff", "latin1")]),
      "IMAGE_UNREADABLE",
    ],
    [
      "a stray delimiter",
      Buffer.concat([whole, Buffer.from("\xfe\xff\x0d\xe0\0\0\0\0", "latin1")]),
      "IMAGE_UNREADABLE",
    ],
    [
      "a sequence without end",
      Buffer.concat([whole, Buffer.from("\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff", "latin1")]),
      "IMAGE_UNREADABLE",
    ],
    [
      "text of undefined length",
      Buffer.concat([whole, Buffer.from("\x10\0\x40\0UT\0\0\xff\xff\xff\xff", "latin1")]),
      "IMAGE_UNREADABLE",
    ],
    ["sequences too deep", dicomOf([...SOP, deep(100)]), "IMAGE_UNREADABLE"],
    [
      "a broken deflate stream",
      Buffer.concat([dicomOf([], "1.2.840.10008.1.2.1.99"), Buffer.from("garbage")]).subarray(0, -9),
      "IMAGE_UNREADABLE",
    ],
    ["video", dicomOf(SOP, "1.2.840.10008.1.2.4.102"), "IMAGE_UNSUPPORTED"],
    ["another file", Buffer.from("id,name\n1,Jane Roe\n"), "IMAGE_UNSUPPORTED"],
  ];
  it.each(BAD)("%s is refused", (_, bytes, code) => {
    let thrown: unknown;
    try {
      openDicom(bytes);
    } catch (error) {
      thrown = error;
    }
    expect((thrown as MaskingError | undefined)?.code).toBe(code);
  });

  it.each([
    ["a CSV file", Buffer.from("id,name\n1,Jane Roe\n"), false],
    ["a PNG file", Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...Buffer.alloc(140)]), false],
    ["a JPEG file", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1]), false],
    ["nothing", Buffer.alloc(0), false],
    ["zeros", Buffer.alloc(200), false],
    ["a DICOM file", whole, true],
  ])("tells %s by its bytes", (_, bytes, answer) => expect(isDicom(bytes)).toBe(answer));
});

describe("dictionary", () => {
  it.each([
    [0x00100010, "PN", "PatientName"],
    [0x60020010, "US", "OverlayRows"],
    [0x50100005, "US", "CurveDimensions"],
    [0x00203105, "CS", "SourceImageIDs"],
    [0x00001001, "UI", "RequestedSOPInstanceUID"],
  ])("knows %i", (tag, vr, keyword) => expect(attributeOf(tag)).toEqual({ tag, vr, keyword }));

  it("says nothing of private and unknown tags", () => {
    expect([attributeOf(0x00091001), attributeOf(0x60010010), attributeOf(0x00080002)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([vrOf(0x00090010), vrOf(0x00091001), vrOf(0x00080000)]).toEqual(["LO", "UN", "UL"]);
    expect([tagOfKeyword("PatientID"), tagOfKeyword("NoSuchThing")]).toEqual([0x00100020, undefined]);
  });
});
