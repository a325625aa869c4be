/** PP-OCRv4's two networks on ONNX Runtime: one finds lines, the other reads them. */
import type { InferenceSession, Tensor } from "onnxruntime-web";
import { type Alphabet, alphabetOf, type Letter, lettersOf, stripTensor } from "./letters.ts";
import type { Plane } from "./plane.ts";
import type { Likelihood } from "./spots.ts";

export interface PaddleModels {
  /** ONNX files. */
  readonly detector: Uint8Array;
  readonly recognizer: Uint8Array;
  /** The recogniser's characters, one a line. */
  readonly keys: string;
  /** Address of the module of onnxruntime-node, where the user has installed it; else WebAssembly runs the networks. */
  readonly native?: string;
}

export interface Paddle {
  /** How likely each pixel is text. Width and height must be multiples of 32. */
  find(planes: readonly [Plane, Plane, Plane]): Promise<Likelihood>;
  /** The letters of a strip, from the left, in pixels of the strip. */
  read(strip: readonly Plane[]): Promise<readonly Letter[]>;
}

type Runtime = Pick<typeof import("onnxruntime-web"), "InferenceSession" | "Tensor">;

/** Loads the networks; takes a second. One thread each: images are read side by side instead. */
export async function openPaddle({ detector, recognizer, keys, native }: PaddleModels): Promise<Paddle> {
  const runtime = native === undefined ? await wasm() : ((await import(native)) as Runtime);
  const options: InferenceSession.SessionOptions = {
    executionProviders: [native === undefined ? "wasm" : "cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  };
  const [finder, reader] = [
    await runtime.InferenceSession.create(detector, options),
    await runtime.InferenceSession.create(recognizer, options),
  ];
  const alphabet = alphabetOf(keys);
  return {
    async find(planes) {
      const { width, height } = planes[0];
      const answer = await run(finder, new runtime.Tensor("float32", pageTensor(planes), [1, 3, height, width]));
      return { width, height, data: Uint8Array.from(answer.data as Float32Array, (share) => share * 255) };
    },
    read: (strip) => readStrip(runtime, reader, alphabet, strip),
  };
}

async function wasm(): Promise<Runtime> {
  const runtime = await import("onnxruntime-web");
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = "fatal";
  return runtime;
}

/** Columns are added up to a multiple of this, so that the runtime sees fewer shapes. */
const STEP = 32;

async function readStrip(
  runtime: Runtime,
  session: InferenceSession,
  alphabet: Alphabet,
  strip: readonly Plane[],
): Promise<readonly Letter[]> {
  const { width, height } = strip[0]!;
  const wide = Math.ceil(width / STEP) * STEP;
  const answer = await run(session, new runtime.Tensor("float32", stripTensor(strip, wide), [1, 3, height, wide]));
  const [, count = 0, classes = 0] = answer.dims;
  return lettersOf({ count, classes, data: answer.data as Float32Array }, alphabet, wide);
}

async function run(session: InferenceSession, input: Tensor): Promise<Tensor> {
  const answers = await session.run({ [session.inputNames[0]!]: input });
  return answers[session.outputNames[0]!]!;
}

/** Means and deviations of ImageNet, in the order blue, green, red, as the network was trained. */
const MEANS = [0.485, 0.456, 0.406];
const DEVIATIONS = [0.229, 0.224, 0.225];

function pageTensor([red, green, blue]: readonly [Plane, Plane, Plane]): Float32Array {
  const size = red.data.length;
  const out = new Float32Array(3 * size);
  for (const [at, plane] of [blue, green, red].entries()) {
    const [scale, shift] = [1 / (255 * DEVIATIONS[at]!), MEANS[at]! / DEVIATIONS[at]!];
    for (let i = 0; i < size; i += 1) out[at * size + i] = plane.data[i]! * scale - shift;
  }
  return out;
}
