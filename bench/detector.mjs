// Characters a second of the embedded detector on one core: `node bench/detector.mjs <JSON file of texts> <milliseconds>`.
// The first million characters take about twice as long, until V8 has compiled what they need: they are not counted.
import { readFile } from "node:fs/promises";
import { Bench } from "tinybench";
import { newTally, openEmbedded } from "../dist/src/index.js";

const [path, time] = process.argv.slice(2);
const texts = JSON.parse(await readFile(path, "utf8"));
const characters = texts.reduce((sum, text) => sum + text.length, 0);
const detector = await openEmbedded();
const run = { tally: newTally(), signal: new AbortController().signal };
const bench = new Bench({ time: Number(time), warmupTime: 6000 }).add("detect", () => detector.detect(texts, run));
await bench.run();
const { result } = bench.tasks[0];
console.log(JSON.stringify({ charactersPerSecond: characters / (result.latency.p50 / 1000) }));
