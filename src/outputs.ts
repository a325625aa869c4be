/** Where the masked copy of a file goes in the target. */
import { MaskingError } from "./errors.ts";
import type { Instance } from "./instance-types.ts";
import type { ManifestFile } from "./manifest.ts";
import type { PlannedFile } from "./plan.ts";
import type { TablePlan } from "./rules.ts";
import { type FormatName, partitionFolder, type SourceFile } from "./source.ts";
import type { Target } from "./target.ts";

const SUFFIX: Readonly<Record<FormatName, string>> = {
  csv: ".csv",
  parquet: ".parquet",
  arrow: ".arrow",
  images: "",
  dicom: ".dcm",
};

/**
 * Folders as in the source, masked partitions under their masked value. A name gets a keyed hash where the job asks
 * for it, and where masking partitions may bring two files of one name together.
 */
export function outputPath(target: Target, file: SourceFile, table: TablePlan, id: string): string {
  if (target.fileName !== undefined) return target.fileName;
  const name = file.path.split("/").pop()!;
  const folders = foldersAfter(file.path, table.partition);
  const moves = table.partition.some(({ changes }) => changes);
  const format = target.format ?? file.format;
  if (file.format === "images" && target.names === "hash") return imagePath(folders, name, file, id, format);
  const own = /\.[^.]+?(?:\.gz)?$/i.exec(name)?.[0] ?? "";
  const stem = name.slice(0, name.length - own.length);
  const suffix = packedSuffix(target, format, format === file.format && own !== "" ? own : SUFFIX[format]);
  const base = target.names === "hash" ? id.slice(0, 16) : moves ? `${stem}-${id.slice(0, 8)}` : stem;
  return [...folders, `${base}${suffix}`].join("/");
}

/** Whether a file of that name is written packed: names alone decide it, so that readers who go by names are right. */
export function isPacked(format: FormatName, path: string): boolean {
  return format === "csv" && /\.gz$/i.test(path);
}

/** The suffix with or without `.gz`, as the job says; as it is where it says nothing. */
function packedSuffix({ compression }: Target, format: FormatName, suffix: string): string {
  if (format !== "csv" || compression === undefined) return suffix;
  const bare = suffix.replace(/\.gz$/i, "") || SUFFIX[format];
  return compression === "gzip" ? `${bare}.gz` : bare;
}

/** The folders of a file's path, masked partitions under their masked value. */
function foldersAfter(path: string, partition: TablePlan["partition"]): readonly string[] {
  const folders = path.split("/").slice(0, -1);
  return folders.flatMap((folder) => {
    const masked = partition.find(({ from }) => isPartition(folder, from));
    if (!masked?.changes) return [folder];
    return masked.value === undefined ? [] : [partitionFolder(masked.from, masked.value)];
  });
}

/** Those of them that are partitions, a slash behind each: as `RunContext` has them. */
export function partitionPath({ path }: SourceFile, partition: TablePlan["partition"]): string {
  const kept = foldersAfter(path, partition).filter((folder) =>
    partition.some(({ from }) => isPartition(folder, from)),
  );
  return kept.map((folder) => `${folder}/`).join("");
}

function isPartition(folder: string, column: string): boolean {
  return folder.startsWith(partitionFolder(column, ""));
}

/** Folders of images are named after people as often as the files are: only those of partitions stay. */
function imagePath(
  folders: readonly string[],
  name: string,
  { partition }: SourceFile,
  id: string,
  format: FormatName,
): string {
  const kept = folders.filter((folder) => partition.some(([column]) => isPartition(folder, column)));
  const own = /\.(?:jpe?g|png|tiff?|webp|gif|pdf|dcm)$/i.exec(name)?.[0].toLowerCase() ?? "";
  return [...kept, `${id.slice(0, 16)}${format === "images" ? own : SUFFIX[format]}`].join("/");
}

/** Where an instance goes: by its UIDs, or by a keyed hash in the folders of study and series where names are hashed. */
export function instancePath({ names }: Target, { path }: Pick<Instance, "path">, id: string): string {
  if (path === undefined) return `${id.slice(0, 16)}.dcm`;
  return names === "hash" ? `${path.slice(0, path.lastIndexOf("/") + 1)}${id.slice(0, 16)}.dcm` : path;
}

/** Where a file went: an instance that was withheld leaves an empty file out of the way of readers. */
export function writtenPath({ instance, output, id }: PlannedFile, size: number): string {
  return instance && size === 0 ? `_withheld/${id.slice(0, 16)}` : output;
}

/** Throws TARGET_COLLIDES where two files would get one name. */
export function refuseCollisions(todo: readonly PlannedFile[], unchanged: readonly ManifestFile[]): void {
  const outputs = new Set(unchanged.map(({ output }) => output.path));
  for (const { file, output } of todo) {
    if (outputs.has(output)) throw new MaskingError("TARGET_COLLIDES", { file: file.path });
    outputs.add(output);
  }
}
