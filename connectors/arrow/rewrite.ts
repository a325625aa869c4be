/** An Arrow table again with some leaves masked: message by message, all other buffers as they stood. */
import { DataType, Dictionary } from "apache-arrow";
import { MaskingError } from "../../src/errors.ts";
import type { BatchStream, Leaf, Piece, Touched } from "../../src/types.ts";
import { answered } from "./answer.ts";
import { type Asked, ask, laneSchemas } from "./ask.ts";
import { dictionaryInput } from "./dictionaries.ts";
import { encoded } from "./encode.ts";
import type { ArrowInput, ArrowMessage } from "./input.ts";
import { type Lane, openLane } from "./lanes.ts";
import type { Node } from "./layout.ts";
import { planRewrite, type RewritePlan } from "./leaves.ts";
import { type MaskedDictionary, maskedDictionary } from "./masked-dictionary.ts";
import {
  type BatchHead,
  type BatchTable,
  type DictionaryBatchTable,
  HEADER,
  readMessage,
  writeMessage,
} from "./metadata.ts";
import { arrowOutput, type Output } from "./output.ts";

type Mask = (stream: BatchStream) => BatchStream;

/**
 * The table in the container it came in. Reads on only when its own reader or the mask asks for more. Throws what
 * `planRewrite`, the mask and damaged input throw; then no end of the table has been given out.
 */
export async function* rewriteArrow(
  input: ArrowInput,
  touched: Touched,
  mask: Mask,
  onRows: (count: number) => void = () => {},
): AsyncGenerator<Piece, void, undefined> {
  const lanes = new Map<Leaf, Lane>();
  let messages: AsyncGenerator<ArrowMessage, void, undefined> | undefined;
  try {
    const plan = planRewrite(input, touched, mask);
    const jobs: Job[] = [];
    messages = input.messages(shownNodes(plan).some(({ field }) => field.dictionary));
    const read = inTurn(reading(messages, plan, lanes, jobs));
    for (const [leaf, schema] of laneSchemas(plan)) lanes.set(leaf, openLane(schema, mask, read));
    const output = arrowOutput(input.container, input.version);
    const dictionaries = dictionariesOf(plan, input.container === "file");
    yield* output.begin(schemaMetadata(input, plan));
    let compression: BatchHead["compression"];
    for (;;) {
      const job = jobs.shift();
      if (!job && !(await read())) break;
      if (!job) continue;
      if ("copy" in job) yield* output.copy(job.copy);
      else {
        const { head, parts, renewed } = await answered(job.asked, plan, lanes, dictionaries);
        compression = head.compression;
        for (const dictionary of renewed) yield* await written(output, dictionary, compression);
        const { version, metadata } = job.asked.message.table;
        yield* await output.batch(head, parts, { version, metadata });
      }
      onRows(rowsIn(job));
    }
    if (input.container === "file") {
      for (const dictionary of dictionaries.values()) yield* await written(output, dictionary, compression);
    }
    for (const lane of lanes.values()) await lane.finish();
    yield* output.end(plan.schema, input.ending());
  } finally {
    for (const lane of lanes.values()) await lane.close();
    await messages?.return();
    await input.close();
  }
}

/** What was read and is not yet written. */
type Job = { readonly copy: ArrowMessage } | { readonly asked: Asked };

function rowsIn(job: Job): number {
  const { table } = "copy" in job ? job.copy : job.asked.message;
  return table.headerType === HEADER.batch ? (table.header as BatchTable).length : 0;
}

/** Reads one message: what the mask must see goes to its lanes, and what is to be written to `jobs`. */
function reading(
  messages: AsyncGenerator<ArrowMessage, void, undefined>,
  plan: RewritePlan,
  lanes: ReadonlyMap<Leaf, Lane>,
  jobs: Job[],
): () => Promise<boolean> {
  const touches = plan.changes.fields.size > 0 || plan.changes.dropped.size > 0 || plan.rows.length > 0;
  const dictionaries = dictionaryInput(shownNodes(plan));
  return async () => {
    const next = await messages.next();
    if (next.done) return false;
    const message = next.value;
    if (message.table.headerType === HEADER.dictionary) {
      const { id } = message.table.header as DictionaryBatchTable;
      const needed = await dictionaries.load(message);
      if (plan.kept.has(id)) jobs.push({ copy: message });
      else if (!needed && !plan.known.has(id))
        throw new MaskingError("INPUT_MALFORMED", { expected: "known dictionaries" });
    } else if (!touches) jobs.push({ copy: message });
    else jobs.push({ asked: await ask(message, plan, dictionaries.byId, lanes) });
    return true;
  };
}

/** The nodes whose values the mask sees. */
function shownNodes(plan: RewritePlan): readonly Node[] {
  const leaves = [...plan.rows, ...plan.alone].filter(({ given }) => !DataType.isNull(given.type));
  return leaves.map(({ node }) => node);
}

/** One call after the other, as each mask may call at any time. */
function inTurn(read: () => Promise<boolean>): () => Promise<boolean> {
  let last: Promise<boolean> = Promise.resolve(true);
  return () => {
    last = last.then((more) => more && read());
    return last;
  };
}

/** The dictionaries of masked columns, by node. */
function dictionariesOf(plan: RewritePlan, grows: boolean): ReadonlyMap<number, MaskedDictionary> {
  const found = new Map<number, MaskedDictionary>();
  for (const { leaf, node } of [...plan.rows, ...plan.alone]) {
    const change = plan.changes.fields.get(node.index);
    if (!(change?.type instanceof Dictionary)) continue;
    found.set(node.index, maskedDictionary(change.dictionary!, change.type, leaf, grows));
  }
  return found;
}

async function written(
  output: Output,
  dictionary: MaskedDictionary,
  compression: BatchHead["compression"],
): Promise<Piece[]> {
  const { nodes, buffers, variadic } = encoded([dictionary.values()]);
  const head = { length: nodes[0]!, nodes, compression, variadic: variadic.length > 0 ? variadic : undefined };
  return output.dictionary(
    dictionary.id,
    head,
    buffers.map((made) => ({ made })),
  );
}

function schemaMetadata({ schema, metadata, version }: ArrowInput, plan: RewritePlan): Uint8Array {
  if (plan.schema === schema) return metadata;
  const { metadata: kept } = readMessage(metadata);
  return writeMessage({ version, headerType: HEADER.schema, header: plan.schema, bodyLength: 0, metadata: kept });
}
