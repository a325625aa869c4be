import { MaskingError } from "../../src/errors.ts";
import type { Finding, PhiType } from "../../src/types.ts";

/** A term, or a term with the type that its finding gets. */
export type Term = string | { readonly term: string; readonly type: PhiType };

/** A regular expression, or one with the type that its findings get. */
export type Pattern = string | { readonly pattern: string; readonly type: PhiType };

/** The `allow` or `deny` list of a job. */
export interface TermList {
  /** Whole words or phrases, any case; a blank stands for any run of blanks. */
  readonly terms?: readonly Term[] | undefined;
  /** Regular expressions (JavaScript, flags `gu`), case as written; with a type or without. */
  readonly patterns?: readonly Pattern[] | undefined;
}

/** Drops findings that lie wholly within an allowed term. */
export type Allow = (text: string, findings: readonly Finding[]) => readonly Finding[];
/** Finds denied terms; detail `DENIED`, type `ID` unless the term has one. */
export type Deny = (text: string) => readonly Finding[];

const LONGEST_PATTERN = 500;

/**
 * Compiles an allow list. A finding that reaches beyond the allowed words stays whole: allowing `Parkinson` lets the
 * disease stand, not the name `John Parkinson`. Known values of the row and denied terms are never dropped.
 * `key` is the list's place in the job (`allow`); a bad pattern throws JOB_INVALID there.
 */
export function compileAllow(list: TermList, key: string): Allow {
  const matchers = compile(list, key);
  if (matchers.length === 0) return (_text, findings) => findings;
  return (text, findings) => {
    if (findings.length === 0) return findings;
    const allowed = matchers.flatMap(({ pattern }) => spans(pattern, text));
    if (allowed.length === 0) return findings;
    return findings.filter((finding) => {
      if (finding.detail === "KNOWN" || finding.detail === "DENIED") return true;
      return !allowed.some(([start, end]) => start <= finding.start && finding.end <= end);
    });
  };
}

/** Compiles a deny list; a bad pattern throws JOB_INVALID at its place under `key`. */
export function compileDeny(list: TermList, key: string): Deny {
  const matchers = compile(list, key);
  return (text) =>
    matchers.flatMap(({ pattern, type }) =>
      spans(pattern, text).map(([start, end]) => ({ type, start, end, score: 1, detail: "DENIED" })),
    );
}

interface Matcher {
  readonly pattern: RegExp;
  readonly type: PhiType;
}

function compile(list: TermList, key: string): readonly Matcher[] {
  const byType = new Map<PhiType, string[]>();
  for (const [at, entry] of (list.terms ?? []).entries()) {
    const { term, type } = typeof entry === "string" ? { term: entry, type: "ID" as const } : entry;
    if (term.trim() === "") throw new MaskingError("JOB_INVALID", { key: `${key}.terms.${at}`, expected: "a term" });
    byType.set(type, [...(byType.get(type) ?? []), term.trim()]);
  }
  const terms = [...byType].map(([type, all]): Matcher => ({ pattern: termPattern(all), type }));
  const patterns = (list.patterns ?? []).map((entry, at): Matcher => {
    const { pattern, type } = typeof entry === "string" ? { pattern: entry, type: "ID" as const } : entry;
    return { pattern: userPattern(pattern, `${key}.patterns.${at}`), type };
  });
  return [...terms, ...patterns];
}

function termPattern(terms: readonly string[]): RegExp {
  const longestFirst = [...terms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const sources = longestFirst.map((term) => term.split(/\s+/).map(literal).join(String.raw`\s+`));
  return new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${sources.join("|")})(?![\p{L}\p{N}])`, "giu");
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

/**
 * A job's own expression. JavaScript cannot bound the time of a match, so a repetition inside a repetition, whose time
 * can grow exponentially, is refused; what remains can take quadratic time at worst on a hostile text.
 */
function userPattern(source: string, key: string): RegExp {
  const invalid = (expected: string): MaskingError => new MaskingError("JOB_INVALID", { key, expected });
  if (source.length > LONGEST_PATTERN) throw invalid(`a pattern of at most ${LONGEST_PATTERN} characters`);
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, "gu");
  } catch {
    throw invalid("a regular expression");
  }
  if (pattern.test("")) throw invalid("a pattern that does not match nothing");
  if (hasNestedRepeat(source)) throw invalid("a pattern without a repetition inside a repetition");
  pattern.lastIndex = 0;
  return pattern;
}

/** True where a group that repeats without bound holds a repetition without bound, or a choice, that could match in many ways. */
function hasNestedRepeat(source: string): boolean {
  const plain = source.replace(/\\[\s\S]/g, "x").replace(/\[[^\]]*\]/g, "x");
  const open: boolean[] = [];
  let inner = false;
  for (let at = 0; at < plain.length; at += 1) {
    if (plain[at] === "(") {
      open.push(inner);
      inner = false;
    } else if (plain[at] === ")") {
      const repeats = /^(?:[*+]|\{\d+,\})/.test(plain.slice(at + 1));
      if (repeats && inner) return true;
      inner = (open.pop() ?? false) || inner || repeats;
    } else if (plain[at] === "*" || plain[at] === "+" || /^\{\d+,\}/.test(plain.slice(at))) inner = true;
  }
  return false;
}

function spans(pattern: RegExp, text: string): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[0] !== "") found.push([match.index, match.index + match[0].length]);
  }
  return found;
}
