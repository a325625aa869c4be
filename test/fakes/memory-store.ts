import { createHash } from "node:crypto";
import { MaskingError } from "../../src/errors.ts";
import type { ObjectStore, Piece, StoredObject } from "../../src/types.ts";

const CHUNK = 1 << 20;

interface Kept {
  readonly bytes: Buffer;
  readonly etag: string;
}

export interface MemoryStore extends ObjectStore {
  readonly objects: Map<string, Kept>;
  /** Calls so far, by the operation's name. */
  readonly calls: Map<string, number>;
}

/** A store in memory: as the contract says, and fast. */
export function memoryStore(): MemoryStore {
  const objects = new Map<string, Kept>();
  const calls = new Map<string, number>();
  let writes = 0;
  const counted = (operation: string) => calls.set(operation, (calls.get(operation) ?? 0) + 1);
  const described = (uri: string, { bytes, etag }: Kept): StoredObject => ({ uri, size: bytes.length, etag });
  const present = (uri: string, etag?: string): Kept => {
    const found = objects.get(uri);
    if (!found || (etag !== undefined && found.etag !== etag)) throw new MaskingError("STORE_CONFLICT");
    return found;
  };
  const put = (uri: string, bytes: Buffer): StoredObject => {
    const kept = { bytes, etag: `${++writes}` };
    objects.set(uri, kept);
    return described(uri, kept);
  };
  const within = (piece: Piece): Uint8Array => {
    if (piece instanceof Uint8Array) return Buffer.from(piece);
    const { uri, etag, start, end } = piece.copy;
    return present(uri, etag).bytes.subarray(start, end);
  };

  return {
    name: "memory",
    objects,
    calls,
    async *list(prefix) {
      counted("list");
      const below = (uri: string) => uri === prefix || uri.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
      for (const uri of [...objects.keys()].filter(below).sort()) {
        const found = objects.get(uri);
        if (found) yield described(uri, found);
      }
    },
    async head(uri) {
      counted("head");
      const found = objects.get(uri);
      return found && described(uri, found);
    },
    async *read(uri, { range, ifMatch } = {}) {
      counted("read");
      const { bytes } = present(uri, ifMatch);
      const { start, end } = range ?? { start: 0, end: bytes.length };
      if (end > bytes.length) throw new MaskingError("INPUT_TRUNCATED", { byte: bytes.length });
      for (let at = start; at < end; at += CHUNK) yield Buffer.from(bytes.subarray(at, Math.min(at + CHUNK, end)));
    },
    async write(uri, pieces, { ifMatch, ifNoneMatch } = {}) {
      counted("write");
      const parts: Uint8Array[] = [];
      for await (const piece of pieces) parts.push(within(piece));
      if (ifNoneMatch && objects.has(uri)) throw new MaskingError("STORE_CONFLICT");
      if (ifMatch !== undefined) present(uri, ifMatch);
      const bytes = Buffer.concat(parts);
      return { ...put(uri, bytes), sha256: createHash("sha256").update(bytes).digest("hex") };
    },
    async copy(from, to) {
      counted("copy");
      return put(to, present(from).bytes);
    },
    async move(from, to) {
      counted("move");
      const { bytes } = present(from);
      const moved = put(to, bytes);
      if (from !== to) objects.delete(from);
      return moved;
    },
    async remove(uri) {
      counted("remove");
      objects.delete(uri);
    },
  };
}
