import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { folderWith, phimask } from "./phimask.ts";

const CORPUS = `{"text": "Seen by Dr. Alvarez on 03/04/2024, aged 45.", "spans": [{"start": 8, "end": 19, "type": "NAME"}, {"start": 23, "end": 33, "type": "DATE"}, {"start": 40, "end": 42, "type": "AGE"}]}
{"text": "The zorbix was quiet.", "spans": [{"start": 4, "end": 10, "type": "ID"}]}
{"text": "Stable. No complaints.", "spans": []}
`;

describe("phimask evaluate", () => {
  it("judges the embedded detector on labelled texts, and shows none of them", async () => {
    const folder = await folderWith({ "made.jsonl": CORPUS });
    const misses = `${folder}/misses.jsonl`;
    const ended = await phimask(["evaluate", "--corpus", `${folder}/made.jsonl`, "--misses", misses]);
    expect(ended.exit).toBe(0);
    expect(ended.summary).toMatchObject({
      status: "ok",
      detectors: [{ name: "embedded" }],
      corpora: [
        { corpus: "made", documents: 3, rates: { full: 66.7, any: 66.7, clean: 50, precision: 100, touched: 0 } },
      ],
    });
    expect(ended.stdout.toString()).toMatch(/^made +3 +3 +66\.7/m);
    expect(await readFile(misses, "utf8")).toBe(
      '{"corpus":"made","document":1,"what":"missed","start":4,"end":10,"type":"ID"}\n',
    );
    expect(ended.stdout.toString() + ended.stderr).not.toMatch(/Alvarez|zorbix/);
  });

  it("takes profile and terms from a job", async () => {
    const job =
      "version: 1\npolicy: {profile: strict}\ncolumns: {note: text}\ndeny: {terms: [{term: zorbix, type: ID}]}\n";
    const folder = await folderWith({ "made.jsonl": CORPUS, "job.yaml": job });
    const ended = await phimask(["evaluate", "--corpus", `${folder}/made.jsonl`, "--job", `${folder}/job.yaml`]);
    expect(ended.summary).toMatchObject({ corpora: [{ rates: { full: 100, any: 100, clean: 100 } }] });
  });

  it.each([
    ["no corpus", ["evaluate"], 2],
    ["a corpus that is not there", ["evaluate", "--corpus", "/nowhere.jsonl"], 2],
    ["another detector", ["evaluate", "--corpus", "x", "--detector", "best"], 2],
  ])("refuses %s", async (_, words, exit) => {
    expect((await phimask(words)).exit).toBe(exit);
  });

  it("names the line of a label that fits no text, and not the text", async () => {
    const folder = await folderWith({
      "made.jsonl": '{"text": "Jane", "spans": [{"start": 0, "end": 5, "type": "N"}]}',
    });
    const ended = await phimask(["evaluate", "--corpus", `${folder}/made.jsonl`]);
    expect([ended.exit, ended.summary["code"]]).toEqual([2, "INPUT_MALFORMED"]);
    expect(ended.stderr).toContain("line 1");
    expect(ended.stderr).not.toContain("Jane");
  });
});
