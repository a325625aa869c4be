/** What is told of an instance without its pixels: where its masked file goes, whose it is, its row of an index. */
import type { IndexCell, IndexColumn, IndexRow, Instance } from "../../../src/instance-types.ts";
import { type Charset, charsetOf, DEFAULT_CHARSET } from "./charset.ts";
import type { Element } from "./element.ts";
import { type DicomFile, metaText } from "./file.ts";
import { maskHeader } from "./header.ts";
import type { HeaderRules } from "./rules.ts";
import { uidAt } from "./stamps.ts";
import { textsOf } from "./values.ts";

/** Past every attribute that is asked for here; large values come after it. */
export const LAST_OF_HEAD = 0x0028ffff;

const SOP_CLASS = 0x00080016;
const SOP_INSTANCE = 0x00080018;
const STUDY = 0x0020000d;
const SERIES = 0x0020000e;
const MEDIA_DIRECTORY = "1.2.840.10008.1.3.10";

/** True for a DICOMDIR: names, numbers and dates of all patients on a medium. */
export function isDirectory({ bytes, meta, elements }: DicomFile): boolean {
  return metaText(bytes, meta, 0x00020002) === MEDIA_DIRECTORY || elements.some(({ tag }) => tag >>> 16 === 0x0004);
}

/**
 * The instance by the UIDs that its header will have: study, series and instance are folders and file of its path, those
 * without a UID are left out of it.
 */
export function instanceOf({ elements, data }: DicomFile, rules: HeaderRules): Instance {
  const told = elements.filter(({ tag }) => [SOP_INSTANCE, STUDY, SERIES].includes(tag));
  const as = (text: string): string => text;
  const masked = maskHeader(told, data, { rules, subject: { id: null }, planes: new Set(), clean: as, sweep: as });
  const uid = (tag: number): string => uidAt(tag, masked, data).replace(/[^0-9A-Za-z.]|^\.+/g, "");
  const [study, series, instance] = [uid(STUDY), uid(SERIES), uid(SOP_INSTANCE)];
  const sopClass = uidAt(SOP_CLASS, elements, data).replace(/[^0-9.]/g, "");
  const path = instance === "" ? undefined : `${[study, series, instance].filter((part) => part !== "").join("/")}.dcm`;
  return { path, study, series, instance, sopClass };
}

/** Who the file is about, for dates that move together: Patient ID, else the study; null where it says neither. */
export function subjectIn(file: Pick<DicomFile, "elements" | "data">): string | null {
  return textAt(file, 0x00100020, "LO") ?? textAt(file, STUDY, "UI");
}

type Column = readonly [name: string, tag: number, kind: IndexColumn["kind"]];

const COLUMNS: readonly Column[] = [
  ["patient_id", 0x00100020, "text"],
  ["patient_name", 0x00100010, "text"],
  ["patient_sex", 0x00100040, "text"],
  ["patient_age", 0x00101010, "text"],
  ["study_instance_uid", STUDY, "text"],
  ["series_instance_uid", SERIES, "text"],
  ["sop_instance_uid", SOP_INSTANCE, "text"],
  ["sop_class_uid", SOP_CLASS, "text"],
  ["transfer_syntax_uid", 0x00020010, "text"],
  ["modality", 0x00080060, "text"],
  ["study_date", 0x00080020, "day"],
  ["series_date", 0x00080021, "day"],
  ["acquisition_date", 0x00080022, "day"],
  ["study_description", 0x00081030, "text"],
  ["series_description", 0x0008103e, "text"],
  ["body_part_examined", 0x00180015, "text"],
  ["manufacturer", 0x00080070, "text"],
  ["manufacturer_model_name", 0x00081090, "text"],
  ["series_number", 0x00200011, "whole"],
  ["instance_number", 0x00200013, "whole"],
  ["rows", 0x00280010, "whole"],
  ["columns", 0x00280011, "whole"],
  ["number_of_frames", 0x00280008, "whole"],
  ["photometric_interpretation", 0x00280004, "text"],
];

/** The columns of an index that a masked header fills. */
export const INDEX_COLUMNS: readonly IndexColumn[] = COLUMNS.map(([name, , kind]) => ({ name, kind }));

/** The row by a masked header. What is empty there, or a dummy of the profile, is null. */
export function indexRow(file: DicomFile): IndexRow {
  const row: Record<string, IndexCell> = {};
  for (const [name, tag, kind] of COLUMNS) row[name] = cellOf(file, tag, kind);
  if (row["rows"] !== null) row["number_of_frames"] ??= 1;
  return row;
}

function cellOf(file: DicomFile, tag: number, kind: IndexColumn["kind"]): IndexCell {
  if (tag === 0x00020010) return file.syntax.uid;
  const element = file.elements.find((each) => each.tag === tag);
  if (!element || element.items) return null;
  if (kind === "whole" && element.vr === "US" && element.to - element.from >= 2) return shortAt(file.data, element);
  const text = textAt(file, tag, element.vr);
  if (text === null || text === "REMOVED") return null;
  if (kind === "whole") return /^[-+]?\d{1,9}$/.test(text) ? Number(text) : null;
  return kind === "day" ? dayOf(text) : text;
}

function shortAt(data: Uint8Array, { from, encoding }: Element): number {
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getUint16(from, encoding.little);
}

/** The values of a text element; null where it has none. */
function textAt({ elements, data }: Pick<DicomFile, "elements" | "data">, tag: number, vr: string): string | null {
  const element = elements.find((each) => each.tag === tag);
  const text = element && textsOf(element, vr, data, charsetIn(elements, data)).join("\\").trim();
  return text ? text : null;
}

function charsetIn(elements: readonly Element[], data: Uint8Array): Charset {
  const named = elements.find(({ tag }) => tag === 0x00080005);
  return named ? charsetOf(textsOf(named, "CS", data, DEFAULT_CHARSET)) : DEFAULT_CHARSET;
}

/** Days since 1970-01-01; null for what is no date, and for the day that stands for a date that is gone. */
function dayOf(text: string): number | null {
  const parts = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(text);
  if (!parts || text === "19000101") return null;
  return Math.round(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) / 86_400_000);
}
