import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Masked } from "../../src/types.ts";
import type { Element } from "../../transforms/images/dicom/element.ts";
import { type DicomFile, openDicom } from "../../transforms/images/dicom/file.ts";
import { rewriteDicom } from "../../transforms/images/dicom/rewrite.ts";
import { DICOM_OPTIONS, headerRules } from "../../transforms/images/dicom/rules.ts";
import { wholeOf } from "../../transforms/images/dicom/writer.ts";
import { dicomOf, type Made, made } from "../fakes/dicom.ts";
import { EXPERT } from "../fakes/masking.ts";

const FOLDER = join(process.env["PHIMASK_IMAGING"] ?? "../shared/imaging", "ps315");
const there = existsSync(FOLDER);
if (!there) console.error("No tables of the DICOM standard: set PHIMASK_IMAGING. Their tests do not run.");

interface Row {
  readonly id: string;
  readonly basicProfile: string;
}
const load = <T>(name: string): T => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as T;
const rows = there
  ? load<readonly (Row & Readonly<Record<string, string>>)[]>("confidentiality_profile_attributes.json")
  : [];
const vrs = new Map(
  there
    ? load<readonly { id: string; valueRepresentation: string }[]>("attributes.json").map((each) => [
        each.id.toLowerCase(),
        /^[A-Z]{2}/.exec(each.valueRepresentation)?.[0] ?? "UN",
      ])
    : [],
);

/** The standard's columns, by the option's name in a job. */
const COLUMN: Readonly<Record<string, string>> = {
  retain_safe_private: "rtnSafePrivOpt",
  retain_uids: "rtnUIDsOpt",
  retain_device_identity: "rtnDevIdOpt",
  retain_institution_identity: "rtnInstIdOpt",
  retain_patient_characteristics: "rtnPatCharsOpt",
  retain_full_dates: "rtnLongFullDatesOpt",
  retain_modified_dates: "rtnLongModifDatesOpt",
  clean_descriptors: "cleanDescOpt",
  clean_structured_content: "cleanStructContOpt",
  clean_graphics: "cleanGraphOpt",
};

/** The row's tag as it stands in a file; wildcards at one of their tags. */
function tagOf({ id }: Row): number {
  if (id.toLowerCase() === "50xxxxxx") return 0x50100030;
  const hex = id.toLowerCase().replace("60xx", "6002");
  return /^[0-9a-f]{8}$/.test(hex) ? Number.parseInt(hex, 16) : 0x00111001;
}
const vrOf = ({ id }: Row): string =>
  vrs.get(id.toLowerCase()) ??
  (id.startsWith("0000") ? "UI" : id.startsWith("60") ? (id.endsWith("3000") ? "OB" : "LO") : "OB");

const VALUES: Readonly<Record<string, string>> = {
  AE: "PLANTED",
  AS: "093Y",
  CS: "PLANTED",
  DA: "20240131",
  DS: "77.25",
  DT: "20240131101112",
  IS: "7725",
  PN: "Plantagenet^Roe",
  TM: "101112",
  UI: "1.2.77.99",
  UR: "http://planted/",
};
function plantedOf(vr: string, id: string): Made["value"] {
  if (vr === "SQ")
    return { items: [[made(0x00181020, "LO", "Planted text"), made(0x00081155, "UI", "1.2.840.10008.1.9")]] };
  if (vr === "US") return [7725];
  return (
    VALUES[vr] ?? (/^[OU][A-Z]$/.test(vr) && vr !== "UC" && vr !== "UT" ? Buffer.from("PLANTED!") : `Planted ${id}`)
  );
}

/** Every row's attribute, in a data set and in sequences up to three levels down. */
function planted(): readonly Made[] {
  const all = rows
    .map((row) => made(tagOf(row), vrOf(row), plantedOf(vrOf(row), row.id)))
    .filter(({ tag }) => tag !== 0x00020003 && tag !== 0x00041511);
  const nested = (levels: number): Made =>
    made(0x00081115, "SQ", { items: [levels === 1 ? all : [...all, nested(levels - 1)]] }, levels === 2);
  return [made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"), ...all, made(0x00110010, "LO", "PLANTER"), nested(3)];
}

/** What the standard's table says: the letters that an answer may have. */
function allowed(row: Row & Readonly<Record<string, string>>, option: string | undefined): string {
  const own = option === undefined ? undefined : row[COLUMN[option]!];
  return own ?? row.basicProfile;
}

function judge(
  row: Row,
  action: string,
  now: Element | undefined,
  file: DicomFile,
  was: Uint8Array,
): string | undefined {
  const bytes = now && file.data.subarray(now.from, now.to);
  const text = bytes && Buffer.from(bytes).toString("latin1");
  const vr = vrOf(row);
  const isGone = now === undefined;
  const isNew =
    text !== undefined &&
    !/planta?|20240131|1\.2\.77\.99|7725|77\.25/i.test(text) &&
    !Buffer.from(was).equals(Buffer.from(bytes!));
  const letters = action.split("/");
  if (letters.includes("K"))
    return isGone
      ? "is not kept"
      : vr === "SQ" || vr === "AS" || Buffer.from(was).equals(Buffer.from(bytes!))
        ? undefined
        : "is not kept";
  if (letters.includes("C")) {
    // What no detector can read goes: curves, private elements.
    if (isGone) return vr === "OB" ? undefined : "is gone";
    if (vr === "TM" || row.id === "00080201") return undefined;
    return vr === "SQ" || isNew ? undefined : "is not cleaned";
  }
  if (isGone) return letters.includes("X") && letters.length === 1 ? undefined : "is gone";
  if (letters.length === 1 && letters[0] === "X") return "is not removed";
  if (text === "") return letters.includes("Z") ? undefined : "is empty";
  if (letters.some((letter) => letter.startsWith("U")))
    return vr === "SQ" || text!.startsWith("2.25.") ? undefined : "is no new UID";
  return vr === "SQ" ? (isNew ? undefined : "tells still") : isNew ? undefined : "is no dummy";
}

describe.runIf(there)("PS3.15, Table E.1-1", () => {
  it("has 621 rows", () => expect(rows.length).toBe(621));

  it.each([undefined, ...DICOM_OPTIONS])("every row at four depths, option %s", async (option) => {
    const source = openDicom(dicomOf(planted()));
    const rules = headerRules({ options: option === undefined ? [] : [option] }, EXPERT);
    const clean = (text: string): Masked => text.replace(/planted|plantagenet/gi, "[X]") as Masked;
    const pieces = await rewriteDicom(
      source,
      rules,
      { boxes: [], fill: [0, 0, 0], subject: { id: "p1" }, maskText: async (texts) => texts.map(clean) },
      { replaced: [], syntax: source.syntax.uid, pixelsExamined: false },
    );
    const file = openDicom(await wholeOf(pieces));
    const wrong: string[] = [];
    let [before, after] = [source.elements, file.elements];
    for (let depth = 0; depth < 4; depth++) {
      for (const row of rows) {
        if (row.id === "00020003") continue;
        const was = before.find(({ tag }) => tag === tagOf(row));
        const now = after.find(({ tag }) => tag === tagOf(row));
        if (was === undefined && row.id === "00041511") continue;
        const fault = judge(row, allowed(row, option), now, file, source.data.subarray(was!.from, was!.to));
        if (fault) wrong.push(`${depth} ${row.id} ${vrOf(row)} ${allowed(row, option)} ${fault}`);
      }
      before = before.find(({ tag }) => tag === 0x00081115)?.items?.[0]?.elements ?? [];
      after = after.find(({ tag }) => tag === 0x00081115)?.items?.[0]?.elements ?? [];
    }
    expect(wrong).toEqual([]);
    const meta = file.meta.find(({ tag }) => tag === 0x00020003)!;
    const instance = Buffer.from(file.bytes.subarray(meta.from, meta.to)).toString("latin1").replace(/\0$/, "");
    expect(instance).toMatch(option === "retain_uids" ? /^1\.2\.77\.99$/ : /^2\.25\.\d+$/);
  });
});
