import { type Ended, KEY } from "../cli/phimask.ts";

/** Made-up names that no byte of the target may hold, whatever happens. */
export const PLANTED: readonly string[] = ["Quackenbush", "Zebulonia", "MRN-7730914"];

/** Kills in all, by `PHIMASK_CHAOS`; a few where it is not set. */
export const KILLS: number = Number(process.env["PHIMASK_CHAOS"] ?? 12);
/** Files of the dataset: 200 where many kills are. */
export const FILES: number = KILLS >= 100 ? 200 : 40;

/** A seed that a failure tells, so that it can be had again by `PHIMASK_CHAOS_SEED`. */
export const SEED: number = Number(process.env["PHIMASK_CHAOS_SEED"] ?? Date.now() % 1_000_000);

/** Numbers from 0 to 1 that a seed makes. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The inputs by path: every note says which file and row it is of. */
export function madeInputs(files: number, night = 1): Readonly<Record<string, string>> {
  const csv = (file: number) =>
    `id,name,note\n${[0, 1, 2]
      .map((row) => `${row},Zebulonia Quackenbush,"mark-${night}-${file}-${row}: MRN-7730914, seen with Quackenbush."`)
      .join("\n")}\n`;
  return Object.fromEntries(Array.from({ length: files }, (_, file) => [`part=${file % 7}/f${file}.csv`, csv(file)]));
}

export const JOB = (source: string, target: string, more = ""): string => `version: 1
source: {path: "${source}"}
target: {path: "${target}"${more}}
columns:
  id: keep
  name: {mask: hash, length: 12}
  note: {mask: text, known: [name]}
  part: keep
deny: {patterns: ["MRN-\\\\d+", Quackenbush]}
`;

/** Throws where a planted value is in a name or in bytes. */
export function refusePlanted(files: Iterable<readonly [string, Uint8Array]>): void {
  for (const [path, bytes] of files) {
    for (const value of PLANTED) {
      if (path.includes(value) || Buffer.from(bytes).includes(value)) throw new Error(`a planted value in ${path}`);
    }
    if (Buffer.from(bytes).includes(KEY)) throw new Error(`the key in ${path}`);
  }
}

/** What the command said, as `refusePlanted` takes it. */
export function saidBy({ stdout, stderr }: Ended): Iterable<readonly [string, Uint8Array]> {
  return [["what it said", Buffer.concat([stdout, Buffer.from(stderr)])]];
}

/** What of a target is data, by path. */
export function dataOf(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, string> {
  const data = [...files].filter(([path]) => !/(^|\/)[_.]/.test(path));
  return new Map(data.map(([path, bytes]) => [path, bytes.toString()]));
}

/** Of phimask's own, what stays when all has ended. */
export const STAYS: readonly string[] = [
  "_SUCCESS",
  "_phimask/manifest.json",
  "_phimask/report.html",
  "_phimask/report.json",
];
