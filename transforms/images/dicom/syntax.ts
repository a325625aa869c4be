import { type Encoding, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from "./element.ts";

/** How the frames of a transfer syntax are compressed; `none` where samples stand as they are. */
export type Compression =
  | "none"
  | "deflate"
  | "rle"
  | "jpeg"
  | "jpeg12"
  | "jpeg-lossless"
  | "jpeg-ls"
  | "jpeg-2000"
  | "htj2k";

/** A transfer syntax (PS3.5, annex A). */
export interface Syntax {
  readonly uid: string;
  readonly encoding: Encoding;
  readonly deflated: boolean;
  readonly compression: Compression;
  /** True where every stream of this syntax is lossless. */
  readonly lossless: boolean;
}

const JPEG = "1.2.840.10008.1.2.4.";

export const IMPLICIT_LITTLE_UID = "1.2.840.10008.1.2";
export const EXPLICIT_LITTLE_UID = "1.2.840.10008.1.2.1";
export const EXPLICIT_BIG_UID = "1.2.840.10008.1.2.2";
export const DEFLATED_UID = "1.2.840.10008.1.2.1.99";

const COMPRESSED: Readonly<Record<string, readonly [Compression, lossless: boolean]>> = {
  "1.2.840.10008.1.2.5": ["rle", true],
  "1.2.840.10008.1.2.8.1": ["deflate", true],
  [`${JPEG}50`]: ["jpeg", false],
  [`${JPEG}51`]: ["jpeg12", false],
  [`${JPEG}57`]: ["jpeg-lossless", true],
  [`${JPEG}70`]: ["jpeg-lossless", true],
  [`${JPEG}80`]: ["jpeg-ls", true],
  [`${JPEG}81`]: ["jpeg-ls", false],
  [`${JPEG}90`]: ["jpeg-2000", true],
  [`${JPEG}91`]: ["jpeg-2000", false],
  [`${JPEG}201`]: ["htj2k", true],
  [`${JPEG}202`]: ["htj2k", true],
  [`${JPEG}203`]: ["htj2k", false],
};

/** The transfer syntax of a UID; undefined for one that is not read: video, JPIP, JPEG XL, private ones. */
export function syntaxOf(uid: string): Syntax | undefined {
  const plain = { uid, deflated: false, compression: "none", lossless: true } as const;
  if (uid === IMPLICIT_LITTLE_UID) return { ...plain, encoding: IMPLICIT_LITTLE };
  if (uid === EXPLICIT_LITTLE_UID) return { ...plain, encoding: EXPLICIT_LITTLE };
  if (uid === EXPLICIT_BIG_UID) return { ...plain, encoding: EXPLICIT_BIG };
  if (uid === DEFLATED_UID) return { ...plain, encoding: EXPLICIT_LITTLE, deflated: true };
  const found = Object.hasOwn(COMPRESSED, uid) ? COMPRESSED[uid] : undefined;
  return found && { ...plain, encoding: EXPLICIT_LITTLE, compression: found[0], lossless: found[1] };
}
