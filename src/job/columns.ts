import { Utf8 } from "apache-arrow";
import type { CellOperator, FindingOperators, Masking, OperatorRule } from "../../transforms/operators/operators.ts";
import { MaskingError } from "../errors.ts";
import type { FaceFinder, TextReader } from "../image-types.ts";
import type { ColumnRule as ColumnRuleFile, ImageRule, JobFile } from "../jobfile.ts";
import { spelledOut } from "../parse.ts";
import type { ColumnRule, ColumnRules } from "../rules.ts";
import type { Detector, Leaf, Transform } from "../types.ts";
import { type ImageSurroundings, openImageStep } from "./images.ts";

/** What the rules of columns are built with. */
export interface Builders {
  cell(rule: OperatorRule): CellOperator;
  readonly operators: FindingOperators;
  readonly detectors: readonly Detector[];
  readonly masking: Masking;
  /** The detector that looks at masked texts again; undefined where the job asks for no second look. */
  readonly second?: (() => Promise<Detector>) | undefined;
  /** Whether other threads can build the same detectors from the job. */
  readonly movable: boolean;
  readonly readers: readonly TextReader[];
  readonly finders: readonly FaceFinder[];
  readonly surroundings: ImageSurroundings;
}

/** The rule of every column, live. Throws RULE_UNFIT, JOB_INVALID with the column's key. */
export async function openColumns(file: JobFile, builders: Builders): Promise<ColumnRules> {
  const { maskColumn } = await import("../../transforms/column.ts");
  const subject = file.policy?.subject;
  const shared = { ...(subject !== undefined && { subject }), onError: file.policy?.on_error ?? "fail" } as const;
  const cell = (leaf: Leaf, rule: OperatorRule) => maskColumn({ leaf, operator: builders.cell(rule), ...shared });

  const byColumn = new Map<Leaf, ColumnRule>();
  for (const [leaf, written] of Object.entries(file.columns)) {
    const rule = spelledOut(written) as ColumnRuleFile;
    try {
      if (rule.mask === "keep") byColumn.set(leaf, { mask: "keep" });
      else if (rule.mask === "text")
        byColumn.set(leaf, {
          mask: "text",
          transform: await textStep(file, leaf, builders),
          ...(await textCheck(file, leaf, builders)),
          movable: builders.movable,
        });
      else if (rule.mask === "image")
        byColumn.set(leaf, { mask: "image", transform: await openImageStep(file, leaf, rule as ImageRule, builders) });
      else byColumn.set(leaf, columnRule(rule as OperatorRule, cell(leaf, rule as OperatorRule), builders));
    } catch (error) {
      throw error instanceof MaskingError ? error.at({ key: `columns.${leaf}` }) : error;
    }
  }
  return {
    byColumn,
    unlisted: file.policy?.unlisted ?? "fail",
    dropping: (leaf) => cell(leaf, { mask: "drop" }),
  };
}

function columnRule(rule: OperatorRule, transform: Transform, builders: Builders): ColumnRule {
  const { mask } = rule;
  if (mask === "drop") return { mask, transform, partition: () => undefined };
  if (!transform.byValue) return { mask, transform };
  return { mask, transform, partition: (value) => maskFolder(value, builders.cell(rule)) };
}

/** A partition's value is text in a folder's name, whatever type a catalog gives it. */
function maskFolder(value: string | null, operator: CellOperator): string | null {
  if (value === null) return null;
  const masked = operator.on(new Utf8()).mask(value, { id: null });
  return masked === null ? null : String(masked);
}

async function textStep(file: JobFile, leaf: Leaf, { operators, detectors, masking }: Builders): Promise<Transform> {
  const { maskText } = await import("../../transforms/text.ts");
  const rule = spelledOut(file.columns[leaf]!);
  const known = rule.mask === "text" && "known" in rule ? (rule.known ?? []) : [];
  const subject = file.policy?.subject;
  return maskText({
    leaf,
    detectors,
    operators,
    policy: masking.policy,
    known: known.map((column) => ({ leaf: column })),
    ...(subject !== undefined && { subject }),
    allow: { terms: file.allow?.terms ?? [], patterns: file.allow?.patterns ?? [] },
    deny: { terms: file.deny?.terms ?? [], patterns: file.deny?.patterns ?? [] },
    minScore: file.detect?.min_score ?? 0,
    onError: file.policy?.on_error ?? "fail",
    proveKnown: file.checks?.known_absent ?? true,
  });
}

/** The second look at a text column: by the embedded detector, whatever the first one is. */
async function textCheck(file: JobFile, leaf: Leaf, { masking, second }: Builders): Promise<Pick<ColumnRule, "check">> {
  if (!second) return {};
  const { recheckText } = await import("../../transforms/recheck.ts");
  const allow = { terms: file.allow?.terms ?? [], patterns: file.allow?.patterns ?? [] };
  const minScore = file.detect?.min_score ?? 0;
  return { check: recheckText({ leaf, detector: await second(), policy: masking.policy, allow, minScore }) };
}

/** What becomes of findings, by type, shorthands spelled out. */
export function operatorRules(
  file: JobFile,
): Parameters<typeof import("../../transforms/operators/operators.ts").findingOperators>[0] {
  return Object.fromEntries(
    Object.entries(file.operators ?? {}).map(([type, rule]) => [type, spelledOut(rule) as OperatorRule]),
  );
}
