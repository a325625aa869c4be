import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { ImageFormat } from "../../src/image-types.ts";
import { bytesOf } from "../../src/stream.ts";
import { gifFormat } from "../../transforms/images/gif.ts";
import { jpegFormat } from "../../transforms/images/jpeg.ts";
import { pdfFormat } from "../../transforms/images/pdf.ts";
import { pngFormat } from "../../transforms/images/png.ts";
import { maskImageBytes } from "../../transforms/images/redaction.ts";
import { tiffFormat } from "../../transforms/images/tiff.ts";
import { webpFormat } from "../../transforms/images/webp.ts";
import { made, quietRun } from "../fakes/images.ts";
import { mutant } from "../fakes/mutants.ts";
import { letter } from "../fakes/pdf.ts";
import { planted, TOKEN } from "../fakes/planted-images.ts";

const LIMITS = { megapixels: 1, pages: 20 };
const formats: readonly ImageFormat[] = [jpegFormat, pngFormat, tiffFormat, webpFormat, gifFormat, pdfFormat].map(
  (format) => format(LIMITS),
);
const masking = {
  formats,
  readers: [],
  faces: [],
  cover: async (pages: readonly unknown[]) => pages.map(() => ({ boxes: [], words: [], found: [] })),
  fill: [0, 0, 0] as const,
  searchable: false,
  maskText: async () => [],
};

/** How many of each kind: PHIMASK_MUTANTS=1000 for what a release is measured with. */
const COUNT = Number(process.env["PHIMASK_MUTANTS"] ?? 200);
/** Milliseconds; a thousand files take longer than a test may. */
const TIMEOUT = 120_000 + COUNT * 1000;
const kinds = [
  ...Object.entries(planted).map(([name, make]) => [name, make, COUNT] as const),
  ["palette", made.palette, COUNT] as const,
  ["fax", () => made.grey().threshold().tiff({ compression: "ccittfax4", bitdepth: 1 }).toBuffer(), COUNT] as const,
  ["pdf", async () => letter(TOKEN), COUNT / 4] as const, // a library of its own for each takes time
];

describe("damaged files", () => {
  it.each(kinds)(
    "%s: each is masked or refused, and none passes as it was",
    async (name, make, count) => {
      const whole = await make();
      const outcomes: Record<string, number> = {};
      let slowest = 0;
      for (let number = 0; number < count; number++) {
        const bytes = mutant(whole, number);
        const start = process.hrtime.bigint();
        const outcome = await maskImageBytes(bytes, { subject: null, known: [] }, masking, quietRun())
          .then(async (image) => {
            const out = Buffer.from(await bytesOf(image.bytes));
            return out.includes(TOKEN) || out.equals(bytes) ? `LEAKS ${number}` : "masked";
          })
          .catch((error: unknown) => (error instanceof MaskingError ? error.code : `${number}: ${String(error)}`));
        slowest = Math.max(slowest, Number(process.hrtime.bigint() - start) / 1e6);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      if (process.env["PHIMASK_MUTANTS"])
        process.stderr.write(`${name}: ${JSON.stringify(outcomes)}, slowest ${Math.round(slowest)} ms\n`);
      const allowed = ["masked", "IMAGE_UNREADABLE", "IMAGE_UNSUPPORTED", "IMAGE_TOO_LARGE"];
      expect(Object.keys(outcomes).filter((outcome) => !allowed.includes(outcome))).toEqual([]);
      expect(outcomes["IMAGE_UNREADABLE"]).toBeGreaterThan(0);
    },
    TIMEOUT,
  );
});
