import { ENCODING } from "./encodings.ts";
import type { Chunk } from "./footer.ts";
import type { Shape } from "./page-writer.ts";
import type { MaskedLeaf } from "./rewrite-plan.ts";
import { T } from "./thrift.ts";

/**
 * How the pages of a masked chunk are written: codec and kind of indices as in the source. `indexed`: its writer found
 * a dictionary worth while. A hint alone: what the pages hold is read from the pages.
 */
export function shapeOf(chunk: Chunk, { levels }: MaskedLeaf): { readonly shape: Shape; readonly indexed: boolean } {
  const encodings = chunk.meta.fields.find(({ id, type }) => id === 2 && type === T.list)?.value;
  const listed = typeof encodings === "object" && "items" in encodings ? encodings.items : [];
  const older = listed.includes(ENCODING.PLAIN_DICTIONARY);
  const indexing = older ? ENCODING.PLAIN_DICTIONARY : ENCODING.RLE_DICTIONARY;
  return {
    shape: { codec: chunk.codec, levels, indexing },
    indexed: older || listed.includes(ENCODING.RLE_DICTIONARY),
  };
}
