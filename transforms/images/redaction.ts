/** One image from its bytes to its masked bytes: recognised, read, decided, covered. */
import { MaskingError } from "../../src/errors.ts";
import type {
  Box,
  FaceFinder,
  ImageFormat,
  OpenImage,
  Page,
  Redaction,
  TextReader,
  Word,
} from "../../src/image-types.ts";
import type { Finding, Masked, RunContext } from "../../src/types.ts";
import type { KnownValue } from "../detect/known.ts";
import { unchanged } from "../operators/apply.ts";
import type { Cover, Covered, ReadPage } from "./boxes.ts";
import type { RowFacts } from "./links.ts";

/** How the images of one column are masked. */
export interface ImageMasking {
  /** Asked in order; the first that knows the bytes opens them. */
  readonly formats: readonly ImageFormat[];
  /** Words of any of them count. None where no text is to be looked for but in what the file carries. */
  readonly readers: readonly TextReader[];
  readonly faces: readonly FaceFinder[];
  readonly cover: Cover;
  readonly fill: readonly [number, number, number];
  /** True: formats that can (PDF) get a layer of the words that stay. */
  readonly searchable: boolean;
  /** Masks texts as a text column of the job: what a format carries and keeps. */
  maskText(texts: readonly string[], facts: RowFacts, run: RunContext): Promise<readonly Masked[]>;
}

export interface MaskedImage {
  readonly format: ImageFormat;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** For counting. */
  readonly found: readonly Finding[];
}

/**
 * The image masked, with what its rows say of it. Throws IMAGE_UNSUPPORTED where no format knows the bytes, and what
 * `ImageFormat` and readers throw; whatever else goes wrong in them is IMAGE_UNREADABLE. Also while `bytes` is read:
 * nothing of it may be kept then.
 */
export async function maskImageBytes(
  bytes: Uint8Array,
  facts: RowFacts,
  masking: ImageMasking,
  run: RunContext,
): Promise<MaskedImage> {
  const format = masking.formats.find(({ headBytes, matches }) => matches(bytes.subarray(0, headBytes)));
  if (!format) throw new MaskingError("IMAGE_UNSUPPORTED");
  return guarded(async () => {
    const image = await format.open(bytes, run);
    const known = [...facts.known, ...knownIn(image)];
    const subject = facts.subject ?? image.subject ?? null;
    const pages = await readPages(image, masking, run);
    const covered = await masking.cover(
      pages.flatMap(({ readings }) => readings),
      { known, carried: image.carried },
      run,
    );
    const { boxes, words, found } = decided(pages, covered);
    const how: Redaction = {
      boxes,
      fill: masking.fill,
      ...(masking.searchable && { words }),
      subject: { id: subject },
      known,
      maskText: (texts) => masking.maskText(texts, { subject, known }, run),
    };
    return { format, found, bytes: guardedStream(image.redact(how)) };
  }, run);
}

/** A page as every reader saw it, in each of its views. */
interface SeenPage {
  readonly readings: readonly ReadPage[];
  readonly faces: readonly Box[];
}

async function readPages(
  image: OpenImage,
  { readers, faces }: ImageMasking,
  run: RunContext,
): Promise<readonly SeenPage[]> {
  const pages: SeenPage[] = [];
  for await (const page of image.pages()) {
    run.signal.throwIfAborted();
    pages.push({
      readings: await readingsOf(page, readers, run),
      faces: (await Promise.all(faces.map((finder) => finder.find(page, run)))).flat(),
    });
  }
  return pages;
}

async function readingsOf(
  { views = [], words: told, ...page }: Page,
  readers: readonly TextReader[],
  run: RunContext,
): Promise<readonly ReadPage[]> {
  const readings: ReadPage[] = [];
  for (const raster of [page, ...views]) {
    for (const reader of readers) {
      readings.push({ width: page.width, height: page.height, words: await reader.read(raster, run) });
    }
  }
  if (told && told.length > 0) readings.push({ width: page.width, height: page.height, words: told, told: true });
  return readings;
}

interface Decision {
  readonly boxes: readonly (readonly Box[])[];
  readonly words: NonNullable<Redaction["words"]>;
  readonly found: readonly Finding[];
}

function decided(pages: readonly SeenPage[], covered: readonly Covered[]): Decision {
  let next = 0;
  const decisions = pages.map(({ readings, faces }) => {
    const own = readings.map((reading) => ({ reading, covered: covered[next++]! }));
    const boxes = [...own.flatMap((each) => each.covered.boxes), ...faces];
    // One place that several readers saw counts once.
    const found = own
      .map((each) => each.covered.found)
      .reduce((most, each) => (each.length > most.length ? each : most), []);
    return { boxes, found, words: own[0] ? stayingWords(own[0].reading.words, own[0].covered.words, boxes) : [] };
  });
  return {
    boxes: decisions.map(({ boxes }) => boxes),
    words: decisions.map(({ words }) => words),
    found: decisions.flatMap(({ found }) => found),
  };
}

/** Words that no box of any reader touches. */
function stayingWords(
  words: readonly Word[],
  covered: readonly boolean[],
  boxes: readonly Box[],
): NonNullable<Redaction["words"]>[number] {
  return words
    .filter((word, i) => !covered[i] && !boxes.some((box) => touches(word, box)))
    .map(({ text, polygon, score, line }) => ({ text: unchanged(text), polygon, score, line }));
}

function touches({ polygon }: Word, { x, y, width, height }: Box): boolean {
  const [xs, ys] = [polygon.map((point) => point.x), polygon.map((point) => point.y)];
  return Math.min(...xs) < x + width && x < Math.max(...xs) && Math.min(...ys) < y + height && y < Math.max(...ys);
}

function knownIn({ known = [] }: OpenImage): readonly KnownValue[] {
  return known;
}

/** A decoder's own words may hold a piece of the image. */
async function guarded<T>(work: () => Promise<T>, run: RunContext): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (run.signal.aborted) throw new MaskingError("STOPPED");
    throw error instanceof MaskingError ? error : new MaskingError("IMAGE_UNREADABLE");
  }
}

async function* guardedStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* bytes;
  } catch (error) {
    throw error instanceof MaskingError ? error : new MaskingError("IMAGE_UNREADABLE");
  }
}
