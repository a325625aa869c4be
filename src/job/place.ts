import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { MaskingError } from "../errors.ts";
import type { SourceOptions, TargetOptions } from "../jobfile.ts";
import { formatOfName, type Source, splitPath } from "../source.ts";
import type { Target } from "../target.ts";
import type { ObjectStore } from "../types.ts";
import { type StoreFor, schemeOf } from "./stores.ts";

/** The source that a job names by its path. Throws SOURCE_MISSING where nothing is there, and what the store throws. */
export async function openSource(
  options: SourceOptions & { readonly path: string },
  storeFor: StoreFor,
  folder: string,
): Promise<Source> {
  const path = absolute(folder, options.path);
  const store = await storeFor(path);
  const place = await (schemeOf(path) === "s3" ? bucketPlace(path, store) : diskPlace(path));
  if (!place) throw new MaskingError("SOURCE_MISSING", { key: "source.path" });
  return {
    store,
    ...place,
    ...(options.format && { format: options.format }),
    ...(options.partition_by && { partitionBy: options.partition_by }),
  };
}

type Place = Pick<Source, "root" | "only">;

async function diskPlace(path: string): Promise<Place | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { root: folderPath(path) };
  if (found) return { root: folderPath(dirname(path)), only: [basename(path)] };
  const split = splitPath(path);
  return split.only ? split : undefined;
}

/** One object, a glob, or all below a prefix. A key may hold the characters of a glob: an object of that name comes first. */
async function bucketPlace(uri: string, store: ObjectStore): Promise<Place | undefined> {
  const slash = uri.lastIndexOf("/");
  const isFolder = uri.endsWith("/") || slash < "s3://b".length;
  if (!isFolder && (await store.head(uri))) return { root: uri.slice(0, slash + 1), only: [uri.slice(slash + 1)] };
  const split = splitPath(uri);
  if (split.only) return split;
  for await (const _ of store.list(split.root)) return split;
  return undefined;
}

/**
 * The target that a job names: a folder or prefix, or a file where the source is one file. Throws TARGET_OVERLAPS where
 * writing there could touch the source or be read as a part of it.
 */
export async function openTarget(
  options: TargetOptions,
  storeFor: StoreFor,
  folder: string,
  source: Source,
): Promise<Target> {
  if (source.format === "dicom" && options.format) {
    throw new MaskingError("JOB_INVALID", { key: "target.format", expected: "none: DICOM files stay DICOM files" });
  }
  const path = absolute(folder, options.path);
  const single = Array.isArray(source.only) ? source.only[0]! : undefined;
  const asFile = single !== undefined && !options.path.endsWith("/") && formatOfName(path) !== undefined;
  const slash = path.lastIndexOf("/") + 1;
  if (asFile && options.publish === "versioned") {
    throw new MaskingError("JOB_INVALID", { key: "target.path", expected: "a folder, for versions" });
  }
  const target: Target = {
    store: await storeFor(path),
    root: folderPath(asFile ? path.slice(0, slash) : path),
    ...(asFile && { fileName: path.slice(slash) }),
    ...(options.format && { format: options.format }),
    ...(asFile && !options.format && { format: formatOfName(path)! }),
    names: options.names ?? (source.format === "images" ? "hash" : "keep"),
    gone: options.gone ?? "remove",
    ...(options.publish === "versioned" && { versions: { keep: options.keep_versions ?? 3 } }),
    ...(hasDialect(options.csv) && { ownCsv: true }),
    ...(options.csv?.compression && { compression: options.csv.compression }),
  };
  await refuseOverlap(source, target, single);
  return target;
}

/** Whether anything is said of how cells are written. */
function hasDialect(csv: TargetOptions["csv"]): boolean {
  const { compression: _, ...dialect } = csv ?? {};
  return csv !== undefined && (csv.compression === undefined || Object.keys(dialect).length > 0);
}

/** Throws TARGET_OVERLAPS where a folder to write to lies in one that is read. */
export async function refuseWithin(to: string, root: string, key: string): Promise<void> {
  if (folderPath(await real(to)).startsWith(folderPath(await real(root))))
    throw new MaskingError("TARGET_OVERLAPS", { key });
}

async function refuseOverlap(source: Source, target: Target, single: string | undefined): Promise<void> {
  const to = folderPath(await real(target.root));
  for (const root of [source.root, ...(source.parts ?? []).map((part) => part.root)]) {
    const from = folderPath(await real(root));
    const overlap =
      single === undefined
        ? from.startsWith(to) || to.startsWith(from)
        : from === to && (target.fileName ?? single) === single;
    if (overlap) throw new MaskingError("TARGET_OVERLAPS", { key: "target.path" });
  }
}

/** A path with links resolved as far as it exists, so that two names of one folder are seen to be one. */
async function real(path: string): Promise<string> {
  if (schemeOf(path) === "s3") return path;
  const trimmed = path.length > 1 ? path.replace(/\/+$/, "") : path;
  const found = await realpath(trimmed).catch(() => undefined);
  if (found !== undefined || dirname(trimmed) === trimmed) return found ?? trimmed;
  return join(await real(dirname(trimmed)), basename(trimmed));
}

/** A path of the disk in full; a URI of a bucket as it is, since nothing in a key may be resolved. */
export function absolute(folder: string, path: string): string {
  return schemeOf(path) === "s3" ? path : resolve(folder, path.replace(/^file:\/\//, ""));
}

/** The path with one slash at its end. */
export function folderPath(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
