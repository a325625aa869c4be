import { existsSync } from "node:fs";
import { rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { arrowFormat } from "../connectors/arrow/format.ts";
import { fileStore } from "../connectors/files.ts";
import { CODEC } from "../connectors/parquet/codecs.ts";
import { parquetFormat } from "../connectors/parquet/format.ts";
import { writeParquet } from "../connectors/parquet/write.ts";
import { makeEncounters } from "../samples/clinic/encounters.ts";
import { readable } from "../src/index.ts";
import type { BatchStream } from "../src/types.ts";

/** The files of one size, by path. */
export interface BenchData {
  readonly rows: number;
  readonly snappy: string;
  readonly zstd: string;
  readonly csv: string;
  /** A fifth of the CSV's rows: to look for PHI takes longer than all the rest. */
  readonly notes: string;
  readonly arrow: string;
}

/** Words of made-up notes, with the accents that notes have. Random ones compress by half, about as notes do. */
const WORDS =
  `abdominal admitted advised afebrile albuterol again alone appetite appointment arrival Barré bilateral blood
breath bring Café cardiac ceftriaxone chest clean clinic consultation continue cough creatinine daily daughter Déjà
denies described diabetes discharged dizziness dose dry edema episodes evening every examined exertional façade family
fever floor followed furosemide given glargine glucose good Guillain heart history home hospital hypertension improved
increased infiltrate insulin interpreter keep kidney kg later left levetiracetam liter lives lobe lower lungs
medications Ménière mg mild month morning naïve nausea neck negative new night normal noted nurse occasional opioids
orally orthopedic overnight pain patient peak physical pneumonia positive potassium prednisone present pressure
productive pulses raised reflexes regular relieved repeat reports rest return reviewed right room Señora seen several
severe shortness showed since sister slept smoking sodium soft stable started stress sutures swelling symptoms tablets
tender therapy third three throughout tinnitus today tolerated twice units until urine vertigo visit vitals vu walking
was week weight well with without wound year Zoë 12 24 38.9 40 79 84 500`.split(/\s+/);

const NAMES = "Ana Ben Chloé Dmitri Eloísa Farid Greta Hugo Inés Jørgen Kofi Lucía Marek Noémie Omar Priya".split(" ");

/**
 * A table of 12 columns with made-up notes of some 575 characters, 2 % of them null, in four files. DuckDB makes
 * the rows (the same ones every time); phimask's own writer makes the Parquet files, since DuckDB puts the text of a
 * whole row group into one page and pages of 1 MB are what other writers make.
 */
export async function makeData(folder: string, rows: number): Promise<BenchData> {
  const made = join(folder, `${rows}`);
  const data = {
    rows,
    snappy: `${made}.snappy.parquet`,
    zstd: `${made}.zstd.parquet`,
    csv: `${made}.csv`,
    notes: `${made}.notes.csv`,
    arrow: `${made}.arrows`,
  };
  const plain = `${made}.plain.parquet`;
  if (!existsSync(plain)) {
    const halves = join(folder, "halves.csv");
    await makeHalves(halves);
    const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
    await connection.run(
      `COPY (${tableSql(rows, halves)}) TO '${plain}.part' (FORMAT parquet, COMPRESSION uncompressed)`,
    );
    // The CSV of the table has 68 MB: a fifth of the rows.
    await connection.run(`COPY (${tableSql(Math.round(rows / 5), halves)}) TO '${data.csv}' (FORMAT csv, HEADER)`);
    await rename(`${plain}.part`, plain);
  }
  if (!existsSync(data.notes)) {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const some = `SELECT * FROM read_csv('${data.csv}') LIMIT ${Math.round(rows / 25)}`;
    await connection.run(`COPY (${some}) TO '${data.notes}' (FORMAT csv, HEADER)`);
  }
  await write(data.snappy, plain, (stream) => writeParquet(stream, CODEC.SNAPPY));
  await write(data.zstd, plain, (stream) => writeParquet(stream, CODEC.ZSTD));
  await write(data.arrow, plain, (stream) => arrowFormat({ container: "stream" }).write(stream));
  return data;
}

async function write(path: string, from: string, bytes: (stream: BatchStream) => AsyncIterable<Uint8Array>) {
  if (existsSync(path)) return;
  const store = fileStore();
  const source = await store.head(from);
  await store.write(path, bytes(await parquetFormat().read(readable(store, source!))));
}

/** Two halves of a note are chosen for each row: few enough to be made at once, too many to repeat within a page. */
const HALVES = 50_000;

async function makeHalves(path: string): Promise<void> {
  const lines = ["half,name,text"];
  let state = 1;
  const pick = (from: readonly string[]): string => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)]!;
  };
  for (let half = 0; half < HALVES; half++) {
    lines.push(`${half},${pick(NAMES)},${Array.from({ length: 36 }, () => pick(WORDS)).join(" ")}`);
  }
  await writeFile(path, lines.join("\n"));
}

function tableSql(rows: number, halves: string): string {
  return `SELECT i AS id, (hash(i) % 200000)::INT AS patient_id, (10000000 + hash(i + 1) % 89999999)::VARCHAR AS mrn,
      a.name AS first_name, b.name AS last_name,
      CASE i % 4 WHEN 0 THEN 'north' WHEN 1 THEN 'south' WHEN 2 THEN 'east' ELSE 'west' END AS region,
      (DATE '1926-01-01' + (hash(i + 3) % 36500)::INT) AS birth_date, (hash(i + 4) % 102)::INT AS age,
      (hash(i + 5) % 1000000) / 100.0 AS charge, hash(i + 6) % 2 = 0 AS active,
      TIMESTAMP '2024-01-01' + to_microseconds((hash(i + 7) % 31536000000000)::BIGINT) AS updated_at,
      CASE WHEN hash(i + 8) % 50 > 0 THEN
        a.name || ' ' || b.name || ', MRN ' || (10000000 + hash(i + 1) % 89999999) || ', seen on ' ||
        strftime(DATE '2024-01-01' + (hash(i + 9) % 700)::INT, '%m/%d/%Y') || '. ' || a.text || ' ' || b.text
      END AS note
    FROM range(${rows}) t(i)
    JOIN '${halves}' a ON a.half = (hash(i + 10) % ${HALVES})::BIGINT
    JOIN '${halves}' b ON b.half = (hash(i + 11) % ${HALVES})::BIGINT`;
}

/** The notes of the sample, for the detector. */
export async function makeTexts(folder: string): Promise<string> {
  const path = join(folder, "texts.json");
  const notes = makeEncounters(2_000).flatMap(({ note }) => note?.text ?? []);
  await writeFile(path, JSON.stringify(notes));
  return path;
}

/** Bytes of a file. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}
