/** What the main thread and its workers say to one another. */
import { type ErrorCode, MaskingError, type Place } from "../errors.ts";
import type { JobFile } from "../jobfile.ts";
import type { JobPolicy } from "../plan.ts";
import type { ColumnCounts, Leaf } from "../types.ts";
import type { PackedBatch } from "./wire.ts";

/** The rules that a worker is to open. */
export interface Opening {
  readonly job: JobFile;
  /** The key's text: it reaches a worker by no other way. */
  readonly key: string;
  /** What the rules must come to: a worker that opens others is of no use. */
  readonly policy: Pick<JobPolicy, "asOf" | "keyFingerprint" | "detectors">;
}

/** A batch for the step that the rule of `leaf` says. */
export interface Task {
  readonly leaf: Leaf;
  readonly batch: PackedBatch;
}

export type Message = { readonly open: Opening } | { readonly task: Task };

/** The column that the step wrote, and what it counted. */
export interface Done {
  readonly batch: PackedBatch;
  readonly counts: ColumnCounts;
}

/** Answers come in the order of the tasks; where the rules cannot be opened, each task fails. */
export type Answer = Done | { readonly failure: Failure };

/** An error without its class. A foreign one keeps no message: it may hold a cell. */
export type Failure =
  | { readonly code: ErrorCode; readonly place: Place }
  | { readonly name: string; readonly frames: readonly string[] };

export function failureOf(error: unknown): Failure {
  if (error instanceof MaskingError) return { code: error.code, place: error.place };
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => /^ {4}at /.test(line));
  return { name: error instanceof Error ? error.constructor.name : "Error", frames };
}

/** The error again, as if it had been thrown here. */
export function errorOf(failure: Failure): Error {
  if ("code" in failure) return new MaskingError(failure.code, failure.place);
  const error = new Error(`a worker's ${failure.name}`);
  error.stack = [`Error: ${error.message}`, ...failure.frames].join("\n");
  return error;
}
