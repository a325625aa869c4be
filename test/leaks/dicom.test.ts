import { faker } from "@faker-js/faker";
import { describe, expect, it } from "vitest";
import type { Masked } from "../../src/types.ts";
import { findKnown } from "../../transforms/detect/known.ts";
import { openDicom } from "../../transforms/images/dicom/file.ts";
import { wholeOf, withValue, writeDicom } from "../../transforms/images/dicom/writer.ts";
import { dicomOf, type Made, made } from "../fakes/dicom.ts";
import { formatOf, maskedBy } from "../fakes/dicom-run.ts";
import { said } from "../fakes/dicom-said.ts";
import { EXPERT, masked } from "../fakes/masking.ts";

/** A made-up person and her study, every value of which is looked for in what is written. */
interface Person {
  readonly first: string;
  readonly last: string;
  readonly mrn: string;
  readonly born: string;
  readonly taken: string;
  readonly study: string;
  readonly phone: string;
}

function people(count: number): readonly Person[] {
  faker.seed(20240131);
  return Array.from({ length: count }, (_, i) => ({
    first: `Zel${faker.string.alpha({ length: 5, casing: "lower" })}`,
    last: `Quim${faker.string.alpha({ length: 6, casing: "lower" })}`,
    mrn: `MX${faker.string.numeric(7)}`,
    born: faker.date.between({ from: "1940-01-01", to: "1999-12-31" }).toISOString().slice(0, 10).replaceAll("-", ""),
    taken: faker.date.between({ from: "2020-01-01", to: "2024-12-31" }).toISOString().slice(0, 10).replaceAll("-", ""),
    study: `1.2.826.0.1.3680043.9.77${i}.${faker.string.numeric(12)}`,
    phone: `617555${faker.string.numeric(4)}`,
  }));
}

/** Her values wherever files are known to hold them: the wrong attribute, sequences, UN, private elements, meta, preamble. */
function fileOf({ first, last, mrn, born, taken, study, phone }: Person, number: number, syntax: string): Buffer {
  const elements: readonly Made[] = [
    made(0x00080005, "CS", "ISO_IR 192"),
    made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
    made(0x00080018, "UI", `${study}.1.${number}`),
    made(0x00080020, "DA", taken),
    made(0x0008002a, "DT", `${taken}101112.5+0100`),
    made(0x00080030, "TM", "101112"),
    made(0x00080060, "CS", "CT"),
    made(0x00080080, "LO", `Clinic of Dr. ${last}`),
    made(0x00081030, "LO", `Head for ${first} ${last}, tel ${phone}`),
    made(0x0008103e, "LO", "AXIAL T1"),
    made(0x00081110, "SQ", {
      items: [[made(0x00081150, "UI", "1.2.840.10008.3.1.2.3.1"), made(0x00081155, "UI", study)]],
    }),
    made(
      0x00081140,
      "SQ",
      {
        items: [
          [
            made(0x00081155, "UI", `${study}.1.${number}`),
            made(0x00400275, "SQ", { items: [[made(0x00400007, "LO", last)]] }, true),
          ],
        ],
      },
      true,
    ),
    made(0x00100010, "PN", `${last}^${first}`),
    made(0x00100020, "LO", mrn),
    made(0x00100030, "DA", born),
    made(0x00101000, "LO", `${mrn}\\${phone}`),
    made(0x00101001, "UN", `${last}^${first}`),
    made(0x00102154, "SH", phone),
    made(0x001021b0, "LT", `${first} fell on ${taken}`),
    made(0x00180015, "CS", "HEAD"),
    made(0x00181020, "LO", `v3.1 ${last} ${mrn}`),
    made(0x00181030, "LO", `Protocol ${last}`),
    made(0x00190010, "LO", "ACME"),
    made(0x00191001, "LO", `${first} ${last}`),
    made(0x0020000d, "UI", study),
    made(0x0020000e, "UI", `${study}.1`),
    made(0x00200052, "UI", `${study}.9`),
    made(0x00204000, "LT", `Comment on ${mrn}`),
    made(0x00280002, "US", [1]),
    made(0x00280004, "CS", "MONOCHROME2"),
    made(0x00280010, "US", [16]),
    made(0x00280011, "US", [16]),
    made(0x00280100, "US", [8]),
    made(0x00280101, "US", [8]),
    made(0x00280102, "US", [7]),
    made(0x00280103, "US", [0]),
    made(0x00400275, "SQ", { items: [[made(0x00400009, "SH", mrn), made(0x00401400, "LT", `${last} asked`)]] }),
    made(0x50000030, "OB", Buffer.from(`${first} ${last}`)),
    made(
      0x7fe00010,
      "OB",
      Uint8Array.from({ length: 256 }, (_, i) => i),
    ),
    made(0xfffcfffc, "OB", Buffer.from(last)),
  ];
  const bytes = dicomOf(elements, syntax, [
    made(0x00020016, "AE", last.toUpperCase()),
    made(0x00020102, "OB", Buffer.from(mrn)),
  ]);
  bytes.write(`${first} ${last}`, 0, "latin1");
  return bytes;
}

const SYNTAXES = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"];
const OPTIONS = {
  options: ["clean_descriptors", "clean_structured_content", "retain_modified_dates", "retain_patient_characteristics"],
} as const;

/** What an answer key asks of a file, by MIDI-B's kinds of check. */
function answerKey(person: Person, number: number, out: Buffer): readonly (readonly [kind: string, holds: boolean])[] {
  const tags = said(out);
  const get = (tag: string): string | undefined => tags.find(([name]) => name === tag)?.[1];
  const all = (tag: string): readonly (string | undefined)[] =>
    tags.filter(([name]) => name === tag).map(([, value]) => value);
  const shifted = masked({ mask: "shift" }, person.taken, undefined, EXPERT, person.mrn);
  const text = out.toString("latin1");
  const holds = (value: string): boolean =>
    text.toLowerCase().includes(value.toLowerCase()) || out.includes(Buffer.from(value, "utf16le"));
  return [
    ["tag_retained", get("(0008,0060)") === "CT" && get("(0018,0015)") === "HEAD" && get("(0008,0030)") === "101112"],
    ["text_notnull", get("(0010,0010)") !== "" && get("(0008,1030)") !== ""],
    ...[person.first, person.last, person.mrn, person.born, person.phone, person.study, person.taken].map(
      (value) => ["text_removed", !holds(value)] as const,
    ),
    [
      "text_retained",
      get("(0008,103E)") === "AXIAL T1" &&
        get("(0008,1030)")!.startsWith("Head for ") &&
        get("(0018,1020)")!.startsWith("v3.1 "),
    ],
    ["date_shifted", get("(0008,0020)") === shifted && get("(0008,002A)") === `${shifted}101112.5+0100`],
    ["uid_changed", get("(0020,000D)")!.startsWith("2.25.") && get("(0020,0052)")!.startsWith("2.25.")],
    [
      "uid_consistent",
      get("(0008,0018)") === all("(0008,1155)")[0] &&
        get("(0002,0003)") === get("(0008,0018)") &&
        get("(0008,0018)") !== get("(0020,000D)"),
    ],
    ["patid_consistent", get("(0010,0020)") === masked({ mask: "hash" }, person.mrn)],
    [
      "pixels_hidden",
      number > 0 ||
        out
          .subarray(-256)
          .subarray(17, 21)
          .every((byte) => byte === 0),
    ],
    ["pixels_retained", number === 0 || out.subarray(-256).every((byte, i) => byte === i)],
  ];
}

describe("an answer key over a made study", () => {
  it("holds for every file, in every kind of check and every encoding", async () => {
    const failed: string[] = [];
    let count = 0;
    const format = formatOf(undefined, OPTIONS, EXPERT);
    for (const [at, person] of people(12).entries()) {
      const known = [person.first, person.last, person.mrn, person.phone].map((value, i) => ({
        value,
        type: i < 2 ? ("NAME" as const) : ("ID" as const),
      }));
      for (const number of [0, 1]) {
        const syntax = SYNTAXES[(at + number) % SYNTAXES.length]!;
        const { bytes } = await maskedBy(
          format,
          fileOf(person, number, syntax),
          () => (number === 0 ? [{ x: 1, y: 1, width: 4, height: 3 }] : []),
          {
            subject: { id: person.mrn },
            known,
            maskText: async (texts) =>
              texts.map(
                (text) =>
                  (findKnown(text, known).length > 0 || text.includes(person.taken)
                    ? text.replace(/\b(?:Zel|Quim)\w+|MX\d+|\d{8,10}/g, "[X]")
                    : text) as Masked,
              ),
          },
        );
        const checked = syntax.endsWith(".99") ? await inflated(bytes) : bytes;
        for (const [kind, holds] of answerKey(person, number, checked)) {
          count += 1;
          if (!holds) failed.push(`${kind} of person ${at}, file ${number}, ${syntax}`);
        }
      }
    }
    expect(failed).toEqual([]);
    expect(count).toBe(12 * 2 * 16);
  });
});

/** A deflated file as the same file not deflated, so that its bytes can be searched. */
async function inflated(bytes: Buffer): Promise<Buffer> {
  const file = openDicom(bytes);
  const plain = { ...file, syntax: { ...file.syntax, deflated: false } };
  const meta = file.meta
    .filter(({ tag }) => tag !== 0x00020000)
    .map((element) =>
      element.tag === 0x00020010 ? withValue(element, Buffer.from("1.2.840.10008.1.2.1\0")) : element,
    );
  return wholeOf(writeDicom(plain, meta, file.elements));
}
