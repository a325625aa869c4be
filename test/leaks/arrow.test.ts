import { Dictionary, Field, Int32, LargeUtf8, List, Struct, Utf8, Utf8View } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { arrowFormat, openArrowStream } from "../../connectors/arrow/format.ts";
import { openBytes } from "../../connectors/arrow/input.ts";
import { MaskingError } from "../../src/errors.ts";
import { collect } from "../../src/stream.ts";
import { batchFrom, inPieces } from "../fakes/arrow-file.ts";
import { bytesBelow } from "../fakes/buffers.ts";
import { type LeafRule, leafMask, lengths, nulls, texts, touching } from "../fakes/leaf-mask.ts";
import { joined, memoryObject } from "../fakes/object.ts";

const PLANTED = "Zanzibar Quillfeather";
const cells = [PLANTED, null, `${PLANTED}, born 1931-05-04`, "", `Mrs ${PLANTED}`];
const coded = new Dictionary(new Utf8(), new Int32());
const batch = batchFrom([
  ["text", new Utf8(), cells],
  ["large", new LargeUtf8(), cells],
  ["view", new Utf8View(), cells],
  ["coded", coded, cells],
  ["list", new List(new Field("item", new Utf8(), true)), cells.map((cell) => [cell, cell])],
  ["home", new Struct([new Field("line", new Utf8(), true)]), cells.map((line) => ({ line }))],
  ["n", new Int32(), [1, 2, 3, 4, 5]],
]);
const LEAVES = ["text", "large", "view", "coded", "list", "home.line"];

/** The bytes as they are, and every buffer of theirs before compression. */
async function everyByte(bytes: Uint8Array): Promise<Buffer> {
  const batches = await collect((await arrowFormat().read(memoryObject(bytes))).batches);
  return Buffer.concat([bytes, ...batches.flatMap(({ data }) => data.children.map(bytesBelow))]);
}

async function* batches(count: number) {
  for (let i = 0; i < count; i++) yield i % 2 ? batch.slice(1) : batch;
}

describe("nothing of a masked or dropped leaf is left in an Arrow table", () => {
  const kinds: readonly (readonly [string, LeafRule])[] = [
    ["masked", lengths],
    ["retyped", texts],
    ["emptied", nulls],
    ["dropped", "drop"],
  ];
  for (const container of ["file", "stream"] as const) {
    for (const compression of ["lz4", "zstd", undefined] as const) {
      it.each(kinds)(`${container}, ${compression ?? "plain"}, %s`, async (kind, rule) => {
        const format = arrowFormat({ container, ...(compression && { compression }) });
        const bytes = await joined(format.write({ schema: batch.schema, batches: batches(3) }));
        expect((await everyByte(bytes)).includes(PLANTED)).toBe(true);
        const hidden: LeafRule = kind === "retyped" ? ({ ...(texts as object), cell: () => "#" } as LeafRule) : rule;
        const rules = Object.fromEntries(LEAVES.map((leaf) => [leaf, hidden]));
        for (const byValue of [true, false]) {
          const output = await joined(
            format.rewrite(memoryObject(bytes), touching(rules, byValue), leafMask(rules)),
            bytes,
          );
          expect((await everyByte(output)).includes("Quill")).toBe(false);
        }
      });
    }
  }

  it("in an error, whatever is damaged", async () => {
    const bytes = await joined(
      arrowFormat({ container: "stream" }).write({ schema: batch.schema, batches: batches(2) }),
    );
    const rules = Object.fromEntries(LEAVES.map((leaf) => [leaf, lengths]));
    const seen = new Set<string>();
    for (let at = 8; at < bytes.length; at += 7) {
      const damaged = Uint8Array.from(bytes);
      damaged.fill(0xc3, at, at + 3);
      const run = openArrowStream(inPieces(damaged, 999)).then((input) =>
        joined(input.rewrite(touching(rules), leafMask(rules))),
      );
      const error = await run.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error === undefined) continue;
      expect(error).toBeInstanceOf(MaskingError);
      expect(JSON.stringify([String(error), (error as MaskingError).place, (error as MaskingError).cause])).not.toMatch(
        /Quill|Zanzi|1931/,
      );
      seen.add((error as MaskingError).code);
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  it("before an error: what has come out by then is masked", async () => {
    const bytes = await joined(
      arrowFormat({ container: "stream" }).write({ schema: batch.schema, batches: batches(4) }),
    );
    const rules = { ...Object.fromEntries(LEAVES.map((leaf) => [leaf, "drop" as const])), text: lengths };
    let given = 0;
    const failing = (stream: Parameters<ReturnType<typeof leafMask>>[0]) => {
      const answer = leafMask(rules)(stream);
      async function* some() {
        for await (const one of answer.batches) {
          if (given++ === 2) throw new MaskingError("CELL_UNEXAMINED", { column: "text" });
          yield one;
        }
      }
      return { schema: answer.schema, batches: some() };
    };
    const output: Uint8Array[] = [];
    const input = await openArrowStream(inPieces(bytes, 500));
    const run = async () => {
      for await (const piece of input.rewrite(touching(rules, false), failing)) output.push(piece);
    };
    await expect(run()).rejects.toThrow();
    const all = Buffer.concat(output);
    expect(all.includes(PLANTED)).toBe(false);
    const again = await openBytes(inPieces(all, 100)).catch(() => undefined);
    if (again) expect((await collect(again.messages(false))).length).toBeLessThan(4);
  });
});
