import type { Key } from "../../operators/key.ts";

/**
 * The UID that stands for another: `2.25.` and 128 bits of its HMAC as a decimal number (PS3.5, B.2). The same UID has
 * the same answer in every file, table and run of a key. UIDs of the standard itself stay, blank ones too.
 */
export function uidSurrogate(uid: string, key: Key): string {
  const plain = uid.trim();
  if (plain === "" || isStandardUid(plain)) return uid;
  return `2.25.${BigInt(`0x${Buffer.from(key.hmac("uid", plain).subarray(0, 16)).toString("hex")}`)}`;
}

/** True for UIDs that DICOM itself defines: classes, transfer syntaxes, coding schemes. */
export function isStandardUid(uid: string): boolean {
  return uid.startsWith("1.2.840.10008.") && uid.length < 40;
}
