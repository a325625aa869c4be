/**
 * Writes the tables of the DICOM standard that `transforms/images/dicom/standard/` holds: `npx tsx scripts/dicom-tables.ts
 * [folder]`. The folder holds innolitics/dicom-standard's `attributes.json` (PS3.6, Table 6-1) and
 * `confidentiality_profile_attributes.json` (PS3.15, Table E.1-1). The same sources give the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TARGET = new URL("../transforms/images/dicom/standard/", import.meta.url);
const folder =
  process.argv[2] ?? join(process.env["PHIMASK_IMAGING"] ?? join(import.meta.dirname, "../../shared/imaging"), "ps315");

interface Attribute {
  readonly id: string;
  readonly keyword: string;
  readonly valueRepresentation: string;
}
type ProfileRow = Readonly<Record<string, string>> & { readonly id: string; readonly basicProfile: string };

/** Columns of Table E.1-1 after the basic profile, and the letter that stands for each. */
const OPTIONS: readonly (readonly [string, string])[] = [
  ["rtnSafePrivOpt", "p"],
  ["rtnUIDsOpt", "u"],
  ["rtnDevIdOpt", "d"],
  ["rtnInstIdOpt", "i"],
  ["rtnPatCharsOpt", "c"],
  ["rtnLongFullDatesOpt", "f"],
  ["rtnLongModifDatesOpt", "m"],
  ["cleanDescOpt", "t"],
  ["cleanStructContOpt", "s"],
  ["cleanGraphOpt", "g"],
];

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), "utf8")) as T;
}

function byGroup(entries: readonly (readonly [string, string])[]): string {
  const groups = new Map<string, string[]>();
  for (const [id, text] of entries) groups.set(id.slice(0, 4), [...(groups.get(id.slice(0, 4)) ?? []), text]);
  return [...groups].map(([group, texts]) => `  "${group}": "${texts.join(" ")}",`).join("\n");
}

function write(name: string, doc: string, constant: string, entries: readonly (readonly [string, string])[]): void {
  const head = `/** ${doc} Made by \`scripts/dicom-tables.ts\`. */\n`;
  const type = "Readonly<Record<string, string>>";
  writeFileSync(new URL(name, TARGET), `${head}export const ${constant}: ${type} = {\n${byGroup(entries)}\n};\n`);
}

const attributes = read<readonly Attribute[]>("attributes.json")
  .filter(({ keyword }) => keyword !== "")
  .map(({ id, keyword, valueRepresentation }) => {
    const vr = /^[A-Z]{2}/.exec(valueRepresentation)?.[0] ?? "UN";
    return [id.toLowerCase(), `${id.slice(4).toLowerCase()}${vr}${keyword}`] as const;
  })
  .sort(([a], [b]) => (a < b ? -1 : 1));
write(
  "attributes.ts",
  "DICOM PS3.6, Table 6-1: element (hex), VR, keyword by group; `x` stands for any digit.",
  "ATTRIBUTES",
  attributes,
);

const rows = read<readonly ProfileRow[]>("confidentiality_profile_attributes.json")
  .map((row) => {
    const id = /^[0-9a-fx]{8}$/i.test(row.id) ? row.id.toLowerCase() : "odd.xxxx";
    const options = OPTIONS.flatMap(([column, letter]) => (row[column] ? [`${letter}${row[column]}`] : []));
    const element = id === "odd.xxxx" ? "xxxx" : id.slice(4);
    return [id, [element, row.basicProfile, ...options].join(",")] as const;
  })
  .sort(([a], [b]) => (a < b ? -1 : 1));
write(
  "confidentiality.ts",
  "DICOM PS3.15, Table E.1-1: element, basic action, then a letter for an option and its action, by group.",
  "CONFIDENTIALITY",
  rows,
);
