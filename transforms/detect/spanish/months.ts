/** Months as written in Spanish, in full and short, in lower case without marks. */
export const MONTH_PATTERN: string =
  "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|ene|feb|mar|abr|may|jun|jul|ago|agos|sept|sep|set|oct|nov|dic";

/** The months in full: the short ones are words of other kinds too, `mar` and `set`. */
const FULL: ReadonlySet<string> = new Set(
  MONTH_PATTERN.split("|").filter((month) => month.length > 4 || month === "mayo"),
);

/** True for a month's whole name. */
export function isMonth(word: string): boolean {
  return FULL.has(word);
}

/** Words at which a date without a day before it may begin. */
export const MONTH_WORDS: ReadonlySet<string> = new Set(MONTH_PATTERN.split("|"));
