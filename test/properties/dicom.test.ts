import { afterAll, describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { openDicom } from "../../transforms/images/dicom/file.ts";
import { threadCodec } from "../../transforms/images/dicom/pixels/codec.ts";
import type { PixelFormat } from "../../transforms/images/dicom/pixels/format.ts";
import type { Compression } from "../../transforms/images/dicom/syntax.ts";
import { dicomOf, type Made, made } from "../fakes/dicom.ts";
import { formatOf, maskedBy } from "../fakes/dicom-run.ts";
import { said } from "../fakes/dicom-said.ts";

/** How many mutated files, and frames of each compression; `PHIMASK_FUZZ=1000` for a long run. */
const ROUNDS = Number(process.env["PHIMASK_FUZZ"] ?? 25);
/** Milliseconds. */
const PATIENCE = 60_000 + ROUNDS * 1000;
const codec = threadCodec();
afterAll(() => codec.close());

/** Numbers from a seed, so that a failure can be had again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Bytes changed, cut out, doubled or cut off. */
function mutated(bytes: Uint8Array, random: (below: number) => number, from = 0): Buffer {
  const out = Buffer.from(bytes);
  const at = from + random(out.length - from);
  switch (random(5)) {
    case 0:
      return out.subarray(0, at);
    case 1:
      return Buffer.concat([out.subarray(0, at), out.subarray(at + 1 + random(40))]);
    case 2:
      return Buffer.concat([out.subarray(0, at), out.subarray(Math.max(from, at - 40)), out.subarray(at)]);
    default:
      for (let i = random(6); i >= 0; i--) out[from + random(out.length - from)] = random(256);
      return out;
  }
}

const HEADER: readonly Made[] = [
  made(0x00080005, "CS", "ISO_IR 192"),
  made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"),
  made(0x00080018, "UI", "1.2.3"),
  made(0x00081030, "LO", "Head"),
  made(0x00081140, "SQ", {
    items: [
      [made(0x00081155, "UI", "1.2.77")],
      [made(0x00400275, "SQ", { items: [[made(0x00400007, "LO", "x")]] }, true)],
    ],
  }),
  made(0x00100010, "PN", "Plantagenet^Roe"),
  made(0x00280002, "US", [1]),
  made(0x00280004, "CS", "MONOCHROME2"),
  made(0x00280010, "US", [32]),
  made(0x00280011, "US", [32]),
  made(0x00280100, "US", [16]),
  made(0x00280101, "US", [12]),
  made(0x00280102, "US", [11]),
  made(0x00280103, "US", [0]),
];
const FORMAT: PixelFormat = {
  rows: 32,
  columns: 32,
  frames: 1,
  samples: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  signed: false,
  planar: false,
  photometric: "MONOCHROME2",
};
const VALUES = Uint16Array.from({ length: 1024 }, (_, i) => (i * 37) % 4096);

describe("mutated DICOM files", () => {
  const seeds = [
    dicomOf([...HEADER, made(0x7fe00010, "OW", [...VALUES])]),
    dicomOf([...HEADER, made(0x7fe00010, "OW", [...VALUES])], "1.2.840.10008.1.2"),
    dicomOf([...HEADER, made(0x7fe00010, "OW", [...VALUES])], "1.2.840.10008.1.2.2"),
    dicomOf([...HEADER, made(0x7fe00010, "OW", [...VALUES])], "1.2.840.10008.1.2.1.99"),
  ];
  it(
    `are refused or masked: ${ROUNDS} of each form`,
    async () => {
      const format = formatOf(codec);
      const random = randomOf(7);
      const outcomes = { refused: 0, masked: 0 };
      for (let round = 0; round < ROUNDS * seeds.length; round++) {
        const bytes = mutated(seeds[round % seeds.length]!, random, 128);
        try {
          const out = (await maskedBy(format, bytes, () => [{ x: 1, y: 1, width: 4, height: 4 }])).bytes;
          expect(openDicom(out).elements.find(({ tag }) => tag === 0x00120062)).toBeDefined();
          outcomes.masked += 1;
        } catch (error) {
          if (!(error instanceof MaskingError)) throw error;
          outcomes.refused += 1;
        }
      }
      expect(outcomes.refused).toBeGreaterThan(0);
      expect(outcomes.masked).toBeGreaterThan(0);
    },
    PATIENCE,
  );

  it("are told of by another parser too, as the masked file has it", async () => {
    const out = (await maskedBy(formatOf(codec), seeds[0]!)).bytes;
    expect(said(out).map(([tag]) => tag)).toContain("(0012,0062)");
  });
});

describe("mutated frames", () => {
  const COMPRESSIONS: readonly Compression[] = ["rle", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "htj2k"];
  it.each(COMPRESSIONS)(
    `%s: ${ROUNDS} of them end nothing and spoil no good frame`,
    async (compression) => {
      const good = await codec.encode({ format: FORMAT, values: VALUES }, compression, { rpcl: false, mct: false });
      const random = randomOf(11);
      let slowest = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const started = performance.now();
        await codec.decode(mutated(good, random), compression, FORMAT).catch((error: unknown) => {
          if (!(error instanceof MaskingError)) throw error;
        });
        slowest = Math.max(slowest, performance.now() - started);
        const { values } = await codec.decode(good, compression, FORMAT);
        expect(values.every((value, i) => value === VALUES[i])).toBe(true);
      }
      if (ROUNDS >= 1000) console.error(`${compression}: ${Math.round(slowest)} ms for the slowest frame`);
    },
    PATIENCE,
  );
});
