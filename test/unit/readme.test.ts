import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ERROR_TABLE } from "../../src/errors.ts";
import { parseJob } from "../../src/parse.ts";
import { policyOf } from "../../src/policy.ts";
import { jobSchema, ruleSchema } from "../../src/schema.ts";
import { keyOf } from "../../transforms/operators/key.ts";
import { cellOperator, type OperatorRule } from "../../transforms/operators/operators.ts";
import { phimask } from "../cli/phimask.ts";
import { TEXT } from "../fakes/masking.ts";

const README = readFileSync("README.md", "utf8");
/** The key that README's examples are made with. */
const KEY = "a key for this example, not for yours";

/** The cells of the tables under a heading, their header rows left out. */
function tables(heading: string): readonly (readonly string[])[] {
  const [, after = ""] = README.split(`\n## ${heading}\n`);
  return rowsOf(after.split("\n## ")[0]!);
}

function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const isRule = (line: string | undefined) => /^\|(-+\|)+$/.test(line ?? "");
  return lines
    .filter((line, at) => line.startsWith("|") && !isRule(line) && !isRule(lines[at + 1]))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function code(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: string;
  readonly enum?: readonly string[];
}

describe("README", () => {
  it("lists every error with its recovery and sentence", () => {
    const table = Object.entries(ERROR_TABLE).map(([name, [recovery, says]]) => [`\`${name}\``, recovery, says]);
    expect(tables("Errors")).toEqual(table);
  });

  it("lists every key of a job", () => {
    const schema = z.toJSONSchema(jobSchema, { io: "input" }) as JsonSchema;
    const inside = ["source", "target", "policy", "detect", "allow", "deny", "limits", "aws", "checks", "state"];
    const keys = Object.entries(schema.properties!).flatMap(([key, { properties }]) =>
      inside.includes(key) ? Object.keys(properties!).map((inner) => `${key}.${inner}`) : [key],
    );
    expect(
      tables("The job file")
        .flatMap(([key]) => code(key!))
        .sort(),
    ).toEqual([...keys].sort());
    const csv = Object.keys(schema.properties!["source"]!.properties!["csv"]!.properties!);
    expect(code(README.split("\n`source.csv`: ")[1]!.split("\n\n")[0]!)).toEqual(expect.arrayContaining(csv));
  });

  it("lists every mask", () => {
    const rules = (z.toJSONSchema(ruleSchema) as JsonSchema).oneOf!;
    const masks = rules.map(({ properties }) => properties!["mask"]!.const!);
    expect(tables("Masks").flatMap(([mask]) => code(mask!))).toEqual(masks.sort(inReadmeOrder));
    for (const { properties } of rules) {
      for (const option of Object.keys(properties!)) expect(README).toContain(`\`${option}\``);
    }
  });

  it("gives examples of masks that hold", () => {
    const examples = [...README.matchAll(/`(\{mask: [^`]*\})`: `([^`]*)` → (?:`([^`]*)`|nothing)/g)];
    expect(examples.length).toBeGreaterThan(12);
    for (const [, written, from, to = ""] of examples) {
      const rule = parse(written!) as OperatorRule;
      const profile = rule.mask === "shift" ? "expert_determination" : "safe_harbor";
      const masking = { key: keyOf(KEY), policy: policyOf(profile, { asOf: "2026-01-01" }), subject: true };
      const answer = String(cellOperator(rule, masking).on(TEXT).mask(from!, { id: "P1001" }));
      if (to.endsWith("…")) expect(answer).toMatch(/^pm1\.[\w-]{40,}$/);
      else expect([written, answer]).toEqual([written, to]);
    }
  });

  it("shows three rows as samples/first/ makes them", async () => {
    await rm("samples/first/out", { recursive: true, force: true });
    const ended = await phimask(["run", "samples/first/job.yaml", "--quiet"], { env: { PHIMASK_KEY: KEY } });
    expect(ended.exit).toBe(0);
    const [before, after] = ["Before (made-up people):\n", "After:\n"].map((heading) =>
      rowsOf(README.split(`\n${heading}`)[1]!.split("\n\n").slice(0, 2).join("\n")),
    );
    expect(before).toEqual(csvRows("samples/first/visits.csv"));
    expect(after).toEqual(csvRows("samples/first/out/visits.csv"));
  });

  it("has jobs that are valid", () => {
    const blocks = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(parseJob(block.replace(/^ {3}/gm, "")).version).toBe(1);
  });

  it("lists every command, every profile, and the two commands of a fresh machine", () => {
    const cli = readFileSync("src/cli.ts", "utf8");
    const commands = [...cli.matchAll(/\.command\("(\w+)"\)/g)].map((match) => match[1]);
    const flags = [...cli.matchAll(/"(?:-\w, )?(--[\w-]+) ?/g)];
    const listed = tables("The command line").flatMap(([cell]) => code(cell!));
    expect(listed.map((line) => line.split(" ")[0]).sort()).toEqual([...commands].sort());
    for (const [, flag] of flags.filter(([, name]) => name !== "--version")) expect(README).toContain(flag!);
    const { profile } = (z.toJSONSchema(jobSchema, { io: "input" }) as JsonSchema).properties!["policy"]!.properties!;
    expect(tables("Profiles").map(([name]) => code(name!)[0])).toEqual(profile!.enum);
    expect(README).toContain("npm ci && npm run demo");
    expect(README).toContain("npm ci && npm test");
    expect(readFileSync(".ci/run", "utf8")).toMatch(/^npm ci\nnpm test$/m);
  });
});

/** The rows of a small CSV file whose last column is in quotes, without its header. */
function csvRows(path: string): readonly (readonly string[])[] {
  const lines = readFileSync(path, "utf8").trim().split("\n").slice(1);
  return lines.map((line) => {
    const [, cells, note] = /^(.*?),"(.*)"$/.exec(line)!;
    return [...cells!.split(","), note!];
  });
}

function inReadmeOrder(one: string, other: string): number {
  const order = tables("Masks").flatMap(([mask]) => code(mask!));
  return order.indexOf(one) - order.indexOf(other);
}
