/** A small made-up study: films with names in their pixels, and the report on them. People and numbers are made up. */
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import sharp from "sharp";

const FONT = createRequire(import.meta.url).resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf");
const LONG = ["OB", "OW", "SQ", "UT"];

/** An element in explicit little endian: text, numbers of 16 bits, bytes, or the items of a sequence. */
type Element = readonly [tag: number, vr: string, value: string | readonly number[] | Buffer | readonly Element[][]];

interface Patient {
  readonly mrn: string;
  readonly first: string;
  readonly last: string;
  readonly born: string;
  readonly taken: string;
}

const PATIENTS: readonly Patient[] = [
  { mrn: "P100482", first: "Corabeth", last: "Thornwick", born: "1961-04-09", taken: "2024-01-31" },
  { mrn: "P100733", first: "Ansel", last: "Meadmore", born: "1954-11-23", taken: "2024-02-14" },
];

/** Writes `images/` and `tables/visits.csv` into the folder. */
export async function makeStudy(folder: string): Promise<void> {
  await Promise.all(["images", "tables"].map((each) => mkdir(join(folder, each), { recursive: true })));
  const lines = ["mrn,first_name,last_name,taken,study_uid,note,scan"];
  for (const [i, patient] of PATIENTS.entries()) {
    const study = `1.2.826.0.1.3680043.9.7${i + 1}`;
    await writeFile(join(folder, `images/film-${i + 1}.dcm`), await film(patient, study));
    await writeFile(join(folder, `images/report-${i + 1}.dcm`), report(patient, study));
    const { mrn, first, last, taken } = patient;
    const row = `${mrn},${first},${last},${taken},${study}`;
    lines.push(`${row},Film of ${first} ${last}: no fracture,film-${i + 1}.dcm`);
    lines.push(`${row},Report dictated for Mrs or Mr ${last},report-${i + 1}.dcm`);
  }
  await writeFile(join(folder, "images/DICOMDIR"), directory());
  await writeFile(join(folder, "tables/visits.csv"), `${lines.join("\n")}\n`);
}

function common({ mrn, first, last, born, taken }: Patient, study: string, sop: string, instance: string): Element[] {
  return [
    [0x00080005, "CS", "ISO_IR 192"],
    [0x00080016, "UI", sop],
    [0x00080018, "UI", `${study}.${instance}`],
    [0x00080020, "DA", taken.replaceAll("-", "")],
    [0x00080050, "SH", `ACC${mrn.slice(1)}`],
    [0x00080060, "CS", sop.includes(".88.") ? "SR" : "CR"],
    [0x00080070, "LO", "Example Imaging"],
    [0x00080080, "LO", "Mercy Hospital"],
    [0x00080090, "PN", "Averill^Jonas"],
    [0x00081030, "LO", `Left hand of ${first} ${last}`],
    [0x00100010, "PN", `${last}^${first}`],
    [0x00100020, "LO", mrn],
    [0x00100030, "DA", born.replaceAll("-", "")],
    [0x0020000d, "UI", study],
    [0x0020000e, "UI", `${study}.1`],
  ];
}

/** A grey film of 12 bits with the patient's name in its corner. */
async function film(patient: Patient, study: string): Promise<Buffer> {
  const [width, height] = [512, 384];
  const label = (text: string) => ({
    text: { text: `<span foreground="white">${text}</span>`, fontfile: FONT, font: "Arimo 20", rgba: true },
  });
  const { data } = await sharp({ create: { width, height, channels: 3, background: "#303030" } })
    .composite([
      { input: label(`${patient.last}, ${patient.first}`), left: 16, top: 14 },
      { input: label(`${patient.mrn}  ${patient.taken}`), left: 16, top: 44 },
      { input: label("LEFT  AP"), left: 390, top: 344 },
    ])
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const samples = Buffer.alloc(width * height * 2);
  for (let i = 0; i < width * height; i++) samples.writeUInt16LE(data[i]! * 16, i * 2);
  return file("1.2.840.10008.5.1.4.1.1.1", [
    ...common(patient, study, "1.2.840.10008.5.1.4.1.1.1", "1.1"),
    [0x00280002, "US", [1]],
    [0x00280004, "CS", "MONOCHROME2"],
    [0x00280010, "US", [height]],
    [0x00280011, "US", [width]],
    [0x00280100, "US", [16]],
    [0x00280101, "US", [12]],
    [0x00280102, "US", [11]],
    [0x00280103, "US", [0]],
    [0x00290010, "LO", "EXAMPLE PRIVATE"],
    [0x00291001, "LO", `for ${patient.last}`],
    [0x7fe00010, "OW", samples],
  ]);
}

/** A structured report: a coded heading and a sentence. */
function report(patient: Patient, study: string): Buffer {
  const code = (value: string, meaning: string): Element[] => [
    [0x00080100, "SH", value],
    [0x00080102, "SH", "DCM"],
    [0x00080104, "LO", meaning],
  ];
  const sentence: Element[] = [
    [0x0040a010, "CS", "CONTAINS"],
    [0x0040a040, "CS", "TEXT"],
    [0x0040a043, "SQ", [code("121071", "Finding")]],
    [0x0040a160, "UT", `No fracture in ${patient.first} ${patient.last}, seen on ${patient.taken}.`],
  ];
  return file("1.2.840.10008.5.1.4.1.1.88.11", [
    ...common(patient, study, "1.2.840.10008.5.1.4.1.1.88.11", "2.1"),
    [0x0040a040, "CS", "CONTAINER"],
    [0x0040a043, "SQ", [code("18748-4", "Diagnostic Imaging Report")]],
    [0x0040a730, "SQ", [sentence]],
  ]);
}

/** What an export to a disc puts beside the files: the patients by name. */
function directory(): Buffer {
  const records = PATIENTS.map(({ first, last, mrn }): Element[] => [
    [0x00041430, "CS", "PATIENT"],
    [0x00100010, "PN", `${last}^${first}`],
    [0x00100020, "LO", mrn],
  ]);
  return file("1.2.840.10008.1.3.10", [
    [0x00041130, "CS", "STUDY"],
    [0x00041220, "SQ", records],
  ]);
}

function file(sop: string, elements: readonly Element[]): Buffer {
  const meta = encoded([
    [0x00020001, "OB", Buffer.of(0, 1)],
    [0x00020002, "UI", sop],
    [0x00020003, "UI", String(elements.find(([tag]) => tag === 0x00080018)?.[2] ?? "1.2.826.0.1.3680043.9.70")],
    [0x00020010, "UI", "1.2.840.10008.1.2.1"],
  ]);
  const length = Buffer.from([2, 0, 0, 0, 0x55, 0x4c, 4, 0, 0, 0, 0, 0]);
  length.writeUInt32LE(meta.length, 8);
  return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), length, meta, encoded(elements)]);
}

function encoded(elements: readonly Element[]): Buffer {
  return Buffer.concat(
    elements.map(([tag, vr, value]) => {
      const bytes = bytesOf(value, vr);
      const header = Buffer.alloc(LONG.includes(vr) ? 12 : 8);
      header.writeUInt16LE(tag >>> 16, 0);
      header.writeUInt16LE(tag & 0xffff, 2);
      header.write(vr, 4, "latin1");
      if (header.length === 12) header.writeUInt32LE(bytes.length, 8);
      else header.writeUInt16LE(bytes.length, 6);
      return Buffer.concat([header, bytes]);
    }),
  );
}

function bytesOf(value: Element[2], vr: string): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === "string") {
    const text = Buffer.from(value, "utf8");
    return text.length % 2 === 0 ? text : Buffer.concat([text, Buffer.from(vr === "UI" ? "\0" : " ")]);
  }
  if (vr === "US") return Buffer.from(Uint16Array.from(value as readonly number[]).buffer);
  return Buffer.concat(
    (value as readonly Element[][]).map((item) => {
      const inner = encoded(item);
      const mark = Buffer.from([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]);
      mark.writeUInt32LE(inner.length, 4);
      return Buffer.concat([mark, inner]);
    }),
  );
}
