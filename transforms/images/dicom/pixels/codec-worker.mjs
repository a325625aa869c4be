// Runs the codecs apart from everything else: a bad stream can end or hang this thread and nothing but it. Answers
// {id, bytes, photometric} or {id, failed: true}; never what the codec says.
import { parentPort } from "node:worker_threads";
import codecs from "dcmjs-codecs";

const { Context, NativeCodecs } = codecs;
codecs.log.setLevel("silent");

const CALLS = {
  rle: "Rle",
  jpeg: "Jpeg",
  jpeg12: "Jpeg",
  "jpeg-lossless": "Jpeg",
  "jpeg-ls": "JpegLs",
  "jpeg-2000": "Jpeg2000",
  htj2k: "HtJpeg2000",
};

function contextOf(format) {
  return new Context({
    width: format.columns,
    height: format.rows,
    bitsAllocated: format.bitsAllocated,
    bitsStored: format.bitsStored,
    samplesPerPixel: format.samples,
    pixelRepresentation: format.signed ? 1 : 0,
    planarConfiguration: format.planar ? 1 : 0,
    photometricInterpretation: format.photometric,
  });
}

function run({ task, compression, format, bytes, toRgb, rpcl, mct }) {
  const context = contextOf(format);
  if (task === "decode") {
    context.setEncodedBuffer(bytes);
    const done = NativeCodecs[`decode${CALLS[compression]}`](context, { convertColorspaceToRgb: toRgb });
    if (done.getWidth() !== format.columns || done.getHeight() !== format.rows) throw new Error("size");
    return { bytes: done.getDecodedBuffer(), planar: done.getPlanarConfiguration() === 1 };
  }
  context.setDecodedBuffer(bytes);
  // Lossless: predictor 1 is the one that transfer syntax .70 allows. Progression 2 is RPCL, which .202 asks for.
  const how = {
    lossy: false,
    predictor: 1,
    pointTransform: 0,
    allowMct: mct ? 1 : 0,
    ...(rpcl && { progressionOrder: 2 }),
  };
  return { bytes: NativeCodecs[`encode${CALLS[compression]}`](context, how).getEncodedBuffer() };
}

async function done(task) {
  if (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync();
  const { bytes, planar } = run(task);
  if (task.size !== undefined && bytes.length !== task.size) throw new Error("size");
  parentPort.postMessage({ id: task.id, bytes, planar }, [bytes.buffer]);
}

// A bad stream can spoil the module's memory and still seem to decode: then the next good one fails. So every failure
// is tried once more in a module of its own, and no module is used again that has seen one.
async function answer(task) {
  for (let tries = 0; tries < 2; tries++) {
    try {
      await done(task);
      return;
    } catch {
      NativeCodecs.release();
    }
  }
  parentPort.postMessage({ id: task.id, failed: true });
}

let last = Promise.resolve();
parentPort.on("message", (task) => {
  last = last.then(() => answer(task));
});
