import { createCipheriv, createDecipheriv } from "node:crypto";
import { MaskingError } from "../../src/errors.ts";
import { canonicalOf, isText, textType } from "./canonical.ts";
import type { Key } from "./key.ts";
import { type ValueOperator, valueOperator } from "./value.ts";

/** Opens every encrypted cell and is authenticated with it: the version of this layout. */
const PREFIX = "pm1.";
const NONCE = 12;
const TAG = 16;

/**
 * AES-256-GCM of the value's canonical text: `pm1.` and base64url of nonce, ciphertext and tag. The nonce is the start
 * of an HMAC of the text, so equal values encrypt equally (they can be joined, and counted) and no nonce serves two
 * texts. Reversible by who has the key; everything else in this package is not.
 */
export function encrypt(key: Key): ValueOperator {
  const secret = key.derive("encrypt");
  return valueOperator({
    name: "encrypt",
    on(type) {
      const canonical = canonicalOf(type);
      if (!canonical) throw new MaskingError("COLUMN_TYPE");
      return { type: textType(type), nulls: false, mask: (value) => sealed(canonical(value), secret, key) };
    },
  });
}

/** The text that `encrypt` was given. A cell that it did not make under this key cannot be read. */
export function decrypt(key: Key): ValueOperator {
  const secret = key.derive("encrypt");
  return valueOperator({
    name: "decrypt",
    on(type) {
      if (!isText(type)) throw new MaskingError("COLUMN_TYPE");
      return { type, nulls: false, mask: (value) => opened(value as string, secret) };
    },
  });
}

function sealed(text: string, secret: Uint8Array, key: Key): string {
  const nonce = key.hmac("nonce", text).subarray(0, NONCE);
  const cipher = createCipheriv("aes-256-gcm", secret, nonce).setAAD(Buffer.from(PREFIX));
  const body = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return PREFIX + body.toString("base64url");
}

function opened(text: string, secret: Uint8Array): string | undefined {
  if (!/^pm1\.[\w-]+$/.test(text)) return undefined;
  const body = Buffer.from(text.slice(PREFIX.length), "base64url");
  if (body.length < NONCE + TAG || body.toString("base64url") !== text.slice(PREFIX.length)) return undefined;
  const cipher = createDecipheriv("aes-256-gcm", secret, body.subarray(0, NONCE), { authTagLength: TAG });
  cipher.setAAD(Buffer.from(PREFIX)).setAuthTag(body.subarray(-TAG));
  try {
    return Buffer.concat([cipher.update(body.subarray(NONCE, -TAG)), cipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
