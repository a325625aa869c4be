import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { MaskingError } from "../errors.ts";
import type { FaceFinder } from "../image-types.ts";

const require = createRequire(import.meta.url);

/** The package's own TensorFlow.js is of this version, and so must be the WebAssembly that it loads. */
const PACKAGES = "npm install @vladmandic/face-api@1.7.15 @tensorflow/tfjs-backend-wasm@4.22.0";

/**
 * The finder of faces that needs no service, from packages that not everybody installs. Throws PACKAGE_MISSING with the
 * line that installs them.
 */
export async function openFaces(): Promise<FaceFinder & { close(): Promise<void> }> {
  const { embeddedFaces } = await import("../../transforms/read/faces.ts");
  const face = folderOf("@vladmandic/face-api");
  const wasm = join(folderOf("@tensorflow/tfjs-backend-wasm"), "dist");
  const paths = [
    join(wasm, "tfjs-backend-wasm.wasm"),
    join(wasm, "tfjs-backend-wasm-simd.wasm"),
    join(face, "model/ssd_mobilenetv1_model.bin"),
    join(face, "model/ssd_mobilenetv1_model-weights_manifest.json"),
  ];
  const files = await Promise.all(
    paths.map(async (path) => [path.split(/[\\/]/).at(-1)!, await readFile(path).catch(missing)] as const),
  );
  return embeddedFaces({
    models: {
      module: pathToFileURL(join(face, "dist/face-api.esm.js")).href,
      files: Object.fromEntries(files),
    },
    packages: `@vladmandic/face-api@${await versionOf(face)}`,
  });
}

function folderOf(name: string): string {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return missing();
  }
}

function missing(): never {
  throw new MaskingError("PACKAGE_MISSING", { expected: PACKAGES });
}

async function versionOf(folder: string): Promise<string> {
  const manifest = await readFile(join(folder, "package.json"), "utf8").catch(missing);
  return (JSON.parse(manifest) as { version: string }).version;
}
