import { MaskingError } from "./errors.ts";
import type { ObjectStore, Piece, ReadableObject, StoredObject, TableFormat } from "./types.ts";

export type FormatName = TableFormat["name"];

/** Where the tables are. `root` ends with a slash; `only` chooses below it: the one file, or a glob. */
export interface Source {
  readonly store: ObjectStore;
  readonly root: string;
  readonly only?: RegExp | readonly string[];
  readonly format?: FormatName;
  readonly partitionBy?: readonly string[];
  /** In place of what is below `root`: folders that a catalog names, which may stand anywhere in the store. */
  readonly parts?: readonly SourcePart[];
}

/** A folder of one partition. */
export interface SourcePart {
  /** Ends with a slash. */
  readonly root: string;
  readonly partition: SourceFile["partition"];
}

/** One table file of a source. */
export interface SourceFile {
  readonly object: StoredObject;
  /** Path within the source, parts joined by slashes. */
  readonly path: string;
  readonly format: FormatName;
  /** Values of the folders such as `region=north`, in order; null for Hive's mark of no value. */
  readonly partition: readonly (readonly [column: string, value: string | null])[];
}

/** Suffixes by which a file tells its format. */
const SUFFIXES: Readonly<Record<FormatName, RegExp>> = {
  csv: /\.(csv|tsv|psv)(\.gz)?$/i,
  parquet: /\.(parquet|parq|pq)$/i,
  arrow: /\.(arrow|arrows|ipc|feather)$/i,
  images: /(?!)/, // never by a name: beside tables, images are what rows link to
  dicom: /(?!)/,
};

/** Folders by which a table format keeps its own account of files; the files without it are not the table. */
const LEDGERS = /(^|\/)(_delta_log|\.hoodie|metadata\/[^/]+\.metadata\.json)(\/|$)/;

/** Hive's folder name for no value. */
const HIVE_NULL = "__HIVE_DEFAULT_PARTITION__";

/** The format a file name tells, or undefined. */
export function formatOfName(name: string): FormatName | undefined {
  return (Object.keys(SUFFIXES) as FormatName[]).find((format) => SUFFIXES[format].test(name));
}

/**
 * The table files of a source in order of their paths. Names that start with `_` or `.` are not data (Hive, Spark);
 * Parquet's `_metadata` is one of them and is never passed along. Throws FORMAT_UNKNOWN for a file of no known format,
 * INPUT_UNSUPPORTED for the files of a Delta, Hudi or Iceberg table.
 */
export async function* listSource(source: Source): AsyncGenerator<SourceFile, void, undefined> {
  if (!source.parts) return yield* listFolder(source);
  for (const { root, partition } of source.parts) {
    const folders = partition.map(([column, value]) => `${partitionFolder(column, value)}/`).join("");
    const { parts: _, partitionBy: __, ...shared } = source;
    for await (const file of listFolder({ ...shared, root })) {
      yield { ...file, path: `${folders}${file.path}`, partition };
    }
  }
}

async function* listFolder(source: Source): AsyncGenerator<SourceFile, void, undefined> {
  for await (const object of source.store.list(source.root)) {
    const path = object.uri.slice(source.root.length);
    if (LEDGERS.test(path)) {
      throw new MaskingError("INPUT_UNSUPPORTED", { file: path, expected: "plain files (export the table first)" });
    }
    if (!chosen(source, path) || (/(^|\/)[_.]/.test(path) && !Array.isArray(source.only))) continue;
    const format = source.format ?? formatOfName(path);
    if (!format) throw new MaskingError("FORMAT_UNKNOWN", { file: path });
    // Folders of instances are named after people, whatever stands in their names.
    yield { object, path, format, partition: format === "dicom" ? [] : partitionOf(path, source.partitionBy) };
  }
}

function chosen({ only }: Source, path: string): boolean {
  if (!only) return true;
  return only instanceof RegExp ? only.test(path) : only.includes(path);
}

/** The object as a table format reads it: a change between two reads is STORE_CONFLICT. */
export function readable(store: ObjectStore, object: StoredObject, onBytes?: (count: number) => void): ReadableObject {
  return {
    ...object,
    async *read(range) {
      for await (const chunk of store.read(object.uri, { ...(range && { range }), ifMatch: object.etag })) {
        onBytes?.(chunk.length);
        yield chunk;
      }
    },
  };
}

/** Pieces for another store, which cannot copy from this one: what was to be copied is read. */
export async function* readThrough(
  pieces: AsyncIterable<Piece>,
  store: ObjectStore,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece;
    else yield* store.read(piece.copy.uri, { range: piece.copy, ifMatch: piece.copy.etag });
  }
}

/** What a path of the job means on this store: a folder, one file, or a glob below its fixed part. */
export function splitPath(path: string): Pick<Source, "root" | "only"> {
  const special = path.search(/[*?[{]/);
  if (special < 0) return { root: path.endsWith("/") ? path : `${path}/` };
  const slash = path.lastIndexOf("/", special) + 1;
  return { root: path.slice(0, slash), only: globPattern(path.slice(slash)) };
}

/** `*` and `?` stay within a folder, `**` crosses folders, `[ab]` and `{a,b}` choose. */
export function globPattern(glob: string): RegExp {
  let pattern = "";
  let braces = 0;
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at]!;
    const closing = glob.indexOf("]", at + 2);
    if (glob.startsWith("**/", at)) {
      pattern += "(?:.*/)?";
      at += 2;
    } else if (glob.startsWith("**", at)) {
      pattern += ".*";
      at += 1;
    } else if (character === "*") pattern += "[^/]*";
    else if (character === "?") pattern += "[^/]";
    else if (character === "[" && closing > 0) {
      pattern += `[${glob
        .slice(at + 1, closing)
        .replace(/^!/, "^")
        .replace(/[\\[]/g, "\\$&")}]`;
      at = closing;
    } else if (character === "{") {
      braces += 1;
      pattern += "(?:";
    } else if (character === "}" && braces > 0) {
      braces -= 1;
      pattern += ")";
    } else if (character === "," && braces > 0) pattern += "|";
    else pattern += character.replace(/[.+^$()|\\{}[\]]/g, "\\$&");
  }
  if (braces > 0) throw new MaskingError("JOB_INVALID", { key: "source.path", expected: "a closing } in the glob" });
  return new RegExp(`^${pattern}$`);
}

/** The values of the folders such as `region=north/` on the way to a file. */
export function foldersOf(path: string): SourceFile["partition"] {
  return path
    .split("/")
    .slice(0, -1)
    .map((folder) => /^([^=]+)=(.*)$/.exec(folder))
    .filter((match) => match !== null)
    .map((match) => [unescaped(match[1]!), match[2] === HIVE_NULL ? null : unescaped(match[2]!)] as const);
}

function partitionOf(path: string, declared?: readonly string[]): SourceFile["partition"] {
  const found = foldersOf(path);
  if (!declared) return found;
  const names = found.map(([name]) => name);
  const absent = declared.find((name) => !names.includes(name));
  if (absent !== undefined) {
    throw new MaskingError("COLUMN_MISSING", { file: path, column: absent, expected: `a folder ${absent}=...` });
  }
  return found;
}

/** Hive escapes what a folder name cannot hold as %XX of a byte. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A partition folder's name for a value. */
export function partitionFolder(column: string, value: string | null): string {
  const escaped = (text: string) =>
    text.replace(
      /[\p{Cc}"#%'*/:=?\\{[\]^]/gu,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
  return `${escaped(column)}=${value === null ? HIVE_NULL : escaped(value)}`;
}
