import { randomUUID } from "node:crypto";
import { MaskingError } from "../../src/errors.ts";
import { bytesOf, collect, once } from "../../src/stream.ts";
import type { Detector, Finding, ObjectStore, RunContext } from "../../src/types.ts";
import { COMPREHEND_MEDICAL_BATCH } from "../prices.ts";
import { newPurse, type Purse } from "../purse.ts";
import { detectionJobs, type JobOptions } from "./jobs.ts";
import { readAnswers, stageTexts } from "./staged.ts";

export interface BatchOptions extends JobOptions {
  /** Asked about texts that no job has answered. */
  readonly otherwise: Detector;
  /** Writes what is staged, encrypted. */
  readonly store: ObjectStore;
  /** URI of a folder of its own on S3; ends with a slash. */
  readonly staging: string;
  /** Keyed hash of a text, at least 16 bytes. */
  readonly hmac: (text: string) => Uint8Array;
  /** What jobs are paid from; one without end where left out. */
  readonly purse?: Purse;
}

export interface BatchDetector extends Detector {
  /**
   * Has the service read all these texts before anybody asks about one. They are staged for it and removed when it is
   * done, also after a failure; what a run that died or was stopped has staged is removed by the next one, which waits
   * for the job that the dead one began where `id` is the same: give the same texts the same one. Throws BUDGET_SPENT
   * before the job is started, DETECTOR_FAILED, SERVICE_DENIED, STOPPED, and what a store throws.
   */
  prepare(texts: AsyncIterable<readonly string[]>, id: string, run: RunContext): Promise<void>;
}

/** Comprehend Medical by detection jobs, for large back-fills. Counted as `comprehend_medical_batch`. */
export function batchDetector(options: BatchOptions): BatchDetector {
  const { otherwise, store, staging, hmac, purse = newPurse() } = options;
  const jobs = detectionJobs(options);
  const keyOf = (text: string) => Buffer.from(hmac(text)).toString("latin1", 0, 16);
  let answers: ReadonlyMap<string, readonly Finding[]> = new Map();

  const work = async (texts: AsyncIterable<readonly string[]>, folder: string, run: RunContext): Promise<void> => {
    const [input, output, uri] = [`${folder}input/`, `${folder}output/`, `${folder}job.json`];
    const begun = await noteIn(store, uri);
    const staged = await stageTexts(texts, keyOf, { store, folder: input, write: begun === undefined });
    if (staged.files.length === 0) return;
    const usd = staged.units * COMPREHEND_MEDICAL_BATCH.usd;
    purse.take(usd);
    if (run.signal.aborted) throw new MaskingError("STOPPED");
    // Noted before the start: where its answer is lost, the same token gives the same job to the next run.
    const note = begun ?? { token: randomUUID() };
    if (!begun) await writeNote(store, uri, note);
    const id = note.id ?? (await jobs.start(input, output, note.token));
    if (note.id === undefined) await writeNote(store, uri, { ...note, id });
    run.tally.addCall(COMPREHEND_MEDICAL_BATCH.service, staged.units, usd);
    await jobs.ended(id, run.signal);
    answers = await readAnswers(staged, { store, input, output });
  };

  return {
    name: otherwise.name,
    get version() {
      return otherwise.version;
    },
    async prepare(texts, id, run) {
      const folder = `${staging}${id}/`;
      await clear(store, staging, folder);
      try {
        await work(texts, folder, run);
      } catch (error) {
        // A stopped run has a job to come back to.
        if (!(error instanceof MaskingError && error.code === "STOPPED")) await clear(store, staging);
        throw error;
      }
      await clear(store, staging);
    },
    async detect(texts, run) {
      const found = texts.map((text) => answers.get(keyOf(text)));
      const others = texts.filter((_, at) => found[at] === undefined);
      const asked = others.length === 0 ? [] : await otherwise.detect(others, run);
      if (asked.length !== others.length) throw new MaskingError("DETECTOR_FAILED");
      let next = 0;
      return found.map((findings) => findings ?? asked[next++]!);
    },
  };
}

/** A job that a run has begun, or was about to. */
interface Note {
  readonly token: string;
  readonly id?: string;
}

async function writeNote(store: ObjectStore, uri: string, note: Note): Promise<void> {
  await store.write(uri, once(new TextEncoder().encode(JSON.stringify(note))));
}

async function noteIn(store: ObjectStore, uri: string): Promise<Note | undefined> {
  if (!(await store.head(uri))) return undefined;
  try {
    const note = JSON.parse(new TextDecoder().decode(await bytesOf(store.read(uri)))) as Partial<Note>;
    return typeof note.token === "string" ? (note as Note) : undefined;
  } catch (error) {
    if (error instanceof MaskingError) throw error;
    return undefined;
  }
}

/** Removes what is staged, but for one folder. */
async function clear(store: ObjectStore, staging: string, but?: string): Promise<void> {
  for (const { uri } of await collect(store.list(staging))) {
    if (but === undefined || !uri.startsWith(but)) await store.remove(uri);
  }
}
