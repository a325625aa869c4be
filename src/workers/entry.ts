/** A worker: opens the rules of a job, then applies their steps to what is sent to it. */
import { isDeepStrictEqual } from "node:util";
import { parentPort } from "node:worker_threads";
import { formats } from "../job/formats.ts";
import { openRules } from "../job.ts";
import { newTally } from "../report.ts";
import type { ColumnRules } from "../rules.ts";
import { maskPart } from "../table.ts";
import type { Part, RunContext } from "../types.ts";
import { columnsOf } from "./columns.ts";
import {
  type Answer,
  type BatchTask,
  failureOf,
  type Message,
  type Opening,
  type PartTask,
  type Task,
} from "./messages.ts";
import { packBatch, unpackBatch } from "./wire.ts";

/** What a task asks for, each opened when it first is. */
interface Opened {
  /** All rules. */
  rules(): Promise<ColumnRules>;
  /** Those of the columns that parts of files hold: no detector is loaded for them. */
  partRules(): Promise<ColumnRules>;
}

const formatOf = formats(undefined);
let opened: Opened | undefined;
let last: Promise<unknown> = Promise.resolve();
const { signal } = new AbortController();

parentPort!.on("message", (message: Message) => {
  if ("task" in message) answer(message.task);
  else {
    opened = openingOf(message.open);
    opened.partRules().then(
      () => post({ ready: true }),
      () => {}, // thrown at the first task
    );
  }
});

function openingOf(opening: Opening): Opened {
  const { job, partLeaves } = opening;
  const { version, columns } = job;
  const only = Object.fromEntries(Object.entries(columns).filter(([leaf]) => partLeaves.includes(leaf)));
  return {
    rules: onceOnly(async () => {
      const { own, rules } = await open(job, opening);
      if (!isDeepStrictEqual(own.detectors, opening.policy.detectors)) throw foreign();
      return rules;
    }),
    partRules: onceOnly(async () => {
      const policy = job.policy && { policy: job.policy };
      return (await open({ version, ...policy, columns: only }, opening)).rules;
    }),
  };
}

async function open(job: Opening["job"], { key, policy: { asOf, keyFingerprint } }: Opening) {
  const { rules, policy: own } = await openRules({ ...job, policy: { ...job.policy, as_of: asOf } }, { key });
  if (own.keyFingerprint !== keyFingerprint) throw foreign();
  return { rules, own };
}

function foreign(): Error {
  return new Error("other rules than the main thread's");
}

function onceOnly<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Begins at once, since a part waits for codecs now and then; answers in turn. */
function answer(task: Task): void {
  const tally = newTally();
  const made = "batch" in task ? masked(task, { tally, signal }) : remade(task, { tally, signal });
  made.catch(() => {}); // told in its turn
  last = last.then(async () => {
    try {
      const { work, moved } = await made;
      post({ made: work, counts: tally.counts().columns }, moved);
    } catch (error) {
      post({ failure: failureOf(error) });
    }
  });
}

function post(message: Answer, moved: readonly ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, [...moved]);
}

async function masked({ leaf, batch }: BatchTask, run: RunContext): Promise<Part> {
  const { transform } = (await opened!.rules()).byColumn.get(leaf)!;
  const written = await transform!.apply(unpackBatch(batch), run);
  const parcel = packBatch(columnsOf([leaf])(written));
  return { work: parcel.batch, moved: parcel.moved };
}

async function remade({ format, leaves, part }: PartTask, run: RunContext): Promise<Part> {
  const { byColumn } = await opened!.partRules();
  const steps = leaves.map((leaf) => byColumn.get(leaf)!.transform!);
  return (await formatOf(format)).part!(part, (stream) => maskPart(stream, steps, run));
}
