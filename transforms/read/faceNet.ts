/** The face finder's network: SSD on MobileNet v1, as face-api ships it, run by TensorFlow.js's WebAssembly. */
import type { Box, Raster } from "../../src/image-types.ts";

export interface FaceModels {
  /** Address of face-api's module that holds TensorFlow.js. */
  readonly module: string;
  /** What the module fetches, by file name: two WebAssembly files, the model's weights and their manifest. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

export interface FoundFace {
  readonly box: Box;
  readonly score: number;
}

/** What of face-api is used. */
interface FaceApi {
  readonly tf: {
    setWasmPaths(folder: string): void;
    setBackend(name: string): Promise<boolean>;
    env(): { set(flag: string, value: boolean): void };
    tensor3d(data: Int32Array, shape: readonly number[], type: "int32"): { dispose(): void };
  };
  readonly nets: { readonly ssdMobilenetv1: { loadFromUri(uri: string): Promise<void> } };
  readonly SsdMobilenetv1Options: new (options: { minConfidence: number; maxResults: number }) => object;
  detectAllFaces(tensor: object, options: object): Promise<readonly { readonly box: Box; readonly score: number }[]>;
}

/**
 * Loads the network into this thread, which must be one of its own: the module is a browser's, and is shown a browser's
 * names, whose `fetch` knows the given files and nothing else.
 */
export async function openFaceNet({
  module,
  files,
}: FaceModels): Promise<(image: Raster) => Promise<readonly FoundFace[]>> {
  const fetch = async (address: unknown): Promise<Response> => {
    const bytes = files[String(address).split("/").at(-1) ?? ""];
    const type = String(address).endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return bytes
      ? new Response(bytes.slice(), { headers: { "content-type": type } })
      : new Response("", { status: 404 });
  };
  const document = { createElement: () => ({ getContext: () => null }), body: {} };
  Object.assign(globalThis, { fetch, document, window: globalThis, __dirname: "/", require: () => ({}) });
  const api = (await import(module)) as FaceApi;
  api.tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  api.tf.setWasmPaths("/");
  if (!(await api.tf.setBackend("wasm"))) throw new Error("no backend");
  await api.nets.ssdMobilenetv1.loadFromUri("/");
  const options = new api.SsdMobilenetv1Options({ minConfidence: 0.4, maxResults: 200 });
  return async ({ width, height, data }) => {
    const tensor = api.tf.tensor3d(Int32Array.from(data), [height, width, 3], "int32");
    try {
      return (await api.detectAllFaces(tensor, options)).map(({ box: { x, y, width: w, height: h }, score }) => ({
        box: { x, y, width: w, height: h },
        score,
      }));
    } finally {
      tensor.dispose();
    }
  };
}
