import { MaskingError } from "../../src/errors.ts";
import { type Encoding, encodingNamed } from "./encoding.ts";

/** How a CSV file is written: the `csv` block of a job. Every key may be left out. */
export interface CsvDialect {
  /** One or more characters, no line end; `\t`, `\x01` and `\u00a6` may be spelled out. Default `,`. */
  readonly delimiter?: string | undefined;
  /** One character; a quote inside a quoted cell is doubled. Null or "": cells are never quoted. Default `"`. */
  readonly quote?: string | null | undefined;
  /** False: the first row is data and the columns are named `column_1`, `column_2`, ... Default true. */
  readonly header?: boolean | undefined;
  /** Any name of the WHATWG Encoding Standard but ISO-2022-JP. Default: as the byte order mark says, else UTF-8. */
  readonly encoding?: string | undefined;
  /** The unquoted text that stands for null; the same text in quotes is text. Default "". */
  readonly null?: string | undefined;
  /**
   * Types of columns by name (`declaredType`), for `schema` and `read`; a column that is not here is text. `infer`:
   * each file is read through for them (`inferTypes`); types that hold over many files come from one call for all.
   */
  readonly types?: "infer" | Readonly<Record<string, string>> | undefined;
}

/** A dialect with its defaults, in the bytes that the scanner sees. */
export interface Dialect {
  readonly delimiter: Buffer;
  readonly quote: Buffer | null;
  readonly header: boolean;
  readonly encoding: Encoding;
  readonly nullText: Buffer;
}

/** Throws JOB_INVALID with the key that contradicts another or says nothing. */
export function resolveDialect(dialect: CsvDialect): Dialect {
  const encoding = encodingNamed(dialect.encoding);
  const bytesOf = (key: keyof CsvDialect, text: string): Buffer =>
    encoding.charset.bytes(text) ?? refuse(key, "characters of source.csv.encoding");
  const delimiter = unescaped(dialect.delimiter ?? ",");
  const quote = unescaped(dialect.quote === undefined ? '"' : (dialect.quote ?? ""));
  const nullText = dialect.null ?? "";
  if (delimiter === "" || /[\r\n\0]/.test(delimiter)) refuse("delimiter", "at least one character and no line end");
  if ([...quote].length > 1 || /[\r\n\0]/.test(quote)) refuse("quote", "one character, or null for none");
  if (quote !== "" && delimiter.includes(quote)) refuse("quote", "a character that the delimiter does not hold");
  if (/[\r\n]/.test(nullText)) refuse("null", "a text without a line end");
  if (nullText.includes(delimiter)) refuse("null", "a text without the delimiter");
  if (quote !== "" && nullText.includes(quote)) refuse("null", "a text without the quote");
  return {
    delimiter: bytesOf("delimiter", delimiter),
    quote: quote === "" ? null : bytesOf("quote", quote),
    header: dialect.header ?? true,
    encoding,
    nullText: bytesOf("null", nullText),
  };
}

function unescaped(text: string): string {
  return text.replace(/\\(?:t|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/g, (_, byte?: string, unit?: string) => {
    const code = byte ?? unit;
    return code === undefined ? "\t" : String.fromCharCode(Number.parseInt(code, 16));
  });
}

function refuse(key: keyof CsvDialect, expected: string): never {
  throw new MaskingError("JOB_INVALID", { key: `source.csv.${key}`, expected });
}
