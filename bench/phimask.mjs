// Rewrites one file by the built library in a process of its own and prints what it took:
// `node bench/phimask.mjs <format> <input> <output> <operator or "none">`. `upper` is an operator of this benchmark, so
// that DuckDB and phimask can be asked for the very same bytes.

import { fileStore } from "../dist/connectors/files.js";
import { maskTable, policyOf, readable } from "../dist/src/index.js";
import { maskColumn } from "../dist/transforms/column.js";
import { cellsBy } from "../dist/transforms/operators/apply.js";
import { keyOf } from "../dist/transforms/operators/key.js";
import { cellOperator } from "../dist/transforms/operators/operators.js";
import { valueOperator } from "../dist/transforms/operators/value.js";
import { peakMemory } from "./usage.mjs";

const [name, input, output, mask] = process.argv.slice(2);
const masking = { key: keyOf("a key for the benchmark, nothing else"), policy: policyOf("strict"), subject: false };
const upper = cellsBy(
  valueOperator({
    name: "upper",
    memo: false,
    on: (type) => ({ type, nulls: false, mask: (text) => text.toUpperCase() }),
  }),
);
const operator = mask === "upper" ? upper : mask === "none" ? undefined : cellOperator({ mask }, masking);
const steps = operator ? [maskColumn({ leaf: "note", operator, onError: "fail" })] : [];

const store = fileStore();
const file = readable(store, await store.head(input));
const format = await open(name);
const started = performance.now();
const written = await store.write(output, maskTable(format, file, steps));
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, rss: peakMemory(), bytes: written.size }));

async function open(format) {
  if (format === "parquet") return (await import("../dist/connectors/parquet/format.js")).parquetFormat();
  return (await import("../dist/connectors/csv/format.js")).csvFormat({});
}
