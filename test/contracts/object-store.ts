import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import { bytesOf, collect } from "../../src/stream.ts";
import type { ObjectStore, Piece } from "../../src/types.ts";

const text = (value: string) => new TextEncoder().encode(value);

async function* pieces(...all: readonly Piece[]): AsyncGenerator<Piece, void, undefined> {
  yield* all;
}

const failed = (code: string) => (error: unknown) =>
  expect(error instanceof MaskingError ? error.code : String(error)).toBe(code);

/**
 * What every object store must hold. `make` gives a store and a prefix (with a slash at its end) of its own. `atomic`:
 * the store looks at a condition and writes in one step.
 */
export function objectStoreContract(
  name: string,
  make: () => Promise<{ store: ObjectStore; root: string }>,
  { atomic = true }: { readonly atomic?: boolean } = {},
): void {
  describe(`${name} is an ObjectStore`, () => {
    it("gives back what was written, with its size, an etag and a sha256", async () => {
      const { store, root } = await make();
      const written = await store.write(`${root}a/b.bin`, pieces(text("ab"), text(""), text("c")));
      expect(written).toMatchObject({ uri: `${root}a/b.bin`, size: 3 });
      expect(written.sha256).toBe(createHash("sha256").update("abc").digest("hex"));
      expect(await store.head(`${root}a/b.bin`)).toMatchObject({ uri: `${root}a/b.bin`, size: 3, etag: written.etag });
      expect(Buffer.from(await bytesOf(store.read(`${root}a/b.bin`))).toString()).toBe("abc");
    });

    it("reads ranges, and says where a range passes the end", async () => {
      const { store, root } = await make();
      await store.write(`${root}r`, pieces(text("0123456789")));
      const range = async (start: number, end: number) =>
        Buffer.from(await bytesOf(store.read(`${root}r`, { range: { start, end } }))).toString();
      expect(await range(0, 10)).toBe("0123456789");
      expect(await range(3, 5)).toBe("34");
      expect(await range(4, 4)).toBe("");
      await range(8, 12).then(() => expect.unreachable(), failed("INPUT_TRUNCATED"));
    });

    it("copies a range of an object, and refuses one that changed", async () => {
      const { store, root } = await make();
      const big = Buffer.alloc(3_000_000, "x");
      const { uri, etag } = await store.write(`${root}from`, pieces(big));
      const copy = { copy: { uri, etag, start: 1, end: 2_999_999 } };
      await store.write(`${root}to`, pieces(text("<"), copy, text(">")));
      const all = await bytesOf(store.read(`${root}to`));
      expect([all.length, all[0], all[1], all.at(-2), all.at(-1)]).toEqual([3_000_000, 60, 120, 120, 62]);
      await store.write(`${root}whole`, pieces({ copy: { uri, etag, start: 0, end: 3_000_000 } }));
      expect(Buffer.from(await bytesOf(store.read(`${root}whole`))).equals(big)).toBe(true);
      await store.write(`${root}twice`, pieces({ copy: { uri, etag, start: 0, end: 3_000_000 } }, text("!")));
      expect((await store.head(`${root}twice`))?.size).toBe(3_000_001);
      await store.write(uri, pieces(text("other")));
      await store.write(`${root}to2`, pieces(copy)).then(() => expect.unreachable(), failed("STORE_CONFLICT"));
      const large = await store.write(uri, pieces(Buffer.alloc(9_000_000)));
      const run = { copy: { uri, etag: large.etag, start: 0, end: 9_000_000 } };
      await store.write(uri, pieces(Buffer.alloc(9_000_000, 1)));
      await store
        .write(`${root}to2`, pieces(run, text("!")))
        .then(() => expect.unreachable(), failed("STORE_CONFLICT"));
      expect(await store.head(`${root}to2`)).toBeUndefined();
    });

    it("keeps objects of many parts, and of none, to the byte", async () => {
      const { store, root } = await make();
      const large = Buffer.from(Uint32Array.from({ length: 3_000_000 }, (_, index) => index * 2_654_435_761).buffer);
      const halves = [large.subarray(0, 9_000_001), large.subarray(9_000_001)];
      const written = await store.write(`${root}large`, pieces(...halves));
      expect(written.sha256).toBe(createHash("sha256").update(large).digest("hex"));
      expect(Buffer.from(await bytesOf(store.read(`${root}large`))).equals(large)).toBe(true);
      const range = { start: 3_000_001, end: 11_999_999 };
      const read = await bytesOf(store.read(`${root}large`, { range, ifMatch: written.etag }));
      expect(Buffer.from(read).equals(large.subarray(range.start, range.end))).toBe(true);
      expect(await store.write(`${root}none`, pieces())).toMatchObject({ size: 0 });
      expect((await store.head(`${root}none`))?.size).toBe(0);
      expect(await bytesOf(store.read(`${root}none`))).toHaveLength(0);
    });

    it("joins bytes and copied runs in their order, whatever their sizes", async () => {
      const { store, root } = await make();
      const from = Buffer.from(Uint32Array.from({ length: 3_500_000 }, (_, index) => index).buffer);
      const { uri, etag } = await store.write(`${root}from`, pieces(from));
      const copy = (start: number, end: number): Piece => ({ copy: { uri, etag, start, end } });
      const parts = [text("head"), copy(7, 6_500_007), copy(6_500_007, 6_500_009), copy(5, 5), copy(1, 100)];
      const more = [from.subarray(0, 2_000_000), copy(4_000_000, 13_000_000), text("tail")];
      const expected = [...parts, ...more].map((piece) =>
        piece instanceof Uint8Array ? piece : from.subarray(piece.copy.start, piece.copy.end),
      );
      const written = await store.write(`${root}to`, pieces(...parts, ...more));
      const read = Buffer.from(await bytesOf(store.read(`${root}to`)));
      expect(read.equals(Buffer.concat(expected))).toBe(true);
      expect(written.size).toBe(read.length);
    });

    it("lets a reader stop where it likes", async () => {
      const { store, root } = await make();
      await store.write(`${root}x`, pieces(Buffer.alloc(8_000_000)));
      let got = 0;
      for await (const chunk of store.read(`${root}x`)) {
        got += chunk.length;
        if (got > 1_500_000) break;
      }
      expect(got).toBeLessThan(8_000_000);
      await store.remove(`${root}x`);
    });

    it.each(["a b", "100%", "50%25", "q?x=1&y", "#1", "a+b", "naïve/λ.csv", "😀", "quote'\"<&>", "region=n%2Fa/f"])(
      "takes the name %j as it is",
      async (name) => {
        const { store, root } = await make();
        const { uri, etag } = await store.write(`${root}${name}`, pieces(text("1")));
        expect(await store.head(uri)).toMatchObject({ uri: `${root}${name}`, etag });
        expect((await collect(store.list(root))).map((object) => object.uri)).toEqual([uri]);
        await store.write(`${root}copy of ${name}`, pieces({ copy: { uri, etag, start: 0, end: 1 } }));
        await store.move(uri, `${root}moved/${name}`);
        expect(Buffer.from(await bytesOf(store.read(`${root}moved/${name}`))).toString()).toBe("1");
      },
    );

    it("shows nothing of a write that failed, and keeps what was there", async () => {
      const { store, root } = await make();
      await store.write(`${root}kept`, pieces(text("old")));
      const broken = async function* (): AsyncGenerator<Piece> {
        yield Buffer.alloc(2_000_000);
        throw new MaskingError("INPUT_MALFORMED");
      };
      const brokenLate = async function* (): AsyncGenerator<Piece> {
        yield Buffer.alloc(10_000_000);
        throw new MaskingError("INPUT_MALFORMED");
      };
      for (const uri of [`${root}kept`, `${root}new/deep`]) {
        await store.write(uri, broken()).then(() => expect.unreachable(), failed("INPUT_MALFORMED"));
        await store.write(uri, brokenLate()).then(() => expect.unreachable(), failed("INPUT_MALFORMED"));
      }
      expect(Buffer.from(await bytesOf(store.read(`${root}kept`))).toString()).toBe("old");
      expect((await collect(store.list(root))).map(({ uri }) => uri)).toEqual([`${root}kept`]);
    });

    it("writes on condition", async () => {
      const { store, root } = await make();
      const first = await store.write(`${root}once`, pieces(text("1")), { ifNoneMatch: "*" });
      await store
        .write(`${root}once`, pieces(text("2")), { ifNoneMatch: "*" })
        .then(() => expect.unreachable(), failed("STORE_CONFLICT"));
      await store.write(`${root}once`, pieces(text("33")), { ifMatch: first.etag });
      await store
        .write(`${root}once`, pieces(text("4")), { ifMatch: first.etag })
        .then(() => expect.unreachable(), failed("STORE_CONFLICT"));
      await store
        .write(`${root}none`, pieces(text("5")), { ifMatch: first.etag })
        .then(() => expect.unreachable(), failed("STORE_CONFLICT"));
      await store
        .write(`${root}once`, pieces(Buffer.alloc(9_000_000)), { ifNoneMatch: "*" })
        .then(() => expect.unreachable(), failed("STORE_CONFLICT"));
      expect(Buffer.from(await bytesOf(store.read(`${root}once`))).toString()).toBe("33");
      expect((await collect(store.list(root))).map(({ uri }) => uri)).toEqual([`${root}once`]);
    });

    it("refuses to read what is not there or is not what it was", async () => {
      const { store, root } = await make();
      const { etag } = await store.write(`${root}x`, pieces(text("1")));
      await store.write(`${root}x`, pieces(text("22")));
      await bytesOf(store.read(`${root}x`, { ifMatch: etag })).then(
        () => expect.unreachable(),
        failed("STORE_CONFLICT"),
      );
      await bytesOf(store.read(`${root}none`)).then(() => expect.unreachable(), failed("STORE_CONFLICT"));
      expect(await store.head(`${root}none`)).toBeUndefined();
    });

    it("lists by code unit, below the prefix only, and a prefix that is not there as empty", async () => {
      const { store, root } = await make();
      const paths = ["b", "a/z", "a.b", "a/b", "é", "Z", "\uff5e", "😀", "\uff5e/1", "😀2"];
      for (const path of paths) await store.write(`${root}${path === "\uff5e" ? "\uff5e0" : path}`, pieces(text(path)));
      const listed = (await collect(store.list(root))).map(({ uri }) => uri.slice(root.length));
      expect(listed).toEqual(["Z", "a.b", "a/b", "a/z", "b", "é", "😀", "😀2", "\uff5e/1", "\uff5e0"]);
      expect((await collect(store.list(`${root}a/`))).map(({ size }) => size)).toEqual([3, 3]);
      expect((await collect(store.list(`${root}a`))).map(({ uri }) => uri)).toEqual([`${root}a/b`, `${root}a/z`]);
      expect((await collect(store.list(`${root}b`))).map(({ uri }) => uri)).toEqual([`${root}b`]);
      expect(await collect(store.list(`${root}none/`))).toEqual([]);
      expect(await store.head(`${root}a`)).toBeUndefined();
    });

    it("moves over what was there, and removes without complaint", async () => {
      const { store, root } = await make();
      await store.write(`${root}new`, pieces(text("new")));
      await store.write(`${root}old/at`, pieces(text("old")));
      expect(await store.move(`${root}new`, `${root}old/at`)).toMatchObject({ uri: `${root}old/at`, size: 3 });
      expect(Buffer.from(await bytesOf(store.read(`${root}old/at`))).toString()).toBe("new");
      expect(await store.head(`${root}new`)).toBeUndefined();
      await store.move(`${root}new`, `${root}newer`).then(() => expect.unreachable(), failed("STORE_CONFLICT"));
      await store.move(`${root}old/at`, `${root}old/at`);
      expect((await store.head(`${root}old/at`))?.size).toBe(3);
      await store.remove(`${root}old/at`);
      await store.remove(`${root}old/at`);
      expect(await collect(store.list(root))).toEqual([]);
    });

    it("copies an object to a second name, over what was there, and neither knows of the other", async () => {
      const { store, root } = await make();
      const { etag } = await store.write(`${root}a`, pieces(text("first")));
      await store.write(`${root}b/c`, pieces(text("old")));
      expect(await store.copy(`${root}a`, `${root}b/c`)).toMatchObject({ uri: `${root}b/c`, size: 5 });
      await store.copy(`${root}a`, `${root}b/c`);
      expect((await store.head(`${root}a`))?.etag).toBe(etag);
      await store.write(`${root}a`, pieces(text("second")));
      expect(Buffer.from(await bytesOf(store.read(`${root}b/c`))).toString()).toBe("first");
      await store.remove(`${root}a`);
      expect(Buffer.from(await bytesOf(store.read(`${root}b/c`))).toString()).toBe("first");
      await store.copy(`${root}none`, `${root}d`).then(() => expect.unreachable(), failed("STORE_CONFLICT"));
      expect((await collect(store.list(root))).map(({ uri }) => uri)).toEqual([`${root}b/c`]);
    });

    it.runIf(atomic)("lets one of many writers that ask for the same state win", async () => {
      const { store, root } = await make();
      let { etag } = await store.write(`${root}x`, pieces(text("0")));
      for (let turn = 1; turn <= 5; turn++) {
        const asked = Array.from({ length: 6 }, (_, i) =>
          store.write(`${root}x`, pieces(text(`${turn}.${i}`)), { ifMatch: etag }),
        );
        const ended = await Promise.allSettled(asked);
        const won = ended.flatMap((each, i) => (each.status === "fulfilled" ? [{ i, etag: each.value.etag }] : []));
        expect(won).toHaveLength(1);
        for (const each of ended) if (each.status === "rejected") failed("STORE_CONFLICT")(each.reason);
        expect(Buffer.from(await bytesOf(store.read(`${root}x`))).toString()).toBe(`${turn}.${won[0]!.i}`);
        etag = won[0]!.etag;
      }
      expect((await collect(store.list(root))).map(({ uri }) => uri)).toEqual([`${root}x`]);
    });
  });
}
