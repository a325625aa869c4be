import { MaskingError } from "../src/errors.ts";
import type { Detector, Finding, RunContext } from "../src/types.ts";

export interface CacheOptions {
  /** Keyed hash of a text, at least 16 bytes: all that is kept of it. */
  readonly hmac: (text: string) => Uint8Array;
  /** Memory that remembered answers may take, about; 256 MiB where left out. The ones longest unused go first. */
  readonly maxBytes?: number;
}

type Answer = readonly Finding[];

const NOTHING: Answer = [];

/**
 * The detector, asked about equal texts once, also where they come at the same time. In memory alone, and no text is
 * kept. What was found in a text first is its answer from then on, whatever texts stand around it later.
 */
export function cached(detector: Detector, { hmac, maxBytes = 256 << 20 }: CacheOptions): Detector {
  const known = newMemory(maxBytes);
  const underway = new Map<string, Promise<Answer>>();

  const ask = (texts: ReadonlyMap<string, string>, run: RunContext): ReadonlyMap<string, Promise<Answer>> => {
    const asked = answersOf(detector, [...texts.values()], run);
    const answers = [...texts.keys()].map((key, i): [string, Promise<Answer>] => [key, asked.then((all) => all[i]!)]);
    for (const [key, answer] of answers) {
      underway.set(key, answer);
      const done = () => void underway.delete(key);
      answer.then((found) => known.set(key, found)).then(done, done);
    }
    return new Map(answers);
  };

  return {
    name: detector.name,
    get version() {
      return detector.version;
    },
    async detect(texts, run) {
      if (run.signal.aborted) throw new MaskingError("STOPPED");
      const keys = texts.map((text) => Buffer.from(hmac(text)).toString("latin1", 0, 16));
      const answers = new Map<string, Answer>();
      const others = new Map<string, Promise<Answer>>();
      const missing = new Map<string, string>();
      keys.forEach((key, i) => {
        if (answers.has(key) || others.has(key) || missing.has(key)) return;
        const [answer, asked] = [known.get(key), underway.get(key)];
        if (answer) answers.set(key, answer);
        else if (asked) others.set(key, asked);
        else missing.set(key, texts[i]!);
      });
      const settle = async (asked: ReadonlyMap<string, Promise<Answer>>) => {
        for (const [key, answer] of asked) answers.set(key, await answer);
      };
      if (missing.size > 0) await settle(ask(missing, run));
      await settle(others).catch((error: unknown) => {
        // The end of another run, whose question it was, is not the end of this one.
        if (run.signal.aborted || !(error instanceof MaskingError) || error.code !== "STOPPED") throw error;
        const unanswered = texts.map((text, i) => [keys[i]!, text] as const).filter(([key]) => !answers.has(key));
        return settle(ask(new Map(unanswered), run));
      });
      return keys.map((key) => answers.get(key)!);
    },
  };
}

/** The detector's answers, one for each text. */
async function answersOf(detector: Detector, texts: readonly string[], run: RunContext): Promise<readonly Answer[]> {
  const answers = await detector.detect(texts, run);
  const fits = Array.isArray(answers) && answers.length === texts.length && answers.every(Array.isArray);
  if (!fits) throw new MaskingError("DETECTOR_FAILED");
  return answers;
}

interface Memory {
  get(key: string): Answer | undefined;
  set(key: string, answer: Answer): void;
}

/** Bytes of V8's heap: a map's entry with its key and list, and each finding. */
const ENTRY = 130;
const FINDING = 80;

function newMemory(maxBytes: number): Memory {
  const entries = new Map<string, Answer>();
  let bytes = 0;
  const sizeOf = (answer: Answer) => ENTRY + answer.length * FINDING;
  const forget = (key: string, answer: Answer) => {
    entries.delete(key);
    bytes -= sizeOf(answer);
  };
  return {
    get(key) {
      const answer = entries.get(key);
      if (answer) {
        entries.delete(key);
        entries.set(key, answer);
      }
      return answer;
    },
    set(key, answer) {
      const former = entries.get(key);
      if (former) forget(key, former);
      entries.set(key, answer.length === 0 ? NOTHING : answer);
      bytes += sizeOf(answer);
      for (const [oldest, old] of entries) {
        if (bytes <= maxBytes) break;
        forget(oldest, old);
      }
    },
  };
}
