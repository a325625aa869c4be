import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileStore } from "../../connectors/files.ts";
import { MANIFEST, readManifest, writeJson } from "../../src/manifest.ts";

const WHOLE = {
  version: 1,
  run_id: "r",
  job: "j",
  job_digest: "d",
  key_fingerprint: "k",
  detectors: [],
  rows: 1,
  files: [{ input: { id: "i", etag: "e", size: 1 }, output: { path: "a.csv", size: 1, rows: 1 } }],
};

async function read(value: unknown): Promise<unknown> {
  const store = fileStore();
  const root = `${await mkdtemp(join(tmpdir(), "phimask-manifest-"))}/`;
  const object = await writeJson(store, `${root}${MANIFEST}`, value);
  return readManifest(store, root, new Map([[object.uri, object]]));
}

describe("a manifest", () => {
  it("is read as it was written", async () => expect(await read(WHOLE)).toEqual(WHOLE));

  it.each([
    ["null", null],
    ["a text", "manifest"],
    ["a list", []],
    ["another version", { ...WHOLE, version: 2 }],
    ["no detectors", { ...WHOLE, detectors: undefined }],
    ["no digest", { ...WHOLE, job_digest: 7 }],
    ["no files", { ...WHOLE, files: {} }],
    ["a file that is none", { ...WHOLE, files: [null] }],
    ["a file without an output", { ...WHOLE, files: [{ input: WHOLE.files[0]!.input }] }],
    ["a file without an etag", { ...WHOLE, files: [{ ...WHOLE.files[0], input: { id: "i" } }] }],
  ])("that is damaged is refused: %s", async (_, value) => {
    await expect(read(value)).rejects.toMatchObject({ code: "INPUT_MALFORMED", place: { file: MANIFEST } });
  });
});
