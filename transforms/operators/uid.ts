import { MaskingError } from "../../src/errors.ts";
import { canonicalOf, textType } from "./canonical.ts";
import type { Key } from "./key.ts";
import { type ValueOperator, valueOperator } from "./value.ts";

/**
 * The UID that stands for another: `2.25.` and 128 bits of its HMAC as a decimal number (DICOM PS3.5, B.2). The same UID
 * has the same answer in every table, image and run of a key. UIDs that DICOM itself defines stay, blank ones too.
 */
export function uidSurrogate(uid: string, key: Key): string {
  const plain = uid.trim();
  if (plain === "" || isStandardUid(plain)) return uid;
  return `2.25.${BigInt(`0x${Buffer.from(key.hmac("uid", plain).subarray(0, 16)).toString("hex")}`)}`;
}

/** A column of DICOM UIDs; the images of the row get the same ones. */
export function uid(key: Key): ValueOperator {
  return valueOperator({
    name: "uid",
    on(type) {
      const canonical = canonicalOf(type);
      if (!canonical) throw new MaskingError("COLUMN_TYPE");
      return { type: textType(type), nulls: false, mask: (value) => uidSurrogate(canonical(value), key) };
    },
  });
}

/** Classes, transfer syntaxes, coding schemes. */
function isStandardUid(uid: string): boolean {
  return uid.startsWith("1.2.840.10008.") && uid.length < 40;
}
