import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { ImageFormat } from "../../src/image-types.ts";
import { collect } from "../../src/stream.ts";
import { gifFormat } from "../../transforms/images/gif.ts";
import { jpegFormat } from "../../transforms/images/jpeg.ts";
import { pngFormat } from "../../transforms/images/png.ts";
import { tiffFormat } from "../../transforms/images/tiff.ts";
import { webpFormat } from "../../transforms/images/webp.ts";
import { BOX, redacted } from "../contracts/image-format.ts";
import { quietRun } from "../fakes/images.ts";
import { planted, TOKEN } from "../fakes/planted-images.ts";

const LIMITS = { megapixels: 20, pages: 10 };
const formats: readonly ImageFormat[] = [jpegFormat, pngFormat, tiffFormat, webpFormat, gifFormat].map((make) =>
  make(LIMITS),
);
const formatOf = (bytes: Uint8Array) => formats.find((format) => format.matches(bytes.subarray(0, format.headBytes)))!;
const has = (tool: string): boolean => {
  try {
    execFileSync(tool, ["-ver"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** The bytes, and whatever of them a reader can inflate. */
function everyByte(bytes: Buffer): string {
  const parts = [bytes.toString("latin1")];
  for (let at = bytes.indexOf(0x78); at >= 0; at = bytes.indexOf(0x78, at + 1)) {
    try {
      parts.push(inflateSync(bytes.subarray(at), { maxOutputLength: 1e7 }).toString("latin1"));
    } catch {
      // no stream starts here
    }
  }
  return parts.join("\n");
}

describe("nothing but pixels leaves an image", () => {
  it.each(Object.keys(planted))("%s: what was planted is read, and gone from every byte", async (name) => {
    const bytes = await planted[name]!();
    expect(everyByte(bytes)).toContain(TOKEN);
    const image = await formatOf(bytes).open(bytes, quietRun());
    expect(image.carried.join(" ")).toContain(TOKEN);
    const pages = await collect(image.pages());
    for (const boxes of [pages.map(() => []), pages.map(() => [BOX])]) {
      const out = Buffer.from(await redacted(image, boxes));
      for (const said of [TOKEN, Buffer.from(TOKEN, "utf16le").toString("latin1")])
        expect(everyByte(out)).not.toContain(said);
    }
  });
});

/** Tags that a picture cannot do without, or that exiftool makes up from the file itself. */
const HARMLESS = new RegExp(
  `^(${[
    "SourceFile|ExifTool:.*|File:.*|Composite:(ImageSize|Megapixels)|JFIF:(JFIFVersion|ResolutionUnit|XResolution|YResolution)",
    "APP14:(DCTEncodeVersion|APP14Flags0|APP14Flags1|ColorTransform)",
    "PNG:(ImageWidth|ImageHeight|BitDepth|ColorType|Compression|Filter|Interlace|Gamma|SRGBRendering|Palette|Transparency|PixelsPerUnitX|PixelsPerUnitY|PixelUnits)",
    "EXIF:(ImageWidth|ImageHeight|BitsPerSample|Compression|PhotometricInterpretation|StripOffsets|SamplesPerPixel|RowsPerStrip|StripByteCounts|XResolution|YResolution|PlanarConfiguration|ResolutionUnit|ExtraSamples|SampleFormat)",
    "RIFF:(ImageWidth|ImageHeight|VP8Version|HorizontalScale|VerticalScale|AlphaIsUsed|WebP_Flags|BackgroundColor|AnimationLoopCount|FrameCount|Duration|ImageVersion|AlphaPreprocessing|AlphaFiltering|AlphaCompression)",
    "GIF:(GIFVersion|ImageWidth|ImageHeight|HasColorMap|ColorResolutionDepth|BitsPerPixel|BackgroundColor|AnimationIterations|FrameCount|Duration|TransparentColor)",
  ].join("|")})$`,
);

const IMAGING = process.env["PHIMASK_IMAGING"] ?? join(process.cwd(), "../shared/imaging");
const photographs = (() => {
  try {
    return readdirSync(join(IMAGING, "exif"), { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.(jpe?g|tiff)$/.test(file),
    );
  } catch {
    return [];
  }
})();
if (photographs.length === 0)
  process.stderr.write("images: no development set of photographs, so exiftool judges made ones alone\n");
const exiftool = has("exiftool");
if (!exiftool) process.stderr.write("images: exiftool is not installed, so tags are not judged by it\n");

describe("exiftool", () => {
  const folder = mkdtempSync(join(tmpdir(), "phimask-exif-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.runIf(exiftool)("sees no tag in made files and in photographs but those of the pixels", async () => {
    const files: (readonly [string, () => Promise<Buffer>])[] = [
      ...Object.entries(planted),
      ...photographs.map((file) => [file, async () => readFileSync(join(IMAGING, "exif", file))] as const),
    ];
    let written = 0;
    for (const [name, make] of files) {
      const bytes = await make();
      try {
        const image = await formatOf(bytes).open(bytes, quietRun());
        writeFileSync(join(folder, `${written++}-${name.replaceAll("/", "_")}`), await redacted(image, []));
      } catch (error) {
        expect(error instanceof MaskingError && error.code, name).toBe("IMAGE_UNREADABLE");
      }
    }
    expect(written).toBeGreaterThan(photographs.length > 0 ? 55 : 5);
    const all = readdirSync(folder).map((file) => join(folder, file)); // of a folder it takes known suffixes alone
    const told = execFileSync("exiftool", ["-j", "-G", "-a", "-u", ...all], {
      maxBuffer: 1e8,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const tags = (JSON.parse(told) as Record<string, unknown>[]).flatMap((file) =>
      Object.keys(file)
        .filter((tag) => !HARMLESS.test(tag))
        .map((tag) => `${file["SourceFile"]} ${tag}`),
    );
    expect(tags).toEqual([]);
  });
});
