import { Worker } from "node:worker_threads";
import { MaskingError } from "../../../../src/errors.ts";
import type { Compression } from "../syntax.ts";
import { deflatedFrame, inflatedFrame } from "./deflate.ts";
import type { PixelFormat } from "./format.ts";
import { bytesOfSamples, type Samples, samplesOf } from "./samples.ts";

/** Decodes and encodes compressed frames, one at a time. */
export interface FrameCodec {
  /** The frame's samples, in the format that they have once decoded. Throws IMAGE_UNREADABLE. */
  decode(stream: Uint8Array, compression: Compression, format: PixelFormat): Promise<Samples>;
  /** The samples in the same compression; read again they are the same. Throws IMAGE_UNSUPPORTED where that fails. */
  encode(samples: Samples, compression: Compression, how: EncodeOptions): Promise<Uint8Array>;
  /** Ends the thread; the next frame starts another. */
  close(): Promise<void>;
}

export interface EncodeOptions {
  /** Resolution by resolution, as transfer syntax .202 wants it (HTJ2K). */
  readonly rpcl: boolean;
  /** With a colour transform, as a Photometric Interpretation of YBR_RCT or YBR_ICT says (JPEG 2000). */
  readonly mct: boolean;
}

/** Milliseconds that a frame may take, and how many more for each of its samples. */
const LIMIT = 4000;
const LIMIT_PER_SAMPLE = 1e-3;

/**
 * Codecs in a thread of their own (dcmjs-codecs). A stream that hangs or ends the thread is unreadable and harms no other
 * frame; an answer of another size than the header says is unreadable too.
 */
export function threadCodec(): FrameCodec {
  let thread: Thread | undefined;
  const ask = async (task: Task): Promise<Answer | undefined> => {
    thread ??= startThread(() => {
      thread = undefined;
    });
    return thread.ask(task);
  };
  const decode: FrameCodec["decode"] = async (stream, compression, format) => {
    if (compression === "deflate") return inflatedFrame(stream, format);
    const decoded = decodedFormat(compression, format);
    const { rows, columns, samples, bitsAllocated } = decoded;
    const size = (rows * columns * samples * bitsAllocated) / 8;
    const toRgb = isLossyJpeg(compression) && format.samples === 3 && format.photometric !== "RGB";
    const asked = { ...format, bitsAllocated };
    const answer = await ask({
      task: "decode",
      compression,
      format: asked,
      bytes: new Uint8Array(stream),
      size,
      toRgb,
    });
    if (!answer?.bytes) throw new MaskingError("IMAGE_UNREADABLE");
    const planar = compression === "jpeg-ls" ? hasScansByColour(stream) : answer.planar === true;
    return samplesOf(answer.bytes, { ...decoded, planar: planar && samples === 3 }, true);
  };
  return {
    decode,
    async encode(samples, compression, { rpcl, mct }) {
      if (compression === "deflate") return deflatedFrame(samples);
      const format = { ...samples.format, planar: false };
      const bytes = bytesOfSamples({ ...samples, format }, true);
      const answer = await ask({ task: "encode", compression, format, bytes, rpcl, mct });
      const again = answer?.bytes && (await decode(answer.bytes, compression, format));
      if (!answer?.bytes || again?.values.some((value, i) => value !== samples.values[i])) {
        throw new MaskingError("IMAGE_UNSUPPORTED", { expected: "a frame that can be encoded again without loss" });
      }
      return answer.bytes;
    },
    async close() {
      await thread?.end();
    },
  };
}

export function isLossyJpeg(compression: Compression): boolean {
  return compression === "jpeg" || compression === "jpeg12";
}

/** True where a JPEG-LS stream has a scan for each component: its decoder then gives one colour after the other. */
function hasScansByColour(stream: Uint8Array): boolean {
  for (let at = 2; at + 4 < stream.length; ) {
    if (stream[at] !== 0xff) return false;
    if (stream[at + 1] === 0xda) return stream[at + 4] === 1;
    at += 2 + stream[at + 2]! * 256 + stream[at + 3]!;
  }
  return false;
}

/** Decoders undo the colour transforms of JPEG and JPEG 2000, and spread shared chroma. */
function decodedFormat(compression: Compression, format: PixelFormat): PixelFormat {
  const bitsAllocated = format.bitsAllocated === 1 ? 8 : format.bitsAllocated;
  const { photometric } = format;
  const undone =
    photometric === "YBR_ICT" || photometric === "YBR_RCT" || (isLossyJpeg(compression) && format.samples === 3);
  const spread = photometric === "YBR_FULL_422" ? "YBR_FULL" : photometric;
  return { ...format, bitsAllocated, photometric: undone ? "RGB" : spread };
}

interface Task {
  readonly task: "decode" | "encode";
  readonly compression: Compression;
  readonly format: Omit<PixelFormat, "bitsAllocated"> & { readonly bitsAllocated: number };
  readonly bytes: Uint8Array;
  readonly size?: number;
  readonly toRgb?: boolean;
  readonly rpcl?: boolean;
  readonly mct?: boolean;
}
interface Answer {
  readonly id: number;
  readonly bytes?: Uint8Array;
  readonly planar?: boolean;
}
interface Thread {
  /** Undefined where the thread failed, ended or took too long. */
  ask(task: Task): Promise<Answer | undefined>;
  end(): Promise<void>;
}

function startThread(onEnd: () => void): Thread {
  const worker = new Worker(new URL("./codec-worker.mjs", import.meta.url));
  const waiting = new Map<number, (answer: Answer | undefined) => void>();
  let count = 0;
  let ended = false;
  const fail = (): void => {
    // A thread that ended tells of it twice, and by then another may be at work.
    if (ended) return;
    ended = true;
    onEnd();
    for (const settle of waiting.values()) settle(undefined);
    waiting.clear();
  };
  worker.unref();
  worker.on("message", (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
  });
  worker.on("error", fail);
  worker.on("exit", fail);
  return {
    ask(task) {
      const id = count++;
      const { rows, columns, samples } = task.format;
      worker.ref();
      return new Promise((resolve) => {
        const stop = (): void => {
          fail();
          void worker.terminate();
        };
        const limit = setTimeout(stop, LIMIT + rows * columns * samples * LIMIT_PER_SAMPLE);
        waiting.set(id, (answer) => {
          clearTimeout(limit);
          resolve(answer);
        });
        worker.postMessage({ ...task, id });
      });
    },
    async end() {
      fail();
      await worker.terminate();
    },
  };
}
