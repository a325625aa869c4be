import { createHash, createHmac, hash } from "node:crypto";
import { MaskingError } from "../../src/errors.ts";

/** The secret behind every pseudonym, as far as operators may use it: it never comes out again. */
export interface Key {
  /** 16 hex characters that tell keys apart and say nothing about them. */
  readonly fingerprint: string;
  /** HMAC-SHA-256, 32 bytes, under a key of this purpose's own. Parts are kept apart: (`ab`) is not (`a`, `b`). */
  hmac(purpose: string, ...parts: readonly string[]): Uint8Array;
  /** HMAC-SHA-256 of the value's UTF-8 under the secret itself, 64 lower-case hex characters: anyone with the key can rebuild it. */
  hex(value: string | Uint8Array): string;
  /** 32 bytes to encrypt with, of this purpose's own. */
  derive(purpose: string): Uint8Array;
}

/** A key from any text of at least 32 bytes of UTF-8; white space around it is not part of it. Throws KEY_WEAK. */
export function keyOf(secret: string): Key {
  const bytes = Buffer.from(secret.trim(), "utf8");
  if (bytes.length < 32) throw new MaskingError("KEY_WEAK");
  const whole = macOf(bytes);
  const macs = new Map<string, Mac>();
  // Another function than `hex` uses, so that no hash in a table can equal a derived key.
  const derive = (purpose: string): Uint8Array =>
    createHmac("sha512", bytes).update(`phimask 1 ${purpose}`).digest().subarray(0, 32);
  const macFor = (purpose: string): Mac => {
    const made = macs.get(purpose) ?? macOf(derive(purpose));
    macs.set(purpose, made);
    return made;
  };
  return {
    fingerprint: macFor("fingerprint").hex("").slice(0, 16),
    hmac: (purpose, ...parts) => macFor(purpose).bytes(parts.map((part) => `${part.length}:${part}`).join("")),
    hex: (value) => whole.hex(value),
    derive,
  };
}

/** A number from 0 up to `below`, at most 2^40, that a MAC's bytes choose; `at` tells several choices apart, 0 to 4. */
export function choice(mac: Uint8Array, below: number, at = 0): number {
  let number = 0;
  for (let i = at * 6; i < at * 6 + 6; i++) number = number * 256 + mac[i]!;
  return number % below;
}

interface Mac {
  hex(message: string | Uint8Array): string;
  bytes(message: string): Uint8Array;
}

const BLOCK = 64;
const ROOM = 4096;

/** HMAC-SHA-256 (RFC 2104) as two one-shot hashes over padded buffers: half the time of createHmac on short values. */
function macOf(key: Uint8Array): Mac {
  const padded = new Uint8Array(BLOCK);
  padded.set(key.length > BLOCK ? createHash("sha256").update(key).digest() : key);
  const inner = Buffer.alloc(BLOCK + ROOM);
  const outer = Buffer.alloc(BLOCK + 32);
  for (let i = 0; i < BLOCK; i++) {
    inner[i] = padded[i]! ^ 0x36;
    outer[i] = padded[i]! ^ 0x5c;
  }
  const head = Buffer.from(inner.subarray(0, BLOCK));
  const fill = (message: string | Uint8Array): void => {
    const digest = hash("sha256", framed(message), "binary");
    for (let i = 0; i < 32; i++) outer[BLOCK + i] = digest.charCodeAt(i);
  };
  const framed = (message: string | Uint8Array): Uint8Array => {
    if (typeof message === "string" && message.length * 3 <= ROOM) {
      return inner.subarray(0, BLOCK + inner.write(message, BLOCK, "utf8"));
    }
    return Buffer.concat([head, typeof message === "string" ? Buffer.from(message, "utf8") : message]);
  };
  return {
    hex(message) {
      fill(message);
      return hash("sha256", outer, "hex");
    },
    bytes(message) {
      fill(message);
      // Quicker than asking for a buffer.
      return Buffer.from(hash("sha256", outer, "binary"), "latin1");
    },
  };
}
