import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Dictionary,
  Float64,
  Int32,
  Int64,
  TimestampMicrosecond,
  Uint8,
  Utf8,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { hintOf, isSubject } from "../../src/draft/names.ts";
import { proposalFor, proposalForFolder } from "../../src/draft/rules.ts";
import { type Sample, sampleOf } from "../../src/draft/sample.ts";
import { draftText } from "../../src/draft/yaml.ts";
import { openDetection } from "../../src/job.ts";
import type { ColumnRule } from "../../src/jobfile.ts";
import { parseJob } from "../../src/parse.ts";
import { newTally } from "../../src/report.ts";

const short = (rule: ColumnRule | undefined): string | undefined =>
  rule && ("type" in rule && rule.type ? `${rule.mask} ${rule.type}` : rule.mask);

describe("names of columns", () => {
  it.each([
    ["patient_id", "hash"],
    ["PatientID", "hash"],
    ["mrn", "hash"],
    ["Account Number", "hash"],
    ["accession_no", "hash"],
    ["provider_npi", "hash"],
    ["note_id", "hash"],
    ["StudyInstanceUID", "uid"],
    ["first_name", "surrogate NAME"],
    ["LastName", "surrogate NAME"],
    ["name", "surrogate NAME"],
    ["contacts.list.element.name", "surrogate NAME"],
    ["attending_physician", "surrogate NAME"],
    ["dictated_by", "surrogate NAME"],
    ["dob", "date"],
    ["birthDate", "date"],
    ["date_of_birth", "date"],
    ["admitted_at", "date"],
    ["DischargeDate", "date"],
    ["date_of_death", "date"],
    ["age", "age"],
    ["age_at_diagnosis", "age"],
    ["zip", "zip"],
    ["ZipCode", "zip"],
    ["postal_code", "zip"],
    ["home_phone", "surrogate PHONE_OR_FAX"],
    ["email_address", "surrogate EMAIL"],
    ["ssn", "redact"],
    ["ip_address", "surrogate IP"],
    ["street_address", "surrogate STREET"],
    ["address.line", "surrogate STREET"],
    ["city", "surrogate CITY"],
    ["county", "redact"],
    ["latitude", "null"],
    ["hospital", "surrogate FACILITY"],
    ["employer_name", "surrogate FACILITY"],
    ["scan_path", "image"],
    ["photo", "image"],
    ["profile_url", "redact"],
    ["note", "text"],
    ["discharge_summary", "text"],
    ["HPI", "text"],
    ["comments", "text"],
    ["fingerprint", "drop"],
  ])("%s: %s", (column, expected) => expect(short(hintOf(column)?.rule)).toBe(expected));

  it.each([
    "sex",
    "glucose",
    "icd10",
    "department",
    "charge",
    "drug_name",
    "test_name",
    "dosage",
    "stage",
    "average",
    "triage_level",
    "phone_type",
    "__proto__",
    "",
  ])("%s tells nothing", (column) => expect(hintOf(column)).toBeUndefined());

  it.each([
    ["patient_id", true],
    ["MRN", true],
    ["person", true],
    ["encounter_id", false],
    ["patient_name", false],
  ])("%s names the person: %s", (column, expected) => expect(isSubject(column)).toBe(expected));
});

const many = (make: (i: number) => string): readonly string[] => Array.from({ length: 40 }, (_, i) => make(i));
const detection = openDetection({ version: 1 });
const look = async (texts: readonly string[] | undefined): Promise<Sample | undefined> =>
  texts && sampleOf(texts, await detection, { tally: newTally(), signal: new AbortController().signal });

describe("proposals", () => {
  const timestamp = new TimestampMicrosecond();
  const category = new Dictionary(new Utf8(), new Int32());
  const prose = many((i) => `Seen for cough, visit ${i}; call Mrs. Feeney at 617-555-0142.`);
  it.each<[string, DataType, readonly string[] | undefined, string]>([
    ["x", new Utf8(), undefined, "text"],
    ["x", new Utf8(), [], "text"],
    ["x", category, many((i) => (i % 2 ? "F" : "M")), "keep"],
    ["x", new Utf8(), many((i) => (i % 2 ? "inpatient" : "outpatient")), "keep"],
    ["x", new Utf8(), many((i) => `${i}.5`), "keep"],
    ["charge", new Utf8(), many((i) => `${1000 + i}.99`), "keep"],
    ["x", new Utf8(), many((i) => String(48_210_337 + i)), "hash"],
    ["x", new Utf8(), many((i) => String(i)), "keep"],
    ["x", new Utf8(), many((i) => `2025-03-${10 + (i % 20)}`), "date"],
    ["x", new Utf8(), many((i) => `3/${1 + (i % 28)}/2025 10:15`), "date"],
    ["x", new Utf8(), many((i) => `someone${i}@example.com`), "surrogate EMAIL"],
    ["x", new Utf8(), many((i) => `617-555-01${10 + i}`), "surrogate PHONE_OR_FAX"],
    ["x", new Utf8(), prose, "text"],
    ["state", new Utf8(), prose, "text"],
    ["state", new Utf8(), many((i) => (i % 2 ? "MA" : "VT")), "keep"],
    ["scan", new Utf8(), prose, "text"],
    ["scan", new Utf8(), many((i) => `scans/${i}.png`), "image"],
    ["scan", new Utf8(), many((i) => `s3://raw/scans of May/${i}.png`), "image"],
    ["scan", new Binary(), undefined, "image"],
    ["payload", new Binary(), undefined, "drop"],
    ["x", new DateDay(), undefined, "date"],
    ["note", timestamp, undefined, "date"],
    ["x", new Bool(), undefined, "keep"],
    ["weight", new Float64(), undefined, "keep"],
    ["mrn", new Decimal(0, 10), undefined, "keep"],
    ["mrn", new Int64(), undefined, "hash"],
    ["x", new Int64(), many((i) => String(48_210_337 + i)), "hash"],
    ["x", new Int32(), many((i) => String(i % 7)), "keep"],
    ["age", new Uint8(), undefined, "age"],
    ["zip", new Int32(), undefined, "zip"],
    ["wait_time", new Int32(), many((i) => String(i)), "keep"],
    ["visit_date", new Int32(), many((i) => String(20_250_101 + i)), "null"],
  ])("%s %s", async (column, type, texts, expected) => {
    expect(short(proposalFor(column, type, await look(texts)).rule)).toBe(expected);
  });

  it.each([
    ["dt", ["2025-01-01", "2025-01-02"], "date"],
    ["patient_id", ["P1"], "hash"],
    ["region", ["north"], "keep"],
    ["note", ["a"], "keep"],
  ])("folders %s=%s: %s", (column, values, expected) => {
    expect(short(proposalForFolder(column, values).rule)).toBe(expected);
  });
});

describe("the text of a draft", () => {
  it("is a job, whatever the columns are called", () => {
    const leaves = ["note", "null", "007", "a: b", "#x", "line\nbreak", "__proto__", "ünï", "last name", '"', "true"];
    const text = draftText({
      source: { path: "visits/" },
      target: "visits-masked/",
      subject: "#x",
      sampled: 3,
      columns: leaves.map((leaf, i) => ({
        leaf,
        rule: i === 0 ? { mask: "text" } : i === 1 ? { mask: "null" } : { mask: "surrogate", type: "NAME" },
        why: "because",
        identity: i > 1,
      })),
    });
    const job = parseJob(text);
    expect(Object.keys(job.columns)).toEqual(leaves);
    expect(job.columns["note"]).toEqual({ mask: "text", known: leaves.slice(2) });
    expect(job.columns["null"]).toBe("null");
    expect(job.policy?.subject).toBe("#x");
  });
});
