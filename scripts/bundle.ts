/**
 * Bundles the command into a folder that needs nothing but Node: `npx tsx scripts/bundle.ts [folder]`. `phimask.js`
 * is the command, the files beside it are loaded when a job needs them. The Spark wheel carries this folder.
 */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DEFAULT = join(ROOT, "python/phimask-spark/src/phimask_spark/engine");

/** Packages with binaries of a platform: left out, so that only what can do without them runs in a bundle. */
const BINARIES = ["@gutenye/*", "@hyzyla/pdfium", "@mongodb-js/zstd", "@tesseract.js-data/*"].concat(
  ["lz4-napi", "onnxruntime-web", "sharp", "snappy", "tesseract.js"],
  ["dcmjs-codecs", "bufferutil", "utf-8-validate"],
);

/** What a worker thread starts with: it is looked for beside the file that starts it. */
const THREAD = join(ROOT, "src/workers/entry.ts");

/** What became of a bundle: its files by name, with their bytes. */
export async function bundle(folder: string = DEFAULT): Promise<Metafile["outputs"]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { phimask: "src/cli.ts", ...(existsSync(THREAD) && { entry: THREAD }) },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    mainFields: ["module", "main"],
    alias: { yaml: "./node_modules/yaml/browser/index.js" },
    external: BINARIES,
    minify: true,
    legalComments: "none",
    metafile: true,
    logLevel: "error",
    banner: { js: 'import{createRequire as makeRequire}from"node:module";const require=makeRequire(import.meta.url);' },
    plugins: [assets(folder)],
  });
  await writeFile(join(folder, "package.json"), '{"type": "module"}\n');
  return metafile.outputs;
}

/** Files that the code reads by `new URL("…", import.meta.url)` go into the bundle's folder. */
function assets(folder: string): Plugin {
  return {
    name: "assets",
    setup(building) {
      building.onLoad({ filter: /[\\/](src|connectors|transforms)[\\/].*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const copies: Promise<void>[] = [];
        const contents = text.replace(/new URL\("([^"]+)", import\.meta\.url\)/g, (whole, link: string) => {
          const asset = join(dirname(path), link);
          if (!existsSync(asset)) return whole;
          copies.push(copyFile(asset, join(folder, basename(asset))));
          return `new URL("./${basename(asset)}", import.meta.url)`;
        });
        await Promise.all(copies);
        return { contents, loader: "ts" };
      });
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const outputs = await bundle(process.argv[2]);
  const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0);
  console.log(`bundle: ${Object.keys(outputs).length} files, ${bytes} bytes`);
}
