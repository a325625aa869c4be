/**
 * The filter of GetPartitions: comparisons, IN, BETWEEN, LIKE, NOT, AND, OR and parentheses over the partition keys.
 * Numbers compare as numbers where the key's type is one, everything else by code unit.
 */
import { Refusal } from "../exchange.ts";
import type { Column } from "./catalog.ts";

type Test = (values: readonly string[]) => boolean;

const TOKEN = /\s*('(?:[^']|'')*'|"[^"]*"|-?\d+(?:\.\d+)?|[A-Za-z_][\w.]*|<>|!=|<=|>=|[=<>(),])/y;
const NUMERIC = /^(tinyint|smallint|int|integer|bigint|long|float|double|decimal.*)$/i;

/** Throws InvalidInputException for what it cannot read, an unknown key among it. */
export function partitionFilter(expression: string, keys: readonly Column[]): Test {
  if (expression.trim() === "") return () => true;
  const tokens = tokensOf(expression);
  let at = 0;
  const word = () => tokens[at]?.toUpperCase();
  const take = (expected?: string) => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token.toUpperCase() !== expected)) throw unreadable();
    return token;
  };
  const any = (): Test => {
    let left = all();
    while (word() === "OR") {
      take();
      const [first, second] = [left, all()];
      left = (values) => first(values) || second(values);
    }
    return left;
  };
  const all = (): Test => {
    let left = one();
    while (word() === "AND") {
      take();
      const [first, second] = [left, one()];
      left = (values) => first(values) && second(values);
    }
    return left;
  };
  const one = (): Test => {
    if (word() === "NOT") {
      take();
      const inner = one();
      return (values) => !inner(values);
    }
    if (word() !== "(") return comparison();
    take();
    const inner = any();
    take(")");
    return inner;
  };
  const comparison = (): Test => {
    const name = take().replaceAll('"', "").toLowerCase();
    const index = keys.findIndex((key) => key.Name === name);
    if (index < 0) throw unreadable();
    const numeric = NUMERIC.test(keys[index]!.Type ?? "string");
    const compare = (a: string, b: string) => (numeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0);
    const literal = () => {
      const token = take();
      if (!/^['\d-]/.test(token)) throw unreadable();
      return token.replace(/^'([\s\S]*)'$/, (_, inner: string) => inner.replaceAll("''", "'"));
    };
    const negated = word() === "NOT" && take() !== "";
    const test = operation(take().toUpperCase(), literal, compare, { word, take });
    return (values) => test(values[index]!) !== negated;
  };
  const test = any();
  if (at < tokens.length) throw unreadable();
  return test;
}

type Compare = (a: string, b: string) => number;

function operation(
  operator: string,
  literal: () => string,
  compare: Compare,
  { word, take }: { word(): string | undefined; take(expected?: string): string },
): (value: string) => boolean {
  if (operator === "IN") {
    take("(");
    const wanted = [literal()];
    while (word() === ",") {
      take();
      wanted.push(literal());
    }
    take(")");
    return (value) => wanted.some((one) => compare(value, one) === 0);
  }
  const first = literal();
  if (operator === "BETWEEN") {
    take("AND");
    const last = literal();
    return (value) => compare(value, first) >= 0 && compare(value, last) <= 0;
  }
  if (operator === "LIKE") {
    const pattern = first
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("%", ".*")
      .replaceAll("_", ".");
    return (value) => new RegExp(`^${pattern}$`, "s").test(value);
  }
  const tests: Readonly<Record<string, (order: number) => boolean>> = {
    "=": (order) => order === 0,
    "<>": (order) => order !== 0,
    "!=": (order) => order !== 0,
    "<": (order) => order < 0,
    "<=": (order) => order <= 0,
    ">": (order) => order > 0,
    ">=": (order) => order >= 0,
  };
  const test = tests[operator];
  if (!test) throw unreadable();
  return (value) => test(compare(value, first));
}

function tokensOf(expression: string): readonly string[] {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) throw unreadable();
    tokens.push(match[1]!);
  }
  return tokens;
}

const unreadable = (): Refusal => new Refusal(400, "InvalidInputException", "Unsupported expression");
