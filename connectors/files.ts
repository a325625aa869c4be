import { createHash, randomBytes } from "node:crypto";
import { constants, copyFile, link, mkdir, open, readdir, realpath, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { MaskingError } from "../src/errors.ts";
import type { ByteRange, ObjectStore, Piece, StoredObject } from "../src/types.ts";
import { CHUNK, etagOf, writePieces } from "./pieces.ts";

type FileHandle = Awaited<ReturnType<typeof open>>;

/**
 * The local disk as an object store; a URI is a path. An object is written under a name that starts with `.phimask-`
 * in its own folder, synchronised, then renamed, so a reader sees all of it or nothing.
 */
export function fileStore(): ObjectStore {
  /** Folders that this store made: those go again when their last file does. */
  const made = new Set<string>();
  return {
    name: "files",
    list: (prefix) => guarded(listFiles(prefix, new Set())),
    head: (uri) => describe(uri).catch(missing),
    read: (uri, { range, ifMatch } = {}) => guarded(readFile(uri, range, ifMatch)),
    async write(uri, pieces, options = {}) {
      await makeFolder(dirname(uri), made).catch(refuse);
      return writeFile(uri, pieces, options).catch(refuse);
    },
    async copy(from, to) {
      await makeFolder(dirname(to), made).catch(refuse);
      return linkFile(from, to).catch(refuse);
    },
    async move(from, to) {
      await makeFolder(dirname(to), made).catch(refuse);
      await rename(from, to).catch(refuse);
      await removeEmpty(dirname(from), made);
      return describe(to).catch(refuse);
    },
    async remove(uri) {
      await rm(uri, { force: true }).catch(refuse);
      await removeEmpty(dirname(uri), made);
    },
  };
}

/**
 * Depth first in code-unit order; links are followed, a folder that a link leads back to is visited once. What another
 * process removes meanwhile is not there.
 */
async function* listFiles(path: string, visited: Set<string>): AsyncGenerator<StoredObject, void, undefined> {
  const found = await stat(path).catch(missing);
  if (!found) return;
  if (!found.isDirectory()) {
    const file = found.isFile() ? await describe(path).catch(missing) : undefined;
    if (file) yield file;
    return;
  }
  const real = await realpath(path).catch(missing);
  if (real === undefined || visited.has(real)) return;
  visited.add(real);
  const entries = (await readdir(path, { withFileTypes: true }).catch(missing)) ?? [];
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  for (const name of names.sort()) yield* listFiles(join(path, name), visited);
}

async function* readFile(
  uri: string,
  range?: ByteRange,
  ifMatch?: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(uri, "r");
  try {
    const found = await file.stat({ bigint: true });
    const before = etagOf(found);
    if (ifMatch !== undefined && before !== ifMatch) throw new MaskingError("STORE_CONFLICT");
    yield* chunksOf(file, range?.start ?? 0, range?.end ?? Number(found.size));
    if (etagOf(await file.stat({ bigint: true })) !== before) throw new MaskingError("STORE_CONFLICT");
  } finally {
    await file.close();
  }
}

async function* chunksOf(file: FileHandle, start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = start; at < end; ) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, end - at));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) throw new MaskingError("INPUT_TRUNCATED", { byte: at });
    yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

async function writeFile(
  uri: string,
  pieces: AsyncIterable<Piece>,
  { ifMatch, ifNoneMatch }: { readonly ifMatch?: string; readonly ifNoneMatch?: "*" },
): Promise<StoredObject> {
  const partial = join(dirname(uri), `.phimask-${randomBytes(8).toString("hex")}`);
  try {
    const sha256 = await writePieces(partial, pieces);
    if (ifNoneMatch) await link(partial, uri);
    else if (ifMatch !== undefined) await replaceFile(partial, uri, ifMatch);
    else await rename(partial, uri);
    if (ifNoneMatch || ifMatch !== undefined) await rm(partial);
    return { ...(await describe(uri)), ...(sha256 !== undefined && { sha256 }) };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Milliseconds that a claim stands before it is taken for one of a process that died: what it guards are two calls to the disk. */
const CLAIM_MS = 300;

/**
 * Puts a file in the place of the one with this etag. Of writers that ask at once one wins: each would link its own
 * under a name that the etag makes, and moves from that name, so that who was taken for dead moves nothing of its own.
 * Who won is told by what stands.
 */
async function replaceFile(partial: string, uri: string, etag: string): Promise<void> {
  const name = createHash("sha256")
    .update(`${basename(uri)} ${etag}`)
    .digest("hex")
    .slice(0, 16);
  const claim = join(dirname(uri), `.phimask-${name}`);
  if (!(await linked(partial, claim)) && !((await cleared(claim)) && (await linked(partial, claim)))) {
    throw new MaskingError("STORE_CONFLICT");
  }
  try {
    if ((await describe(uri).catch(missing))?.etag !== etag) throw new MaskingError("STORE_CONFLICT");
    await rename(claim, uri).catch(missing);
    const [stands, own] = await Promise.all([uri, partial].map((path) => stat(path, { bigint: true })));
    if (stands!.ino !== own!.ino) throw new MaskingError("STORE_CONFLICT");
  } finally {
    await rm(claim, { force: true });
  }
}

/** Gives a file a second name; false where something has that name. */
async function linked(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** Removes a claim that stands longer than a living process needs it, told by no clock of the wall; false where it went or lives. */
async function cleared(claim: string): Promise<boolean> {
  const before = await stat(claim, { bigint: true }).catch(missing);
  await pause(CLAIM_MS);
  const now = await stat(claim, { bigint: true }).catch(missing);
  if (!before || !now || before.ino !== now.ino || before.ctimeNs !== now.ctimeNs) return false;
  await rm(claim, { force: true });
  return true;
}

/** The file under a second name, or a copy where the disk cannot give it one. */
async function linkFile(from: string, to: string): Promise<StoredObject> {
  const partial = join(dirname(to), `.phimask-${randomBytes(8).toString("hex")}`);
  try {
    await link(from, partial).catch((error: NodeJS.ErrnoException) => {
      if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "ENOSYS"].includes(error.code ?? "")) throw error;
      return copyFile(from, partial, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    });
    await rename(partial, to);
  } finally {
    await rm(partial, { force: true }); // a rename onto the same file leaves both names
  }
  return describe(to);
}

async function makeFolder(folder: string, made: Set<string>): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  for (let at = folder; first !== undefined && at.length >= first.length; at = dirname(at)) made.add(at);
}

async function removeEmpty(folder: string, made: Set<string>): Promise<void> {
  for (let at = folder; made.has(at); at = dirname(at)) {
    const gone = await rmdir(at).then(
      () => true,
      () => false, // not empty, or another took it already: both are fine
    );
    if (!gone) return;
    made.delete(at);
  }
}

async function describe(uri: string): Promise<StoredObject> {
  const found = await stat(uri, { bigint: true });
  if (found.isDirectory()) throw Object.assign(new Error(), { code: "ENOENT", syscall: "stat" }); // no object
  return { uri, size: Number(found.size), etag: etagOf(found) };
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") refuse(error);
}

async function* guarded<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    refuse(error);
  }
}

/** A system error's message holds a path; ours holds none. */
function refuse(error: unknown): never {
  if (error instanceof MaskingError) throw error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) throw error; // of whoever makes the pieces, not of the disk
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") throw new MaskingError("STORE_DENIED");
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") throw new MaskingError("STORE_FULL");
  if (code === "EEXIST") throw new MaskingError("STORE_CONFLICT");
  if (code === "ENOENT") throw new MaskingError("STORE_CONFLICT");
  throw new MaskingError("STORE_FAILED");
}
