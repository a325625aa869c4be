import { afterAll, describe, expect, it } from "vitest";
import type { TextReader } from "../../src/image-types.ts";
import { openReader } from "../../src/job/readers.ts";
import { embeddedReader } from "../../transforms/read/embedded.ts";
import { runOf } from "../fakes/rows.ts";

const raster = { width: 64, height: 64, channels: 1 as const, data: new Uint8Array(64 * 64) };
/** Stripes of many widths, which take an engine some time. */
const striped = {
  ...{ width: 1200, height: 900, channels: 1 as const },
  data: Uint8Array.from({ length: 1200 * 900 }, (_, i) => ((i % 1200) * ((i / 1200) | 0)) % 251),
};
const nothing = new Uint8Array();
const opened: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(opened.map((each) => each.close())));

function reader(options: Partial<Parameters<typeof embeddedReader>[0]>): TextReader {
  const models = { paddle: { detector: nothing, recognizer: nothing, keys: "" }, tesseract: { folder: "/nowhere" } };
  const made = embeddedReader({ models, packages: "none", ...options });
  opened.push(made);
  return made;
}

describe("threads of engines", () => {
  it("say that an engine does not load, each time", async () => {
    const broken = reader({});
    for (let i = 0; i < 2; i += 1) {
      await expect(broken.read(raster, runOf())).rejects.toMatchObject({ code: "PACKAGE_MISSING" });
    }
  });

  it("end what takes too long, and go on with another thread", async () => {
    let limit = 0;
    const hurried = await openReader({ threads: 1, limitMs: () => limit });
    opened.push(hurried);
    await expect(hurried.read(striped, runOf())).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
    limit = 60_000;
    expect(await hurried.read(raster, runOf())).toEqual([]);
  });

  it("stop with the run", async () => {
    const stop = new AbortController();
    const waiting = reader({}).read(raster, runOf(undefined, stop.signal));
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: expect.stringMatching(/STOPPED|PACKAGE_MISSING/) });
  });
});
