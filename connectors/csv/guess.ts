import { TimeUnit } from "apache-arrow";
import { parseDate, parseTimestamp } from "./time.ts";

/** What a column may be: bits of a set. */
const INTEGER = 1;
/** Numbers as JavaScript writes them: `1`, `0.5`, `1e+21`. */
const PLAIN = 2;
/** Numbers as Python writes them, each with its point: `1.0`, `0.5`. */
const POINTED = 4;
/** Numbers with one and the same count of digits after the point. */
const FIXED = 8;
const DATE = 16;
const TIMESTAMP = 32;
const LOWER = 64;
const TITLE = 128;
const UPPER = 256;
const ALL = 511;

const BOOLEANS: Readonly<Record<string, number>> = {
  true: LOWER,
  false: LOWER,
  True: TITLE,
  False: TITLE,
  TRUE: UPPER,
  FALSE: UPPER,
};

/** What the texts of one column can be without two different ones becoming one value. */
export class Guess {
  #may: number = ALL;
  #heard = false;
  /** The form of the column's timestamps, and the digits after its points: the same in every cell. */
  #form = "";
  #scale = 0;
  #whole = 0;

  /** False once the column can only be text. */
  get open(): boolean {
    return this.#may !== 0;
  }

  /** A cell that is not null. */
  hear(text: string): void {
    this.#may &= this.#mayBe(text);
    this.#heard = true;
  }

  /** As `declaredType` reads it. */
  type(): string {
    const may = this.#heard ? this.#may : 0;
    if (may & INTEGER) return "int64";
    if (may & (PLAIN | POINTED)) return "float64";
    if (may & FIXED) return `decimal(${this.#whole + this.#scale}, ${this.#scale})`;
    if (may & DATE) return "date";
    if (may & TIMESTAMP) return this.#timestamp();
    return may & (LOWER | TITLE | UPPER) ? "bool" : "utf8";
  }

  #timestamp(): string {
    const unit = digitsAfterSecond(this.#form) > 6 ? "ns" : "us";
    return /[Z+]/.test(this.#form) ? `timestamp(${unit}, UTC)` : `timestamp(${unit})`;
  }

  #mayBe(text: string): number {
    if (isShortInteger(text)) return INTEGER | PLAIN;
    if (Object.hasOwn(BOOLEANS, text)) return BOOLEANS[text]!;
    const match = /^-?(0|[1-9]\d*)(?:\.(\d+))?(?:e[+-]?\d+)?$/.exec(text);
    if (match) return this.#number(text, match[1]!.length, match[2]?.length ?? 0);
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return parseDate(text) === undefined ? 0 : DATE;
    return this.#may & TIMESTAMP && this.#isTimestamp(text) ? TIMESTAMP : 0;
  }

  #number(text: string, whole: number, scale: number): number {
    const value = Number(text);
    const plain = String(value) === text;
    let may = plain ? PLAIN : 0;
    if (plain ? scale > 0 && !text.includes("e") : text === `${value}.0`) may |= POINTED;
    if (scale === 0) return /^(-?[1-9]\d{0,18}|0)$/.test(text) && isInt64(text) ? may | INTEGER : may;
    if (text.includes("e") || /^-[0.]+$/.test(text)) return may;
    if (!this.#heard) this.#scale = scale;
    this.#whole = Math.max(this.#whole, whole);
    return this.#scale === scale && this.#whole + scale <= 38 ? may | FIXED : may;
  }

  #isTimestamp(text: string): boolean {
    const form = text.replace(/\d/g, "0");
    if (!this.#heard) this.#form = form;
    if (form !== this.#form || !/^0{4}-00-00[T ]00:00(:00(\.0{1,9})?)?(Z|\+00:?00)?$/.test(form)) return false;
    if (form.includes("+") && !/\+00:?00$/.test(text)) return false;
    const unit = digitsAfterSecond(form) > 6 ? TimeUnit.NANOSECOND : TimeUnit.MICROSECOND;
    return parseTimestamp(text, unit, /[Z+]/.test(form) ? "utc" : false) !== undefined;
  }
}

/** Digits alone, few enough for a double to hold, and no zero before them. */
function isShortInteger(text: string): boolean {
  if (text.length > 15 || text.length === 0) return false;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return false;
  }
  return text.length === 1 || text[0] !== "0";
}

function digitsAfterSecond(form: string): number {
  return /\.(0+)/.exec(form)?.[1]?.length ?? 0;
}

function isInt64(text: string): boolean {
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value;
}
