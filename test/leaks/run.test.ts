import { describe, expect, it } from "vitest";
import { filesBelow, folderWith, KEY, phimask } from "../cli/phimask.ts";
import { duck, type Format, tableAs } from "../cli/tables.ts";

/** Made-up values that no output, log or report may hold in any form. */
const PLANTED = {
  first: "Zebulonia",
  last: "Quackenbush",
  mrn: "MRN-7730914",
  phone: "206-555-0187",
  subject: "subject-41-fenwick",
} as const;
const NEEDLES = [...Object.values(PLANTED), "7730914", "5550187", "fenwick", "quackenbush", "QUACKENBUSH"];

const ROWS = 40;
const each = (value: (row: number) => string | null) => Array.from({ length: ROWS }, (_, row) => value(row));
const TABLE = {
  patient: each(() => PLANTED.subject),
  first_name: each((row) => (row % 7 ? PLANTED.first : null)),
  last_name: each(() => PLANTED.last),
  mrn: each(() => PLANTED.mrn),
  phone: each(() => PLANTED.phone),
  born: each((row) => `19${20 + row}-03-04`),
  zip: each(() => "03601"),
  note: each((row) =>
    row % 5 && row % 7
      ? `${PLANTED.last.toUpperCase()}, ${PLANTED.first}; row ${row}. ${PLANTED.mrn.replace("-", " ")}. Call 206 555 0187.`
      : "Stable.",
  ),
  plain: each((row) => `kept ${row}`),
};

const JOB = (format: string) => `version: 1
source: {path: in}
target: {path: out, format: ${format}}
policy: {subject: patient}
columns:
  patient: {mask: hash}
  first_name: {mask: surrogate, type: NAME}
  last_name: {mask: surrogate, type: NAME}
  mrn: {mask: hash}
  phone: drop
  born: {mask: date}
  zip: {mask: zip}
  note: {mask: text, known: [first_name, last_name, mrn, phone]}
  plain: keep
`;

const inputs: readonly Format[] = ["csv", "parquet", "arrow"];
const pairs = inputs.flatMap((from) => inputs.map((to) => [from, to] as const));

describe("planted identifiers", () => {
  it.each(pairs)("from %s to %s: none in any byte that leaves", async (from, to) => {
    const folder = await folderWith({ "job.yaml": JOB(to), [`in/part.${from}`]: await uncompressed(from) });
    const ended = await phimask(["run", `${folder}/job.yaml`]);
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    const files = await filesBelow(`${folder}/out`);
    const said = { stdout: ended.stdout, stderr: Buffer.from(ended.stderr) };
    for (const [name, bytes] of [...files, ...Object.entries(said)]) {
      for (const needle of NEEDLES) {
        expect(bytes.includes(needle), `${needle} in ${name}`).toBe(false);
        expect(bytes.includes(Buffer.from(needle, "utf16le")), `${needle} in ${name} as UTF-16`).toBe(false);
        expect(name).not.toContain(needle);
      }
      expect(bytes.includes(KEY)).toBe(false);
    }
    if (to !== "arrow") {
      const [row] = await duck(`SELECT count(*) AS n, max("plain") AS last FROM '${folder}/out/part.${to}'`);
      expect(row).toEqual({ n: String(ROWS), last: "kept 9" });
    }
  });

  it("none in what preview and plan show", async () => {
    const folder = await folderWith({ "job.yaml": JOB("csv"), "in/part.csv": await tableAs("csv", TABLE) });
    for (const args of [
      ["preview", "--limit", "40"],
      ["plan", "--sample", "40"],
    ]) {
      const ended = await phimask([args[0]!, `${folder}/job.yaml`, ...args.slice(1)]);
      expect(ended.exit).toBe(0);
      for (const needle of NEEDLES) expect(ended.stdout.toString() + ended.stderr).not.toContain(needle);
    }
  });

  it("none in what a failure leaves or says, at whatever row it fails", async () => {
    for (const row of [0, 20, 39]) {
      const born = TABLE.born.map((value, at) => (at === row ? `${PLANTED.last} born` : value));
      const folder = await folderWith({
        "job.yaml": JOB("csv"),
        "in/part.csv": await tableAs("csv", { ...TABLE, born }),
      });
      const ended = await phimask(["run", `${folder}/job.yaml`]);
      expect(ended.summary).toMatchObject({ code: "CELL_UNEXAMINED", place: { column: "born", row: row + 1 } });
      expect((await filesBelow(`${folder}/out`)).size).toBe(0);
      for (const needle of NEEDLES) expect(ended.stdout.toString() + ended.stderr).not.toContain(needle);
      const withheld = await phimask(["run", `${folder}/job.yaml`, "--set", "policy.on_error=withhold"]);
      expect(withheld.summary).toMatchObject({ status: "ok", withheld: 1 });
      const out = (await filesBelow(`${folder}/out`)).get("part.csv")!.toString();
      expect(out).toContain("[WITHHELD]");
      for (const needle of NEEDLES) expect(out).not.toContain(needle);
    }
  });
});

/** Bytes that hide nothing from a search. */
async function uncompressed(format: Format): Promise<Uint8Array> {
  if (format !== "parquet") return tableAs(format, TABLE);
  const folder = await folderWith({ "t.parquet": await tableAs("parquet", TABLE) });
  await duck(`COPY (FROM '${folder}/t.parquet') TO '${folder}/u.parquet' (FORMAT parquet, COMPRESSION uncompressed)`);
  return (await filesBelow(folder)).get("u.parquet")!;
}
