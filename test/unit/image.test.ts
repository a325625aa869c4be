import { Binary, Field, makeData, RecordBatch, Schema, Struct, Utf8, vectorFromArray } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { ImageFormat, TextReader } from "../../src/image-types.ts";
import { policyOf } from "../../src/policy.ts";
import { newTally } from "../../src/report.ts";
import { bytesOf, once } from "../../src/stream.ts";
import { type MaskImageOptions, maskImage } from "../../transforms/image.ts";
import { coverText } from "../../transforms/images/boxes.ts";
import type { ImagePlace } from "../../transforms/images/place.ts";
import { pngFormat } from "../../transforms/images/png.ts";
import { keyOf } from "../../transforms/operators/key.ts";
import { inkReader, painted, paintedPng } from "../fakes/ink.ts";

const KEY = keyOf("a-key-for-tests-only-0123456789abcdef");
const png = pngFormat({ megapixels: 1, pages: 1 });

interface Row {
  readonly scan: string | Uint8Array | null;
  readonly last?: string | null;
  readonly patient?: string | null;
}

function table(rows: readonly Row[]): RecordBatch {
  const bytes = rows.some(({ scan }) => scan instanceof Uint8Array);
  const fields = [
    new Field("scan", bytes ? new Binary() : new Utf8(), true),
    new Field("last", new Utf8(), true),
    new Field("patient", new Utf8(), true),
  ];
  const columns = [
    vectorFromArray(
      rows.map(({ scan }) => scan),
      bytes ? new Binary() : new Utf8(),
    ),
    vectorFromArray(
      rows.map(({ last }) => last ?? null),
      new Utf8(),
    ),
    vectorFromArray(
      rows.map(({ patient }) => patient ?? null),
      new Utf8(),
    ),
  ];
  const data = makeData({
    type: new Struct(fields),
    length: rows.length,
    children: columns.map((column) => column.data[0]!),
  });
  return new RecordBatch(new Schema(fields), data);
}

function memory(
  files: Readonly<Record<string, Uint8Array>>,
): ImagePlace & { readonly written: Map<string, Buffer>; listedNow: string[] } {
  const written = new Map<string, Buffer>();
  const place = {
    written,
    listedNow: [] as string[],
    locate: (reference: string) => {
      if (reference.startsWith("https:")) throw new MaskingError("IMAGE_UNSUPPORTED");
      return reference.replace(/^\.\//, "");
    },
    async read(uri: string) {
      const found = files[uri];
      if (!found) throw new MaskingError("IMAGE_MISSING");
      return found;
    },
    async write(paths: readonly string[], bytes: AsyncIterable<Uint8Array>) {
      const whole = Buffer.from(await bytesOf(bytes));
      for (const path of paths) written.set(path, whole);
    },
    shared: async (_: string, work: () => Promise<number>) => work(),
    reference: (path: string) => `out/${path}`,
    async *listed() {
      yield* place.listedNow;
    },
    async list(paths: AsyncIterable<string>) {
      const now: string[] = [];
      for await (const path of paths) now.push(path);
      place.listedNow = now.sort();
    },
    has: async (path: string) => written.has(path),
    async remove(path: string) {
      written.delete(path);
    },
  };
  return place;
}

function step(
  options: Partial<MaskImageOptions> & {
    readonly readers?: readonly TextReader[];
    readonly formats?: readonly ImageFormat[];
  } = {},
) {
  const { readers = [inkReader()], formats = [png], ...rest } = options;
  const policy = policyOf("safe_harbor", { asOf: "2026-01-01" });
  return maskImage({
    leaf: "scan",
    masking: {
      formats,
      readers,
      faces: [],
      cover: coverText({ detectors: [], policy, column: "scan" }),
      fill: [0, 0, 255],
      searchable: false,
      maskText: async () => [],
    },
    hash: (...parts) => KEY.hmac("image", ...parts),
    known: [{ leaf: "last", type: "NAME" }],
    onError: "fail",
    ...rest,
  });
}

const run = () => ({ tally: newTally(), signal: new AbortController().signal });
const cells = (batch: RecordBatch) =>
  Array.from({ length: batch.numRows }, (_, i) => batch.getChild("scan")!.get(i) as string | Uint8Array | null);
const wordsOf = async (bytes: Uint8Array) => {
  const image = await png.open(bytes, run());
  for await (const page of image.pages()) return (await inkReader().read(page, run())).map(({ text }) => text);
  return [];
};
const surveyed = async (transform: ReturnType<typeof step>, ...batches: readonly RecordBatch[]) => {
  for (let more = true; more; more = transform.survey!.again()) {
    for (const batch of batches) await transform.survey!.see({ schema: batch.schema, batches: once(batch) });
  }
};
const codeOf = (failing: Promise<unknown>) =>
  failing.then(
    () => "passes",
    (error: unknown) =>
      error instanceof MaskingError ? `${error.code} ${JSON.stringify(error.place)}` : String(error),
  );

const scan = (...names: readonly string[]) =>
  paintedPng(...names.map((text, i) => ({ text, x: 10 + i * 60, y: 20 + i * 18 })));

describe("maskImage", () => {
  it("the paint is read, and is no longer where it was covered", async () => {
    expect(await wordsOf(await scan("Feeney", "CHEST"))).toEqual(["Feeney", "CHEST"]);
    expect(painted([]).data.every((value) => value === 255)).toBe(true);
  });

  it("writes a masked copy under a name that says nothing, and links to it", async () => {
    const place = memory({ "feeney_ana.png": await scan("Feeney", "CHEST") });
    const context = run();
    const masked = await step({ place }).apply(table([{ scan: "feeney_ana.png", last: "Feeney" }]), context);
    const [path] = [...place.written.keys()];
    expect(path).toMatch(/^([0-9a-f]{2})\/\1[0-9a-f]{14}\.png$/);
    expect(cells(masked)).toEqual([`out/${path}`]);
    expect(await wordsOf(place.written.get(path!)!)).toEqual(["CHEST"]);
    expect(context.tally.column("scan")).toMatchObject({ cells: 1, masked: 1, withheld: 0, found: { NAME: 1 } });
  });

  it("masks an image that many rows link to once, with what all of them know, and never twice", async () => {
    const place = memory({ "a.png": await scan("Feeney", "Okafor", "Lindqvist"), "b.png": await scan("Feeney") });
    const reader = inkReader();
    const transform = step({ place, readers: [reader] });
    const [one, two] = [
      table([
        { scan: "a.png", last: "Feeney" },
        { scan: "b.png", last: "Feeney" },
        { scan: "./a.png", last: "Okafor" },
      ]),
      table([
        { scan: "a.png", last: "Lindqvist" },
        { scan: "b.png", last: "Feeney" },
      ]),
    ];
    await surveyed(transform, one, two);
    const masked = [...cells(await transform.apply(one, run())), ...cells(await transform.apply(two, run()))];
    expect(new Set(masked).size).toBe(2);
    expect(masked[0]).toBe(masked[2]);
    expect(masked[0]).toBe(masked[3]);
    expect(reader.seen.count).toBe(2);
    for (const bytes of place.written.values()) expect(await wordsOf(bytes)).toEqual([]);
  });

  it("without a survey, rows that know different things get copies of their own", async () => {
    const place = memory({ "a.png": await scan("Feeney", "Okafor") });
    const masked = await step({ place }).apply(
      table([
        { scan: "a.png", last: "Feeney" },
        { scan: "a.png", last: "Okafor" },
        { scan: "a.png", last: "Feeney" },
      ]),
      run(),
    );
    const [first, second, third] = cells(masked) as string[];
    expect(first).toBe(third);
    expect(first).not.toBe(second);
    expect(await wordsOf(place.written.get(first!.slice(4))!)).toEqual(["Okafor"]);
    expect(await wordsOf(place.written.get(second!.slice(4))!)).toEqual(["Feeney"]);
  });

  it("masks bytes where they stand", async () => {
    const transform = step();
    const masked = await transform.apply(
      table([{ scan: await scan("Feeney", "CHEST"), last: "Feeney" }, { scan: null }, { scan: new Uint8Array() }]),
      run(),
    );
    const [bytes, none, empty] = cells(masked);
    expect(await wordsOf(bytes as Uint8Array)).toEqual(["CHEST"]);
    expect([none, (empty as Uint8Array).length]).toEqual([null, 0]);
    expect(transform.survey!.reads(masked.schema)).toEqual([]);
  });

  it.each([
    ["missing", "gone.png", "IMAGE_MISSING"],
    ["no image", "text.png", "IMAGE_UNSUPPORTED"],
    ["damaged", "half.png", "IMAGE_UNREADABLE"],
    ["too large", "large.png", "IMAGE_TOO_LARGE"],
    ["somewhere else", "https://example.org/a.png", "IMAGE_UNSUPPORTED"],
  ])("an image that is %s stops the run or is withheld, and is never passed on", async (_, link, code) => {
    const whole = await scan("Feeney");
    const large = await (await import("sharp"))
      .default({ create: { width: 1200, height: 900, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    const files = {
      "text.png": Buffer.from("Feeney, Ana"),
      "half.png": whole.subarray(0, whole.length >> 1),
      "large.png": large,
      "ok.png": whole,
    };
    const rows = table([
      { scan: "ok.png", last: "Feeney" },
      { scan: link, last: "Feeney" },
      { scan: " " },
      { scan: link, last: "Okafor" },
    ]);
    const place = memory(files);
    expect(await codeOf(step({ place }).apply(rows, run()))).toBe(
      `${code} {"column":"scan","row":2}`.replace(/^(IMAGE_UNSUPPORTED) /, "$1 "),
    );
    const context = run();
    const withholding = step({ place: memory(files), onError: "withhold" });
    await surveyed(withholding, rows);
    const masked = cells(await withholding.apply(rows, context));
    expect(masked.slice(1)).toEqual(["[WITHHELD]", " ", "[WITHHELD]"]);
    expect(context.tally.column("scan")).toMatchObject({ cells: 3, masked: 3, withheld: 2 });
  });

  it("bytes that cannot be examined become null", async () => {
    const rows = table([{ scan: Buffer.from("Feeney") }]);
    expect(await codeOf(step().apply(rows, run()))).toContain("IMAGE_UNSUPPORTED");
    const transform = step({ onError: "withhold" });
    expect(transform.plan(rows.schema).fields[0]!.nullable).toBe(true);
    expect(cells(await transform.apply(rows, run()))).toEqual([null]);
  });

  it("a reader that fails, or a format that breaks, leaves nothing behind", async () => {
    const place = memory({ "a.png": await scan("Feeney") });
    const rows = table([{ scan: "a.png" }]);
    const failing: TextReader = { name: "x", version: "1", read: async () => Promise.reject(new Error("Feeney, Ana")) };
    expect(await codeOf(step({ place, readers: [failing] }).apply(rows, run()))).toBe(
      'IMAGE_UNREADABLE {"column":"scan","row":1}',
    );
    const down: TextReader = { ...failing, read: async () => Promise.reject(new MaskingError("SERVICE_DENIED")) };
    expect(await codeOf(step({ place, readers: [down], onError: "withhold" }).apply(rows, run()))).toContain(
      "SERVICE_DENIED",
    );
    const breaking: ImageFormat = {
      ...png,
      async open(bytes, context) {
        return {
          ...(await png.open(bytes, context)),
          async *redact() {
            yield bytes.subarray(0, 9);
            throw new Error("Feeney, Ana");
          },
        };
      },
    };
    expect(await codeOf(step({ place, formats: [breaking] }).apply(rows, run()))).toContain("IMAGE_UNREADABLE");
    expect(place.written.size).toBe(0);
  });

  it("links go where no row needs them any more", async () => {
    const place = memory({ "a.png": await scan("Feeney"), "b.png": await scan("Feeney") });
    const [both, one] = [table([{ scan: "a.png" }, { scan: "b.png" }]), table([{ scan: "b.png" }])];
    const first = step({ place });
    await surveyed(first, both);
    await first.apply(both, run());
    await first.survey!.settle();
    expect(place.listedNow).toEqual([...place.written.keys()].sort());
    expect(place.written.size).toBe(2);
    const second = step({ place });
    await surveyed(second, one); // the file with b.png is unchanged: it is seen, and not masked again
    await second.survey!.settle();
    expect(place.written.size).toBe(1);
    expect(place.listedNow).toEqual([...place.written.keys()]);
    place.listedNow = []; // as after a run that died: what it wrote is found again
    const third = step({ place });
    await surveyed(third, one);
    await third.survey!.settle();
    expect(place.listedNow).toEqual([...place.written.keys()]);
  });

  it.each([
    ["links without a place", {}, "RULE_UNFIT"],
    ["no such column", { leaf: "nowhere", place: memory({}) }, "COLUMN_MISSING"],
    ["a known column that is not there", { known: [{ leaf: "nobody" }], place: memory({}) }, "COLUMN_MISSING"],
  ] as const)("refuses before a row is read: %s", (_, options, code) => {
    const { schema } = table([{ scan: "a.png" }]);
    expect(() => step(options).plan(schema)).toThrow(expect.objectContaining({ code }));
  });

  it("takes 10,000 images in little memory and tells them apart", async () => {
    const { imageLinks } = await import("../../transforms/images/links.ts");
    const accounts = imageLinks();
    const facts = (i: number) => ({ subject: null, known: [{ value: `Name${i}` }] });
    const id = (i: number) => KEY.hmac("image", String(i));
    for (let i = 0; i < 10_000; i++) accounts.see(id(i), facts(i), { folder: "" });
    for (let i = 0; i < 10_000; i += 1000) accounts.see(id(i), facts(i + 1), { folder: i === 5000 ? "b=1/" : "" });
    expect(accounts.again()).toBe(true);
    for (let i = 0; i < 10_000; i++) accounts.see(id(i), facts(i), { folder: "" });
    for (let i = 0; i < 10_000; i += 1000) accounts.see(id(i), facts(i + 1), { folder: i === 5000 ? "b=1/" : "" });
    expect(accounts.again()).toBe(false);
    expect(accounts.togetherOf(id(3))).toBeUndefined();
    expect(accounts.togetherOf(id(3000))!.known.map(({ value }) => value)).toEqual(["Name3000", "Name3001"]);
    expect([...accounts.entries()].length).toBe(10_000);
    expect([7, 4000, 5000].map((i) => accounts.foldersOf(id(i)))).toEqual([[""], [""], ["", "b=1/"]]);
    accounts.setOutcome(id(7), 3);
    expect([accounts.outcomeOf(id(7)), accounts.outcomeOf(id(8)), accounts.has(id(10_001))]).toEqual([3, 0, false]);
  });
});
