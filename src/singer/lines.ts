import { MaskingError } from "../errors.ts";

/** Longest line: Meltano's own limit is half of this. */
const LONGEST = 100 * 1024 * 1024;

/**
 * The lines of UTF-8 bytes, those of each chunk together, so that whoever masks them waits for no later one. Only a
 * line feed ends a line: JSON may hold every other kind of break. Throws INPUT_MALFORMED.
 */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[], void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoded(decoder, chunk)).split("\n");
    rest = lines.pop()!;
    if (rest.length > LONGEST) throw new MaskingError("INPUT_MALFORMED", { expected: "lines of up to 100 MB" });
    if (lines.length > 0) yield lines;
  }
  rest += decoded(decoder);
  if (rest !== "") yield [rest];
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    throw new MaskingError("INPUT_MALFORMED", { expected: "UTF-8" });
  }
}
