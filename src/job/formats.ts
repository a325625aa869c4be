import type { CsvDialect } from "../../connectors/csv/dialect.ts";
import type { OpenArrowStream } from "../filter.ts";
import type { CsvOptions } from "../jobfile.ts";
import { type FormatName, listSource, readable, type Source } from "../source.ts";
import { collect } from "../stream.ts";
import type { TableFormat } from "../types.ts";

/** What a table's texts are read for, beside the CSV dialect. */
export interface FormatOptions {
  /** Read whole where types are to be inferred. */
  readonly source?: Source;
  /** Texts go to a service, many in one call. */
  readonly inPacks?: boolean;
}

/**
 * Bytes of text that are handed over at once where they go out in packs of 19,500: of the packs of a window only the
 * last one has room left.
 */
const PACKED_WINDOW = 4 << 20;

/** Formats by name, each loaded when it is first asked for. */
export function formats(
  csv: CsvOptions | undefined,
  { source, inPacks = false }: FormatOptions = {},
): (name: FormatName) => Promise<TableFormat> {
  const parquet = inPacks ? { windowBytes: PACKED_WINDOW } : {};
  const load: Readonly<Record<FormatName, () => Promise<TableFormat>>> = {
    csv: async () => (await import("../../connectors/csv/format.ts")).csvFormat(await dialectOf(csv, source)),
    parquet: async () => (await import("../../connectors/parquet/format.ts")).parquetFormat(parquet),
    images: async () => (await import("../../connectors/images.ts")).imagesFormat("images"),
    dicom: async () => (await import("../../connectors/images.ts")).imagesFormat("dicom"),
    arrow: async () => (await import("../../connectors/arrow/format.ts")).arrowFormat(),
  };
  const loaded = new Map<FormatName, Promise<TableFormat>>();
  return (name) => {
    const format = loaded.get(name) ?? load[name]();
    loaded.set(name, format);
    return format;
  };
}

async function dialectOf({ types, ...dialect }: CsvOptions = {}, source?: Source): Promise<CsvDialect> {
  if (types === undefined) return dialect;
  if (types !== "infer") return { ...dialect, types };
  if (!source) return dialect;
  const { inferTypes } = await import("../../connectors/csv/format.ts");
  const files = (await collect(listSource(source))).filter(({ format }) => format === "csv");
  return {
    ...dialect,
    types: await inferTypes(
      files.map(({ object }) => readable(source.store, object)),
      dialect,
    ),
  };
}

/** An Arrow IPC stream as far as its schema. Throws INPUT_MALFORMED, INPUT_TRUNCATED, INPUT_UNSUPPORTED. */
export async function openArrowStream(bytes: AsyncIterable<Uint8Array>): Promise<OpenArrowStream> {
  return (await import("../../connectors/arrow/format.ts")).openArrowStream(bytes);
}
