import { parentPort, workerData } from "node:worker_threads";
import type { Said } from "./threads.ts";

/** The other end of `openThreads`: loads an engine with what was given to the thread, then answers question by question. */
export async function serve<O, Q, A>(open: (opening: O) => Promise<(question: Q) => Promise<A>>): Promise<void> {
  const port = parentPort!;
  const say = (said: Said<A>) => port.postMessage(said);
  let answer: (question: Q) => Promise<A>;
  try {
    answer = await open(workerData as O);
  } catch {
    say("broken");
    return;
  }
  port.on("message", (question: Q) => {
    answer(question).then(
      (found) => say({ answer: found }),
      () => say("failed"),
    );
  });
  say("ready");
}
