import { openRange } from "../../connectors/parquet/bytes.ts";
import { decompress } from "../../connectors/parquet/codecs.ts";
import { readFooter } from "../../connectors/parquet/footer.ts";
import { readPage } from "../../connectors/parquet/pages.ts";
import type { ReadableObject } from "../../src/types.ts";

/** The bodies of all pages of a file, decompressed; of a page of version 2 the levels stay in front. */
export async function pagesOf(file: ReadableObject): Promise<readonly Uint8Array[]> {
  const { rowGroups } = await readFooter(file);
  const bodies: Uint8Array[] = [];
  for (const chunk of rowGroups.flatMap(({ chunks }) => chunks)) {
    const source = openRange(file, chunk);
    for (let page = await readPage(source); page; page = await readPage(source)) {
      const levels = page.kind === "data2" ? numberOf(page.own, 5) + numberOf(page.own, 6) : 0;
      const compressed = page.kind !== "data2" || page.own.fields.every(({ id, value }) => id !== 7 || value === true);
      const codec = compressed ? chunk.codec : 0;
      bodies.push(await decompress(codec, page.body.subarray(levels), page.size - levels));
    }
    await source.close();
  }
  return bodies;
}

function numberOf(
  own: { readonly fields: readonly { readonly id: number; readonly value: unknown }[] },
  id: number,
): number {
  return Number(own.fields.find((field) => field.id === id)?.value ?? 0);
}
