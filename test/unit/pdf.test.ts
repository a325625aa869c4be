import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { bytesOf, collect } from "../../src/stream.ts";
import type { Masked } from "../../src/types.ts";
import { boxesOfWords } from "../../transforms/images/boxesShape.ts";
import { pdfFormat } from "../../transforms/images/pdf.ts";
import { imageFormatContract, redacted } from "../contracts/image-format.ts";
import { quietRun } from "../fakes/images.ts";
import { letter, pdfOf, streamOf } from "../fakes/pdf.ts";

const format = pdfFormat({ megapixels: 4, pages: 10 });
const folder = mkdtempSync(join(tmpdir(), "phimask-pdf-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installed = (tool: string): boolean =>
  (process.env["PATH"] ?? "").split(":").some((at) => existsSync(join(at, tool)));
const judges = ["qpdf", "pdftotext", "pdfinfo"].every(installed);
if (!judges)
  process.stderr.write("pdf: qpdf and poppler-utils are not installed, so they do not judge what is written\n");

const text = (bytes: Uint8Array, ...flags: readonly string[]): string => {
  writeFileSync(join(folder, "a.pdf"), bytes);
  return execFileSync("pdftotext", [...flags, join(folder, "a.pdf"), "-"], { encoding: "utf8" });
};
const sound = (bytes: Uint8Array): string => {
  writeFileSync(join(folder, "b.pdf"), bytes);
  return execFileSync("qpdf", ["--check", join(folder, "b.pdf")], { encoding: "utf8" });
};
const open = (bytes: Uint8Array) => format.open(bytes, quietRun());
const codeOf = (failing: Promise<unknown>) =>
  failing.then(
    () => "passes",
    (error: unknown) => (error instanceof MaskingError ? error.code : String(error)),
  );

const drawing = pdfOf([
  "<< /Type /Catalog /Pages 4 0 R >>",
  streamOf("0.8 g 0 0 144 108 re f 0 g 20 20 30 40 re f 1 0 0 rg 60 10 50 50 re f"),
  "<< /Type /Page /Parent 4 0 R /MediaBox [0 0 144 108] /Contents 2 0 R >>",
  "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
]);

imageFormatContract(format, [{ name: "a drawing", make: async () => drawing, pages: 1, slack: 1 }]);

describe("PDF", () => {
  it("what a letter says is read, form fields are drawn, and the page is seen the way up that it is shown", async () => {
    const image = await open(letter("ZEBEDEE"));
    expect(image.carried.join("|")).toMatch(/ZEBEDEE and more/);
    expect(image.carried.filter((said) => said === "ZEBEDEE").length).toBe(1);
    const [first, second] = await collect(image.pages());
    expect([first!.width, first!.height, second!.width]).toEqual([600, 400, 600]);
    const inked = (top: number, bottom: number) =>
      first!.data.subarray(top * 600 * 3, bottom * 600 * 3).reduce((dark, value) => dark + (value < 100 ? 1 : 0), 0);
    expect(inked(Math.floor((144 - 78) / 0.36), Math.floor((144 - 62) / 0.36))).toBeGreaterThan(200); // the field's value
    const [turned] = await collect((await open(letter("ZEBEDEE", 90))).pages());
    expect([turned!.width, turned!.height]).toEqual([400, 600]);
  });

  it.runIf(judges)(
    "has no text, no annotation, no attachment and no metadata of the original, and is sound",
    async () => {
      const original = letter("ZEBEDEE");
      expect(text(original)).toContain("ZEBEDEE");
      const out = await redacted(await open(original), [[], []]);
      expect(text(out).replace(/\s/g, "")).toBe("");
      expect(sound(out)).toContain("No syntax or stream encoding errors");
      expect(Buffer.from(out).toString("latin1")).not.toMatch(
        /ZEBEDEE|Annot|JavaScript|EmbeddedFile|Outlines|AcroForm|Metadata|Info/,
      );
      const told = execFileSync("pdfinfo", [join(folder, "b.pdf")], { encoding: "utf8" });
      expect(told).toMatch(/Pages: +2\n/);
      expect(told).toMatch(/Page size: +216 x 144 pts/);
      expect(told).not.toMatch(/Title|Author|Producer|Creator/);
    },
  );

  it.runIf(judges)("can be searched for the words that stay, where that is asked for", async () => {
    const image = await open(letter("ZEBEDEE"));
    const box = (x: number) => [
      { x, y: 100 },
      { x: x + 80, y: 100 },
      { x: x + 80, y: 140 },
      { x, y: 140 },
    ];
    const words = ["stable", "(42%)", "naïve"].map((said, i) => ({
      text: said as Masked,
      polygon: box(100 + 90 * i),
      score: 1,
      line: 1,
    }));
    const how = {
      boxes: [[], []],
      words: [words, []],
      fill: [0, 0, 0],
      subject: { id: null },
      maskText: async () => [],
    } as const;
    const out = await bytesOf(image.redact(how));
    expect(text(out).trim()).toBe("stable (42%) naïve");
    expect(text(out, "-x", "30", "-y", "30", "-W", "35", "-H", "25").trim()).toBe("stable");
    expect(sound(out)).toContain("No syntax or stream encoding errors");
    const [page] = await collect((await open(out)).pages());
    const [before] = await collect(image.pages());
    const differs = page!.data.reduce((sum, value, i) => sum + (Math.abs(value - before!.data[i]!) > 12 ? 1 : 0), 0);
    expect(differs).toBeLessThan(20); // it shows nothing of its own
  });

  it.each([
    [
      "a page over the limit at 100 pixels an inch",
      pdfOf([
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9000 9000] >>",
      ]),
      "IMAGE_TOO_LARGE",
    ],
    ["a head without a body", Buffer.from("%PDF-1.7\n%%EOF"), "IMAGE_UNREADABLE"],
    [
      "no page at all",
      pdfOf(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"]),
      "IMAGE_UNREADABLE",
    ],
  ])("refuses %s", async (_, bytes, code) => {
    expect(await codeOf(open(bytes))).toBe(code);
    expect(await codeOf(open(drawing))).toBe("passes");
  });
});

const set = join(process.env["PHIMASK_IMAGING"] ?? join(process.cwd(), "../shared/imaging"), "pdf");
// A document of 117 pages twice is left to by-hand runs: it takes a minute.
const files = existsSync(set)
  ? readdirSync(set, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".pdf") && !file.includes("GeoTopo"))
      .sort()
  : [];
if (files.length === 0) process.stderr.write("pdf: no development set of PDF files\n");

describe("PDF files of other writers", () => {
  it.runIf(judges && files.length > 0)(
    "come out with their pages and sizes, without a character, and sound",
    async () => {
      const wide = pdfFormat({ megapixels: 200, pages: 100 });
      const seen: Record<string, number> = {};
      for (const file of files.filter((name) => !/00[1-6]-|4-pages|outline|google/.test(name))) {
        const bytes = readFileSync(join(set, file));
        const outcome = await codeOf(
          (async () => {
            const out = await redacted(await wide.open(bytes, quietRun()), []);
            expect([file, text(out).replace(/\s/g, "")]).toEqual([file, ""]);
            expect([file, sound(out)]).toEqual([file, expect.stringContaining("No syntax or stream encoding errors")]);
            expect([file, sizes(out)]).toEqual([file, sizes(bytes)]);
          })(),
        );
        seen[outcome] = (seen[outcome] ?? 0) + 1;
      }
      expect(seen).toEqual({ passes: expect.any(Number), IMAGE_UNSUPPORTED: 1 });
      expect(seen["passes"]).toBeGreaterThan(10);
    },
  );
});

/** Pages and their sizes as they are looked at, in whole points. */
function sizes(bytes: Uint8Array): readonly string[] {
  writeFileSync(join(folder, "c.pdf"), bytes);
  const told = execFileSync("pdfinfo", ["-l", "99", join(folder, "c.pdf")], { encoding: "utf8" });
  const turns = [...told.matchAll(/Page +\d+ rot: +(\d+)/g)].map((match) => Number(match[1]));
  return [...told.matchAll(/Page +\d+ size: +([\d.]+) x ([\d.]+)/g)].map((match, i) => {
    const [width, height] = [Math.round(Number(match[1])), Math.round(Number(match[2]))];
    return turns[i]! % 180 === 0 ? `${width}x${height}` : `${height}x${width}`;
  });
}

describe("what a PDF says stands where", () => {
  const said = (page: string, content: string) =>
    pdfOf([
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      `<< /Type /Page /Parent 2 0 R ${page} /Resources << /Font << /F 4 0 R >> >> /Contents 5 0 R >>`,
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      streamOf(content),
    ]);
  const line = (size: number) => `BT /F ${size} Tf 40 100 Td (Ana Feeney, born) Tj 0 -${size * 2} Td (1957) Tj ET`;
  const box = "/MediaBox [0 0 216 144]";

  it.each([
    ["upright", said(box, line(12)), 4],
    ["far too small to be read", said(box, line(2)), 4],
    [
      "on a page as small as a stamp",
      said("/MediaBox [10 80 40 110]", "BT /F 2 Tf 12 100 Td (Ana Feeney, born) Tj 0 -4 Td (1957) Tj ET"),
      4,
    ],
    ["on a page turned by a quarter", said(`${box} /Rotate 90`, line(12)), 4],
    ["on a page turned by a half", said(`${box} /Rotate 180`, line(12)), 4],
    ["on a page that is cut", said("/MediaBox [-30 -40 300 300] /CropBox [20 10 220 150]", line(12)), 4],
    ["aslant", said(box, `q 0.866 0.5 -0.5 0.866 40 -30 cm ${line(10)} Q`), 4],
    ["by a page that says nothing", said(box, "20 20 30 40 re n"), 0],
  ])("is covered %s", async (_, bytes, count) => {
    const image = await open(bytes);
    const [page] = await collect(image.pages());
    const words = page!.words ?? [];
    expect(words.map(({ text: word }) => word).sort()).toEqual(["1957", "Ana", "Feeney,", "born"].slice(0, count));
    // The paper is white and what covers is red: nothing but ink lacks red.
    const dark = (data: Uint8Array) => data.reduce((sum, value, at) => sum + (at % 3 === 0 && value < 200 ? 1 : 0), 0);
    expect(dark(page!.data) > 20).toBe(count > 0);
    const all = words.map(() => true);
    const boxes = boxesOfWords({ width: page!.width, height: page!.height, words }, all);
    const out = await redacted(image, [boxes]);
    const [after] = await collect((await open(out)).pages());
    expect(dark(after!.data)).toBe(0);
  });
});
