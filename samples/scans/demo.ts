/** `npm run demo:scans`: makes the scans, masks them by the built command, and shows before and after in one picture. */
import { spawnSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { pdfFormat } from "phimask/transforms/images/pdf";
import sharp, { type Sharp } from "sharp";
import { DATA, makeScans } from "./make.ts";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const COMMAND = fileURLToPath(new URL("../../dist/src/cli.js", import.meta.url));
const [WIDTH, HEIGHT, GAP] = [560, 420, 20];
/** Made up for this demo: what is masked here is made up as well. */
const KEY = process.env["PHIMASK_KEY"] ?? "a-key-for-this-demo-alone-0123456789";

await makeScans();
const ran = spawnSync(process.execPath, [COMMAND, "run", join(HERE, "scans.yaml"), "--full"], {
  env: { ...process.env, PHIMASK_KEY: KEY },
  stdio: "inherit",
});
if (ran.status !== 0) process.exit(ran.status ?? 1);
const [before, after] = [
  await linksOf(join(DATA, "visits.csv"), DATA),
  await linksOf(join(HERE, "out/visits.csv"), join(HERE, "out")),
];
const pairs: (readonly [Buffer, Buffer])[] = [];
for (const [i, file] of before.entries()) {
  const [was, is] = [await picturesOf(file), await picturesOf(after[i]!)];
  for (const [page, picture] of was.entries()) pairs.push([picture, is[page]!]);
}
await mkdir(join(HERE, "out"), { recursive: true });
const sheet = join(HERE, "out/before-after.png");
await sharp({
  create: {
    width: 2 * WIDTH + 3 * GAP,
    height: pairs.length * (HEIGHT + GAP) + GAP,
    channels: 3,
    background: "#888888",
  },
})
  .composite(
    pairs.flatMap((pair, row) =>
      pair.map((input, side) => ({ input, left: GAP + side * (WIDTH + GAP), top: GAP + row * (HEIGHT + GAP) })),
    ),
  )
  .png()
  .toFile(sheet);
console.log(`Before on the left, after on the right: ${relative(process.cwd(), sheet)}
The masked table: ${relative(process.cwd(), join(HERE, "out/visits.csv"))}
The people are made up. On your own scans look at a sample before release: readers miss text.`);

/** Files that a table links to. */
async function linksOf(table: string, folder: string): Promise<readonly string[]> {
  const [, ...rows] = (await readFile(table, "utf8")).trim().split("\n");
  return rows
    .map((row) => row.split(",").at(-1)!)
    .filter((link) => link !== "")
    .map((link) => join(folder, link));
}

/** A picture for each page, as large as its place on the sheet. */
async function picturesOf(file: string): Promise<readonly Buffer[]> {
  const bytes = await readFile(file);
  const fitted = (image: Sharp) =>
    image
      .autoOrient()
      .resize(WIDTH, HEIGHT, { fit: "contain", background: "#888888" })
      .toColourspace("srgb")
      .png()
      .toBuffer();
  if (!file.endsWith(".pdf")) return [await fitted(sharp(bytes))];
  const run = { signal: new AbortController().signal } as Parameters<ReturnType<typeof pdfFormat>["open"]>[1];
  const pages: Buffer[] = [];
  for await (const { width, height, channels, data } of (
    await pdfFormat({ megapixels: 50, pages: 20 }).open(bytes, run)
  ).pages()) {
    const upper = sharp(data, { raw: { width, height, channels } }).extract({
      left: 0,
      top: 0,
      width,
      height: Math.round(height * 0.55),
    });
    pages.push(await fitted(sharp(await upper.png().toBuffer())));
  }
  return pages;
}
