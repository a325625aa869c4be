/** A worker: opens the rules of a job, then applies their steps to the batches that are sent to it. */
import { isDeepStrictEqual } from "node:util";
import { parentPort } from "node:worker_threads";
import { openRules } from "../job.ts";
import { newTally } from "../report.ts";
import type { ColumnRules } from "../rules.ts";
import { columnsOf } from "./columns.ts";
import { type Answer, type Done, failureOf, type Message, type Opening, type Task } from "./messages.ts";
import { packBatch, unpackBatch } from "./wire.ts";

let rules: Promise<ColumnRules> | undefined;
let last: Promise<void> = Promise.resolve();
const { signal } = new AbortController();

parentPort!.on("message", (message: Message) => {
  if ("open" in message) {
    rules = open(message.open);
    rules.catch(() => {}); // thrown at the first task
  } else {
    last = last.then(() => answer(message.task));
  }
});

async function open({ job, key, policy }: Opening): Promise<ColumnRules> {
  const { asOf, keyFingerprint, detectors } = policy;
  const opened = await openRules({ ...job, policy: { ...job.policy, as_of: asOf } }, { key });
  const { policy: own } = opened;
  if (own.keyFingerprint !== keyFingerprint || !isDeepStrictEqual(own.detectors, detectors)) {
    throw new Error("other rules than the main thread's");
  }
  return opened.rules;
}

async function answer(task: Task): Promise<void> {
  try {
    const { done, moved } = await masked(task);
    parentPort!.postMessage(done satisfies Answer, [...moved]);
  } catch (error) {
    parentPort!.postMessage({ failure: failureOf(error) } satisfies Answer);
  }
}

async function masked({ leaf, batch }: Task): Promise<{ done: Done; moved: readonly ArrayBuffer[] }> {
  const { transform } = (await rules)!.byColumn.get(leaf)!;
  const tally = newTally();
  const written = await transform!.apply(unpackBatch(batch), { tally, signal });
  const parcel = packBatch(columnsOf([leaf])(written));
  return { done: { batch: parcel.batch, counts: tally.column(leaf) }, moved: parcel.moved };
}
