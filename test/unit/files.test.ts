import { appendFile, mkdir, mkdtemp, readdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileStore } from "../../connectors/files.ts";
import { MaskingError } from "../../src/errors.ts";
import { bytesOf, collect, once } from "../../src/stream.ts";
import { objectStoreContract } from "../contracts/object-store.ts";

const folder = async () => `${await mkdtemp(join(tmpdir(), "phimask-files-"))}/`;

objectStoreContract("fileStore", async () => ({ store: fileStore(), root: await folder() }));

describe("fileStore", () => {
  it("sees a file that grows while it is read", async () => {
    const root = await folder();
    await writeFile(`${root}grows`, Buffer.alloc(3_000_000));
    const reading = async () => {
      for await (const _ of fileStore().read(`${root}grows`)) await appendFile(`${root}grows`, "more");
    };
    await expect(reading()).rejects.toMatchObject({ code: "STORE_CONFLICT" });
  });

  it("follows links, once each", async () => {
    const root = await folder();
    await mkdir(`${root}a`);
    await writeFile(`${root}a/file`, "1");
    await symlink(`${root}a`, `${root}a/loop`);
    await symlink(`${root}a/file`, `${root}link`);
    const listed = (await collect(fileStore().list(root))).map(({ uri }) => uri.slice(root.length));
    expect(listed).toEqual(["a/file", "link"]);
  });

  it("leaves a folder as it was when a write below it fails or its last file goes", async () => {
    const root = await folder();
    await mkdir(`${root}theirs`);
    const store = fileStore();
    await store.write(`${root}theirs/ours/deep/file`, once(new Uint8Array(1)));
    await store.remove(`${root}theirs/ours/deep/file`);
    expect(await readdir(root)).toEqual(["theirs"]);
    expect(await readdir(`${root}theirs`)).toEqual([]);
  });

  it("says by codes what the system refused, without its words", async () => {
    const root = await folder();
    await writeFile(`${root}file`, "1");
    const error = await fileStore()
      .write(`${root}file/below/it`, once(new Uint8Array(1)))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MaskingError);
    expect((error as MaskingError).message).not.toContain("below");
  });

  it("passes on, as it is, an error of whoever makes the pieces", async () => {
    const odd = Object.assign(new Error("odd"), { code: "ENOENT" });
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.reject(odd);
    };
    await expect(fileStore().write(`${await folder()}x`, broken())).rejects.toBe(odd);
  });

  it("reads a file of no bytes", async () => {
    const root = await folder();
    await writeFile(`${root}empty`, "");
    expect(await bytesOf(fileStore().read(`${root}empty`))).toHaveLength(0);
  });
});
