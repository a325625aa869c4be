import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { type RecordBatch, RecordBatchReader, RecordBatchStreamWriter, type Schema } from "apache-arrow";
import { beforeAll, describe, expect, it } from "vitest";
import { folderWith, KEY } from "../cli/phimask.ts";
import { PLANTED, tableOf } from "../fakes/tables.ts";

const JOB = `version: 1
policy: {unlisted: keep}
columns: {name: {mask: hash}, note: redact, region: label, ward: label, big: {mask: hash}, born: "null", alive: drop}
`;
/** The end of a stream: a continuation mark, then a length of 0. Its absence tells a reader that rows are missing. */
const END = Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]);

interface Ended {
  readonly exit: number | null;
  readonly output: Buffer;
  readonly said: string;
}

/** What whoever starts `phimask stream` may count on, whichever build of the command it is. */
export function streamCommandContract(name: string, command: () => readonly string[]): void {
  describe(`${name}: phimask stream`, () => {
    let job = "";
    beforeAll(async () => {
      job = `${await folderWith({ "job.yaml": JOB, "unknown.yaml": JOB.replace("name:", "nobody:") })}/job.yaml`;
    });

    const start = (file = job): ChildProcessWithoutNullStreams => {
      const [program, ...args] = [...command(), "stream", file];
      const child = spawn(program!, args, { env: { ...process.env, PHIMASK_KEY: KEY } });
      child.stdin.on("error", () => {});
      return child;
    };
    const ended = async (child: ChildProcessWithoutNullStreams): Promise<Ended> => {
      const [output, said]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
      const [code] = (await once(child, "close")) as [number | null];
      return { exit: code, output: Buffer.concat(output), said: Buffer.concat(said).toString() };
    };
    const within = 60_000;
    const fed = (input: Uint8Array, file = job) => {
      const child = start(file);
      child.stdin.end(input);
      return ended(child);
    };

    it("masks the columns that the job names, keeps the types that it does not change, and ends with the mark", async () => {
      const input = streamOf(tableOf(true, 5, 40));
      const { exit, output, said } = await fed(input);
      expect(exit).toBe(0);
      expect(output.subarray(-8)).toEqual(END);
      const [was, is] = [schemaOf(input), schemaOf(output)];
      const types = ({ fields }: Schema) => Object.fromEntries(fields.map((each) => [each.name, String(each.type)]));
      const { alive: _, ...rest } = types(was);
      expect(types(is)).toEqual({ ...rest, big: "Utf8" });
      expect(JSON.parse(said)).toMatchObject({ status: "ok", rows: 200 });
      expect(output.subarray(0, 1000).includes(PLANTED)).toBe(false);
    });

    it.each([
      ["no batch", streamOf([], tableOf(true, 1, 1)[0]!.schema), 0],
      ["a batch without rows", streamOf(tableOf(true, 1, 1).map((batch) => batch.slice(0, 0))), 0],
      ["batches of one row", streamOf(tableOf(true, 30, 1)), 30],
    ])("%s is a valid stream", async (_, input, rows) => {
      const { exit, output } = await fed(input);
      expect(exit).toBe(0);
      expect(output.subarray(-8)).toEqual(END);
      expect(rowsOf(output)).toBe(rows);
    });

    it("a damaged or cut input ends with an error and without the mark", async () => {
      const whole = streamOf(tableOf(true, 4, 30));
      const damaged = Buffer.from(whole);
      damaged.fill(0xee, whole.length >> 1, (whole.length >> 1) + 400);
      const inputs = [0.3, 0.6, 0.97].map((part) => whole.subarray(0, Math.floor(whole.length * part)));
      for (const input of [...inputs, damaged, Buffer.from("id,name\n1,Ana\n"), Buffer.alloc(0)]) {
        const { exit, output, said } = await fed(input);
        expect([2, 75]).toContain(exit);
        expect(output.subarray(-8).equals(END)).toBe(false);
        expect(said).toMatch(/INPUT_(TRUNCATED|MALFORMED|UNSUPPORTED)/);
        expect(said).not.toContain(PLANTED);
      }
    });

    it("a rule without its column ends with 2 before anything is written", async () => {
      const { exit, output, said } = await fed(streamOf(tableOf(true, 1, 5)), job.replace("job.yaml", "unknown.yaml"));
      expect({ exit, bytes: output.length }).toEqual({ exit: 2, bytes: 0 });
      expect(said).toContain("COLUMN_MISSING");
    });

    it("hands on the first batches while the input is still open", async () => {
      const child = start();
      const done = ended(child);
      const bytes = streamOf(tableOf(true, 6, 50));
      child.stdin.write(bytes.subarray(0, Math.floor(bytes.length * 0.8)));
      let seen = 0;
      await new Promise<void>((enough) => {
        child.stdout.on("data", (chunk: Buffer) => {
          seen += chunk.length;
          if (seen > bytes.length / 8) enough();
        });
      });
      child.stdin.end(bytes.subarray(Math.floor(bytes.length * 0.8)));
      expect((await done).exit).toBe(0);
    });

    it(
      "takes no more input than a reader that stands still lets through",
      async () => {
        const child = start();
        const batch = streamOf(repeated(400));
        const taken = { bytes: 0 };
        const feed = async () => {
          for (let at = 0; at < batch.length; at += 65_536) {
            const piece = batch.subarray(at, at + 65_536);
            if (!child.stdin.write(piece)) await once(child.stdin, "drain");
            taken.bytes += piece.length;
          }
        };
        const fed = feed().catch(() => {});
        await settled(() => taken.bytes);
        expect(taken.bytes).toBeGreaterThan(0);
        expect(taken.bytes).toBeLessThan(batch.length / 3);
        child.kill("SIGTERM");
        await ended(child);
        child.stdin.destroy();
        await fed;
      },
      within,
    );

    it(
      "a SIGTERM ends it with 143, without the mark and without a word of the data",
      async () => {
        const child = start();
        const done = ended(child);
        const bytes = streamOf(tableOf(true, 6, 50));
        child.stdin.write(bytes.subarray(0, bytes.length - 200));
        await once(child.stdout, "data");
        child.kill("SIGTERM");
        const { exit, output, said } = await done;
        expect(exit).toBe(143);
        expect(output.subarray(-8).equals(END)).toBe(false);
        expect(JSON.parse(said.trim().split("\n").at(-1)!)).toMatchObject({ status: "failed", code: "STOPPED" });
        expect(said).not.toContain(PLANTED);
      },
      within,
    );

    it(
      "ends when its reader is gone",
      async () => {
        const child = start();
        const bytes = streamOf(repeated(100));
        child.stdin.write(bytes);
        await once(child.stdout, "data");
        child.stdout.destroy();
        const [code] = (await once(child, "exit")) as [number | null];
        expect(code).not.toBe(0);
      },
      within,
    );
  });
}

function streamOf(batches: readonly RecordBatch[], schema = batches[0]!.schema): Buffer {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (const batch of batches) writer.write(batch);
  return Buffer.from(writer.finish().toUint8Array(true));
}

/** Some 50 KB a batch. */
function repeated(batches: number): readonly RecordBatch[] {
  return Array(batches).fill(tableOf(true, 1, 300)[0]!);
}

function schemaOf(bytes: Uint8Array): Schema {
  return RecordBatchReader.from(bytes).open().schema;
}

function rowsOf(bytes: Uint8Array): number {
  return [...RecordBatchReader.from(bytes)].reduce((sum, batch) => sum + batch.numRows, 0);
}

/** Until a count has stood still for a second. */
async function settled(count: () => number): Promise<void> {
  for (let last = -1, still = 0; still < 5; ) {
    await new Promise((wait) => setTimeout(wait, 200));
    still = count() === last && last > 0 ? still + 1 : 0;
    last = count();
  }
}
