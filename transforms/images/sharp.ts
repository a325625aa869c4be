import type { Sharp, SharpOptions } from "sharp";
import { MaskingError } from "../../src/errors.ts";

/** Seconds that one decoding or encoding may take. */
const PATIENCE = 60;

/**
 * An image opened by libvips, its colours as they are stored. The package is loaded when it is first asked for.
 * Nothing is decoded yet, and no limit is left to libvips: callers check sizes first.
 */
export async function openSharp(bytes: Uint8Array, options: SharpOptions = {}): Promise<Sharp> {
  const { default: sharp } = await import("sharp");
  return sharp(bytes, { failOn: "error", limitInputPixels: false, ignoreIcc: true, ...options }).timeout({
    seconds: PATIENCE,
  });
}

/** What a call of sharp gives; whatever goes wrong in it means that the image cannot be read. */
export async function reading<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof MaskingError ? error : new MaskingError("IMAGE_UNREADABLE");
  }
}
