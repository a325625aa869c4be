import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TextReader } from "../../src/image-types.ts";
import { openReader } from "../../src/job/readers.ts";
import { textReaderContract } from "../contracts/text-reader.ts";

let reader: TextReader & { close(): Promise<void> };
beforeAll(async () => {
  reader = await openReader({ threads: 1 });
});
afterAll(() => reader.close());

describe("the embedded reader", () => {
  textReaderContract(() => reader);

  it("tells the packages that it is made of", () => {
    expect(reader.version).toMatch(
      /^\d+\/@gutenye\/ocr-models@[\d.]+\+onnxruntime-(web|node)@[\d.]+\+tesseract\.js@[\d.]+$/,
    );
  });
});
