import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { MaskingError } from "./errors.ts";
import type { SourceOptions, TargetOptions } from "./jobfile.ts";
import type { Target } from "./plan.ts";
import { formatOfName, type Source, splitPath } from "./source.ts";
import type { ObjectStore } from "./types.ts";

/** The source that a job names, on the local disk. Throws SOURCE_MISSING where nothing is there. */
export async function openSource(options: SourceOptions, store: ObjectStore, folder: string): Promise<Source> {
  const shared = {
    store,
    ...(options.format && { format: options.format }),
    ...(options.partition_by && { partitionBy: options.partition_by }),
  };
  const path = absolute(folder, options.path);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { ...shared, root: folderPath(path) };
  if (found) return { ...shared, root: folderPath(dirname(path)), only: [basename(path)] };
  const split = splitPath(path);
  if (!split.only) throw new MaskingError("SOURCE_MISSING", { key: "source.path" });
  return { ...shared, ...split };
}

/**
 * The target that a job names, on the local disk: a folder, or a file where the source is one file. Throws
 * TARGET_OVERLAPS where writing there could touch the source or be read as a part of it.
 */
export async function openTarget(
  options: TargetOptions,
  store: ObjectStore,
  folder: string,
  source: Source,
): Promise<Target> {
  const path = absolute(folder, options.path);
  const single = Array.isArray(source.only) ? source.only[0]! : undefined;
  const asFile = single !== undefined && !options.path.endsWith("/") && formatOfName(path) !== undefined;
  const target: Target = {
    store,
    root: folderPath(asFile ? dirname(path) : path),
    ...(asFile && { fileName: basename(path) }),
    ...(options.format && { format: options.format }),
    ...(asFile && !options.format && { format: formatOfName(path)! }),
    names: options.names ?? "keep",
  };
  await refuseOverlap(source, target, single);
  return target;
}

async function refuseOverlap(source: Source, target: Target, single: string | undefined): Promise<void> {
  const from = folderPath(await real(source.root));
  const to = folderPath(await real(target.root));
  const overlap =
    single === undefined
      ? from.startsWith(to) || to.startsWith(from)
      : from === to && (target.fileName ?? single) === single;
  if (overlap) throw new MaskingError("TARGET_OVERLAPS", { key: "target.path" });
}

/** A path with links resolved as far as it exists, so that two names of one folder are seen to be one. */
async function real(path: string): Promise<string> {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, "") : path;
  const found = await realpath(trimmed).catch(() => undefined);
  if (found !== undefined || dirname(trimmed) === trimmed) return found ?? trimmed;
  return join(await real(dirname(trimmed)), basename(trimmed));
}

function absolute(folder: string, path: string): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path) && !path.startsWith("file://")) {
    throw new MaskingError("JOB_INVALID", { key: "path", expected: "a path of the local disk" });
  }
  return resolve(folder, path.replace(/^file:\/\//, ""));
}

/** The path with one slash at its end. */
export function folderPath(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
