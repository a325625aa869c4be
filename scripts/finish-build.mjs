// What tsc leaves undone in dist/: the command may be run, lexicons and model lie where the code looks for them, and files
// whose source is gone are gone too, so that none of them is packed.
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
/** What is not TypeScript, and is read from beside the code. */
const copied = [
  "transforms/detect/lexicons.bin",
  "transforms/detect/spanish/lexicons-es.bin",
  "transforms/detect/model/tagger.bin",
  "transforms/detect/model/tagger-es.bin",
  "transforms/images/dicom/pixels/codec-worker.mjs",
];

for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  const built = join(entry.parentPath, entry.name);
  const source = join(root, relative(dist, built)).replace(/\.(d\.ts|js|js\.map)$/, ".ts");
  if (entry.isFile() && !existsSync(source)) await rm(built, { force: true });
}
for (const command of ["cli", "mapper"]) await chmod(join(dist, `src/${command}.js`), 0o755);
for (const file of copied) {
  await mkdir(dirname(join(dist, file)), { recursive: true });
  await copyFile(join(root, file), join(dist, file));
}
