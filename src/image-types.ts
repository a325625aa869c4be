/** The nouns and the ports of images. Types only, as in `src/types.ts`. */
import type { Masked, PhiType, RunContext, Subject } from "./types.ts";

/** Pixels of one page or frame, 8 bits a sample, row by row from the top, samples of a pixel side by side. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: RGB; 4: RGB and alpha. */
  readonly channels: 1 | 3 | 4;
  /** `width * height * channels` bytes. */
  readonly data: Uint8Array;
}

/** One page or frame to look at. */
export interface Page extends Raster {
  /**
   * The same pixels as they look another way: through another window of brightness, on another ground, without their
   * transparency. As large as the page; text that shows in any of them counts.
   */
  readonly views?: readonly Raster[];
  /** Words that the file itself says stand here. They are among what it carries. */
  readonly words?: readonly Word[];
}

/** In pixels of the raster; the origin is the corner at the top left. Parts may be fractions. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An upright rectangle in pixels of the raster. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A word as a reader of text sees it. */
export interface Word {
  readonly text: string;
  /** What a second reader saw at the same place, where it differs. */
  readonly also?: readonly string[];
  /** Four corners, clockwise from the corner at the top left of the text as it is read. */
  readonly polygon: readonly Point[];
  /** How sure the reader is, 0 to 1. */
  readonly score: number;
  /** Words of one line share it; lines count up in reading order. */
  readonly line: number;
}

/** Reads the text of a raster: words in reading order. Throws where the raster could not be read as a whole. */
export interface TextReader {
  readonly name: string;
  readonly version: string;
  read(image: Raster, run: RunContext): Promise<readonly Word[]>;
  /** Asks a service once, so that its model is part of `version`. */
  readonly ready?: (run: RunContext) => Promise<void>;
}

/** Finds faces in a raster, whichever way up it is. */
export interface FaceFinder {
  readonly name: string;
  readonly version: string;
  find(image: Raster, run: RunContext): Promise<readonly Box[]>;
}

/** A value that tells who somebody is, wherever it stands; a name unless told. */
export interface KnownText {
  readonly value: string;
  readonly type?: PhiType;
}

/** How an image is to be redacted, decided page by page. */
export interface Redaction {
  /** What to cover, by page: one list for each raster of `pages`, in order. */
  readonly boxes: readonly (readonly Box[])[];
  /** Red, green, blue, 0 to 255. */
  readonly fill: readonly [number, number, number];
  /** Masked words by page, where the job asks for a text layer (PDF). */
  readonly words?: readonly (readonly (Omit<Word, "text" | "also"> & { readonly text: Masked })[])[];
  /** The person whom the image is about. */
  readonly subject: Subject;
  /** Values of the row: what the file carries and keeps is searched for them, whatever `maskText` finds. */
  readonly known?: readonly KnownText[];
  /** Masks texts that the file itself carries and keeps (DICOM descriptors, SR), as the job masks a text column. */
  maskText(texts: readonly string[]): Promise<readonly Masked[]>;
}

/** An image that was opened and checked against the limits. */
export interface OpenImage {
  /** Every page or frame, oriented as it is looked at, one at a time. May be called more than once. */
  pages(): AsyncIterable<Page>;
  /** Text that the file carries beside its pixels (EXIF, XMP, PDF text, DICOM header): where PHI may be told. */
  readonly carried: readonly string[];
  /** Who the file itself says it is about (DICOM's PatientName and the like): looked for in its pixels and texts. */
  readonly known?: readonly KnownText[];
  /** The person whom the file itself says it is about, where it is masked by that and not by a row. */
  readonly subject?: string | null;
  /** The image with boxes filled, and with nothing else of the original than pixels and what is known to be harmless. */
  redact(how: Redaction): AsyncIterable<Uint8Array>;
}

/** One kind of image file, told by its bytes and never by its name. */
export interface ImageFormat {
  readonly name: string;
  /** Suffix of the masked file, dot included. */
  readonly suffix: string;
  /** How many bytes `matches` needs to see. */
  readonly headBytes: number;
  matches(head: Uint8Array): boolean;
  /** Throws IMAGE_UNREADABLE, IMAGE_UNSUPPORTED or IMAGE_TOO_LARGE: then nothing of it may be written. */
  open(bytes: Uint8Array, run: RunContext): Promise<OpenImage>;
}
