/** Texts as files of a detection job: packed as for calls, and their findings read back. */
import { MaskingError } from "../../src/errors.ts";
import { bytesOf, mapInOrder, once } from "../../src/stream.ts";
import type { Finding, ObjectStore } from "../../src/types.ts";
import type { RawEntity } from "./ask.ts";
import { type CellFinding, findingsIn, merged, shared } from "./findings.ts";
import { type Pack, packed, SEPARATOR, textOf } from "./pack.ts";
import { unitsOf } from "./price.ts";

/** Bytes of a file; the service takes 40 KB. */
export const FILE_LIMIT = 39_500;
/** Characters that are kept together before they are packed. */
const GATHERED = 4 << 20;
const AT_ONCE = 8;

/** A text's key, and where in it a piece begins. */
interface Piece {
  readonly key: string;
  readonly start: number;
  readonly length: number;
}

/** What stands in the staged files; no text is held. */
export interface Staged {
  /** Pieces of each file, in order. */
  readonly files: readonly (readonly Piece[])[];
  /** As the service bills them. */
  readonly units: number;
}

/**
 * Each text once, by its key, in files of up to 40 KB below `folder`: the same texts give the same files. Where `write`
 * is false they stand there already.
 */
export async function stageTexts(
  texts: AsyncIterable<readonly string[]>,
  keyOf: (text: string) => string,
  { store, folder, write }: { readonly store: ObjectStore; readonly folder: string; readonly write: boolean },
): Promise<Staged> {
  const known = new Set<string>();
  const files: (readonly Piece[])[] = [];
  let units = 0;
  const add = async (pack: Pack, keys: readonly string[]) => {
    const text = textOf(pack);
    const name = fileName(folder, files.length);
    files.push(pack.map(({ cell, start, text }) => ({ key: keys[cell]!, start, length: text.length })));
    units += unitsOf(text);
    if (write) await store.write(name, once(new TextEncoder().encode(text)));
  };
  let [waiting, length]: [string[], number] = [[], 0];
  const flush = async (last: boolean) => {
    const packs = packed(waiting, FILE_LIMIT);
    const keys = waiting.map(keyOf);
    // The last pack may have room: its texts wait, so that files do not depend on how texts come together.
    const done = last ? packs.length : lastOwn(packs);
    for (const pack of packs.slice(0, done)) await add(pack, keys);
    waiting = done === packs.length ? [] : waiting.slice(packs[done]![0]!.cell);
    length = waiting.reduce((sum, text) => sum + text.length, 0);
  };
  for await (const batch of texts) {
    for (const text of batch) {
      const key = keyOf(text);
      if (text.trim() === "" || known.has(key)) continue;
      known.add(key);
      waiting.push(text);
      length += text.length;
    }
    if (length >= GATHERED) await flush(false);
  }
  await flush(true);
  return { files, units };
}

/** Index of the last pack that begins with a text of which no earlier one holds a piece. */
function lastOwn(packs: readonly Pack[]): number {
  let at = Math.max(packs.length - 1, 0);
  while (at > 0 && packs[at - 1]!.at(-1)!.cell === packs[at]![0]!.cell) at -= 1;
  return at;
}

function fileName(folder: string, at: number): string {
  return `${folder}${String(at + 1).padStart(7, "0")}.txt`;
}

/**
 * Findings by key of every text whose pieces were all answered as they must be. A file that the service left out, or
 * whose answer does not fit its text, leaves its texts out.
 */
export async function readAnswers(
  { files }: Staged,
  { store, input, output }: { readonly store: ObjectStore; readonly input: string; readonly output: string },
): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const answers = new Map<string, string>();
  for await (const { uri } of store.list(output)) {
    if (uri.endsWith(".txt.out")) answers.set(uri.slice(uri.lastIndexOf("/") + 1, -".out".length), uri);
  }
  const found = new Map<string, Finding[]>();
  const lost = new Set<string>();
  const read = async (pieces: readonly Piece[], at: number): Promise<readonly CellFinding[] | undefined> => {
    const name = fileName(input, at);
    const answer = answers.get(name.slice(name.lastIndexOf("/") + 1));
    if (answer === undefined) return undefined;
    const [text, entities] = await Promise.all([textIn(store, name), entitiesIn(store, answer)]);
    const spans = entities && findingsIn(text, entities, pieces.length === 1);
    return spans && shared(packOf(pieces, text), spans);
  };
  const numbered = files.map((pieces, at) => ({ pieces, at }));
  for await (const { pieces, findings } of mapInOrder(numbered, AT_ONCE, async ({ pieces, at }) => ({
    pieces,
    findings: await read(pieces, at),
  }))) {
    for (const { key } of pieces) if (findings) found.set(key, found.get(key) ?? []);
    if (findings) for (const { cell, finding } of findings) found.get(pieces[cell]!.key)!.push(finding);
    else for (const { key } of pieces) lost.add(key);
  }
  for (const key of lost) found.delete(key);
  return new Map([...found].map(([key, findings]) => [key, merged(findings)]));
}

function packOf(pieces: readonly Piece[], text: string): Pack {
  let at = 0;
  return pieces.map(({ start, length }, cell) => {
    const part = text.slice(at, at + length);
    at += length + SEPARATOR.length;
    return { cell, start, text: part };
  });
}

async function textIn(store: ObjectStore, uri: string): Promise<string> {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await bytesOf(store.read(uri)));
}

/** Undefined where the answer is none. */
async function entitiesIn(store: ObjectStore, uri: string): Promise<readonly RawEntity[] | undefined> {
  try {
    const { Entities: entities, PaginationToken: more } = JSON.parse(await textIn(store, uri)) as Record<
      string,
      unknown
    >;
    const fits = Array.isArray(entities) && entities.every((one) => typeof one === "object" && one !== null);
    return fits && !more ? (entities as readonly RawEntity[]) : undefined;
  } catch (error) {
    if (error instanceof MaskingError) throw error;
    return undefined;
  }
}
