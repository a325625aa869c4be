import { isAbsolute, posix, resolve } from "node:path";
import type { ImagePlace } from "../../transforms/images/place.ts";
import { MaskingError } from "../errors.ts";
import { PRIVATE_FOLDER } from "../manifest.ts";
import type { Source } from "../source.ts";
import { collect } from "../stream.ts";
import type { Target } from "../target.ts";
import type { ObjectStore } from "../types.ts";
import { imageTurns } from "./image-turns.ts";
import { absolute, folderPath, refuseWithin } from "./place.ts";
import { type StoreFor, schemeOf } from "./stores.ts";

/** Bytes of an image file: it is held in memory while it is masked. */
const MOST_BYTES = 1 << 29;

export interface ImagePlaceOptions {
  readonly storeFor: StoreFor;
  /** Folder that the job's paths are relative to. */
  readonly folder: string;
  /** Folder or prefix of the masked images, as the job names it. */
  readonly to: string;
  /** Folder or prefix that relative links start from; the source's own where left out. */
  readonly from?: string;
  readonly source?: Source;
  readonly target?: Target;
  /** Tells this column's list of images from another's: hex digits. */
  readonly list: string;
}

/**
 * Images on the local disk and in buckets. Links of the masked table are URIs where `to` is a bucket; on the disk they are
 * relative to the target's folder, as relative links of the source are to the source's. Throws TARGET_OVERLAPS where masked
 * images would be written into the source.
 */
export async function openImagePlace(options: ImagePlaceOptions): Promise<ImagePlace> {
  const { storeFor, folder, source, target } = options;
  const to = folderPath(absolute(folder, options.to));
  const from =
    options.from === undefined
      ? (source?.root ?? folderPath(resolve(folder)))
      : folderPath(absolute(folder, options.from));
  if (source) await refuseWithin(to, source.root, "to");
  if (options.from !== undefined) await refuseWithin(to, from, "to");
  const output = await storeFor(to);
  return {
    locate: (reference) => locate(reference, from),
    read: async (uri) => readImage(await storeFor(uri), uri),
    async write([first, ...others], bytes) {
      await output.write(`${to}${first!}`, bytes);
      for (const path of others) await output.copy(`${to}${first!}`, `${to}${path}`);
    },
    shared: target ? imageTurns(target, options.list) : async (_, work) => work(),
    reference: (path) =>
      target && schemeOf(to) === "file" && schemeOf(target.root) === "file"
        ? posix.join(posix.relative(target.root, to), path)
        : `${to}${path}`,
    has: async (path) => (await output.head(`${to}${path}`)) !== undefined,
    remove: (path) => output.remove(`${to}${path}`),
    ...listOf(target, `${PRIVATE_FOLDER}images-${options.list}.txt`),
  };
}

/** Where the paths of masked images are noted, one a line; nowhere where there is no target. */
function listOf(target: Target | undefined, name: string): Pick<ImagePlace, "listed" | "list"> {
  if (!target) {
    return { async *listed() {}, list: async (paths) => void (await collect(paths)) };
  }
  const { store, root } = target;
  return {
    async *listed() {
      if (await store.head(`${root}${name}`)) yield* linesOf(store.read(`${root}${name}`));
    },
    async list(paths) {
      await store.write(`${root}${name}`, linesFrom(paths));
    },
  };
}

function locate(reference: string, from: string): string {
  const path = reference.trim();
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1]?.toLowerCase();
  if (path.includes("\0")) throw new MaskingError("IMAGE_MISSING");
  if (scheme !== undefined && scheme !== "s3" && scheme !== "file") {
    throw new MaskingError("IMAGE_UNSUPPORTED", { expected: "a link to a path or to s3://bucket/key" });
  }
  if (scheme === "s3") return path;
  const plain = path.replace(/^file:\/\//i, "");
  if (schemeOf(from) === "s3" && scheme === undefined && !isAbsolute(plain)) return inBucket(from, plain);
  return resolve(schemeOf(from) === "s3" ? "/" : from, plain);
}

/** A key of a bucket, `.` and `..` of the link resolved. */
function inBucket(from: string, path: string): string {
  const [, root, key] = /^(s3:\/\/[^/]+\/)(.*)$/i.exec(from)!;
  return root! + posix.join("/", key!, path).slice(1);
}

async function readImage(store: ObjectStore, uri: string): Promise<Uint8Array> {
  const found = await store.head(uri);
  if (!found) throw new MaskingError("IMAGE_MISSING");
  if (found.size > MOST_BYTES) throw new MaskingError("IMAGE_TOO_LARGE");
  // Also what is no plain file, such as a pipe: it has no size, and reading it might never end.
  if (found.size === 0) throw new MaskingError("IMAGE_UNREADABLE");
  const bytes = Buffer.allocUnsafeSlow(found.size);
  let filled = 0;
  for await (const chunk of store.read(uri, { ifMatch: found.etag })) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled < found.size) throw new MaskingError("IMAGE_UNREADABLE");
  return bytes;
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

async function* linesFrom(paths: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const path of paths) yield Buffer.from(`${path}\n`);
}
