import { readFile, writeFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openBatchPorts, openRules } from "../../src/job.ts";
import { parseConfig } from "../../src/singer/config.ts";
import { edited, membersOf } from "../../src/singer/spans.ts";
import { maskSinger } from "../../src/singer.ts";
import { folderWith, KEY, phimask } from "../cli/phimask.ts";
import { tableAs } from "../cli/tables.ts";
import { openDuck } from "../fakes/duck.ts";

const PLANTED = "Zanzibar-Quillfeather";
const COLUMNS = { id: "keep", name: "label", note: { mask: "text", known: ["name"] } };
const CONFIG = { streams: { people: { columns: COLUMNS } } };

const schema = (properties: object, more: object = {}) =>
  JSON.stringify({
    type: "SCHEMA",
    stream: "people",
    key_properties: ["id"],
    schema: { type: "object", properties },
    ...more,
  });
const PEOPLE = schema({
  id: { type: "integer" },
  name: { type: ["null", "string"], maxLength: 30 },
  note: { type: "string" },
});
const record = (text: string, stream = "people") => `{"type": "RECORD", "stream": "${stream}", "record": ${text}}`;

/** What comes out of the mapper, by line; `size` cuts the input into chunks. */
async function mapped(lines: readonly string[], config: object = CONFIG, size = 1 << 20): Promise<readonly string[]> {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const output = new PassThrough({ highWaterMark: 1 << 26 });
  const ports = {
    ...openBatchPorts(),
    openRules: (job: Parameters<typeof openRules>[0]) => openRules(job, { key: KEY }),
  };
  await maskSinger(parseConfig(JSON.stringify(config)), ports, chunks(), output, new AbortController().signal);
  const text = String(output.read() ?? "");
  return text === "" ? [] : text.trimEnd().split("\n");
}
const refused = (lines: readonly string[], config?: object) =>
  mapped(lines, config).then(
    () => undefined,
    (error: { code: string; message: string; place: object }) => error,
  );

describe("records", () => {
  it("only masked strings change: numbers, blanks and escapes stay byte for byte", async () => {
    const line = `{"type":"RECORD",  "stream":"people","record":{"id": 9007199254740993, "name": "${PLANTED}" , "note":"Seen by Dr. ${PLANTED} \\u00e9.", "x": [1e400, 1234567890.12345678901, {"a":"}\\""}]}, "time_extracted":"2024-01-01T00:00:00Z"}`;
    const [, out] = await mapped([PEOPLE, line], { policy: { unlisted: "keep" }, ...CONFIG });
    expect(out).toBe(
      line
        .replace(`"name": "${PLANTED}"`, '"name": "[PHI]"')
        .replace(/"note":"[^,]*",/, '"note":"Seen by Dr. [NAME] é.",'),
    );
  });

  it("drops columns, masks inside of objects, and lets missing and null values be", async () => {
    const properties = {
      id: { type: "integer" },
      name: { type: ["string", "null"] },
      home: {
        type: "object",
        required: ["city"],
        properties: { city: { type: "string", enum: ["Bern"] }, since: { type: "integer" } },
      },
      tags: { type: "array" },
    };
    const columns = {
      id: { mask: "hash", length: 8 },
      name: "label",
      "home.city": "redact",
      "home.since": "keep",
      tags: "drop",
    };
    const [out, ...rows] = await mapped(
      [
        schema(properties, { bookmark_properties: ["id"] }),
        record('{"id": 1, "name": null, "home": {"city": "Bern", "since": 2001}, "tags": ["a"]}'),
        record('{"id": 2, "home": null}'),
      ],
      { streams: { people: { columns } } },
    );
    expect(JSON.parse(out!)).toMatchObject({
      key_properties: ["id"],
      schema: {
        properties: {
          id: { type: "string" },
          name: { type: ["null", "string"] },
          home: { required: ["city"], properties: { city: { type: "string" }, since: { type: "integer" } } },
        },
      },
    });
    expect(Object.keys(JSON.parse(out!).schema.properties)).toEqual(["id", "name", "home"]);
    expect(rows.map((row) => JSON.parse(row).record)).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]{8}$/), name: null, home: { city: "", since: 2001 } },
      { id: expect.stringMatching(/^[0-9a-f]{8}$/), home: null },
    ]);
  });

  it("masked properties lose what their old values kept to, others keep all of it", async () => {
    const [out] = await mapped([PEOPLE]);
    expect(JSON.parse(out!).schema.properties).toEqual({
      id: { type: "integer" },
      name: { type: ["null", "string"] },
      note: { type: "string" },
    });
  });

  it("STATE passes no record, whatever the chunks", async () => {
    const lines = [PEOPLE];
    for (let i = 0; i < 40; i++) {
      lines.push(record(`{"id": ${i}, "name": "${PLANTED}", "note": "x"}`));
      if (i % 3 === 0) lines.push(`{"type": "STATE", "value": {"seen": ${i}}}`);
    }
    for (const size of [7, 300, 1 << 20]) {
      const out = await mapped(lines, CONFIG, size);
      const order = out.map((line) => JSON.parse(line)).map((each) => each.value?.seen ?? each.record?.id ?? "schema");
      expect(order).toEqual(
        lines.map((line) => JSON.parse(line)).map((each) => each.value?.seen ?? each.record?.id ?? "schema"),
      );
    }
  });

  it("streams keep their order among each other, and unlisted ones pass where they may", async () => {
    const other = PEOPLE.replaceAll('"people"', '"others"');
    const lines = [
      PEOPLE,
      other,
      record('{"id": 1, "name": "A", "note": ""}'),
      record('{"id": 2}', "others"),
      record('{"id": 3}'),
    ];
    const out = await mapped(lines, { ...CONFIG, unlisted_streams: "keep" });
    expect(out.slice(2).map((line) => JSON.parse(line).record.id)).toEqual([1, 2, 3]);
    expect(out[3]).toBe(lines[3]);
    const dropped = await mapped(lines, { ...CONFIG, unlisted_streams: "drop" });
    expect(dropped.map((line) => JSON.parse(line).stream)).toEqual(["people", "people", "people"]);
  });
});

describe("what is refused", () => {
  const row = record(`{"id": 1, "name": "${PLANTED}", "note": "${PLANTED}"}`);
  it.each([
    ["a RECORD before its SCHEMA", [row], CONFIG, "INPUT_MALFORMED"],
    [
      "ACTIVATE_VERSION before its SCHEMA",
      ['{"type":"ACTIVATE_VERSION","stream":"people","version":1}'],
      CONFIG,
      "INPUT_MALFORMED",
    ],
    ["a stream without rules", [PEOPLE.replace('"people"', '"pets"')], CONFIG, "COLUMN_UNLISTED"],
    ["a property without a rule", [schema({ id: {}, name: {}, note: {}, ssn: {} })], CONFIG, "COLUMN_UNLISTED"],
    ["a rule without its property", [schema({ id: {}, name: {} })], CONFIG, "COLUMN_MISSING"],
    [
      "a value that SCHEMA does not declare",
      [PEOPLE, record(`{"id": 1, "${PLANTED}": "${PLANTED}"}`)],
      CONFIG,
      "COLUMN_UNLISTED",
    ],
    ["an object in a text column", [PEOPLE, record(`{"name": {"x": "${PLANTED}"}}`)], CONFIG, "CELL_UNEXAMINED"],
    [
      "a key property that would no longer tell rows apart",
      [PEOPLE],
      { streams: { people: { columns: { ...COLUMNS, id: "label" } } } },
      "RULE_UNFIT",
    ],
    ["a mask on an array", [schema({ id: {}, name: { type: "array" }, note: {} })], CONFIG, "COLUMN_TYPE"],
    ["a line that is no JSON", [PEOPLE, `{"type":"RECORD", ${PLANTED}`], CONFIG, "INPUT_MALFORMED"],
    ["a key that stands twice", [PEOPLE, record(`{"name": "${PLANTED}", "name": "x"}`)], CONFIG, "INPUT_MALFORMED"],
    ["a message of another type", [`{"type":"${PLANTED}"}`], CONFIG, "INPUT_UNSUPPORTED"],
    ["an unknown key of the configuration", [PEOPLE], { ...CONFIG, stream: {} }, "JOB_INVALID"],
    ["a bad rule", [PEOPLE], { streams: { people: { columns: { id: { mask: "hush" } } } } }, "JOB_INVALID"],
  ])("%s", async (_, lines, config, code) => {
    const error = await refused(lines, config);
    expect(error).toMatchObject({ code });
    expect(`${error!.message} ${JSON.stringify(error!.place)}`).not.toContain(PLANTED);
  });
});

describe("BATCH", () => {
  const rows = Array.from(
    { length: 500 },
    (_, id) => `{"id": ${id}, "name": "${PLANTED}", "note": "With ${PLANTED}."}`,
  );
  const message = (path: string, format: string, compression: string) =>
    JSON.stringify({
      type: "BATCH",
      stream: "people",
      encoding: { format, compression },
      manifest: [`file://${path}`],
    });

  it.each(["gzip", "none"])("jsonl, %s", async (compression) => {
    const folder = await folderWith();
    const bytes = Buffer.from(rows.map((row) => `${row}\n`).join(""));
    await writeFile(`${folder}/b.jsonl`, compression === "gzip" ? gzipSync(bytes) : bytes);
    const out = await mapped([PEOPLE, message(`${folder}/b.jsonl`, "jsonl", compression)]);
    expect(JSON.parse(out[1]!)).toMatchObject({ type: "BATCH", manifest: [`file://${folder}/masked-b.jsonl`] });
    const written = await readFile(`${folder}/masked-b.jsonl`);
    const lines = (compression === "gzip" ? gunzipSync(written) : written).toString().trimEnd().split("\n");
    expect(lines).toHaveLength(500);
    expect(lines[7]).toBe('{"id": 7, "name": "[PHI]", "note": "With [NAME]."}');
    expect(lines.join("")).not.toContain(PLANTED);
  });

  it("parquet, by the file's own schema", async () => {
    const names = rows.map(() => PLANTED);
    const columns = { id: rows.map((_, id) => String(id)), name: names, note: names.map((name) => `With ${name}.`) };
    const folder = await folderWith({ "b.parquet": await tableAs("parquet", columns) });
    const out = await mapped([PEOPLE, message(`${folder}/b.parquet`, "parquet", "none")]);
    const { manifest } = JSON.parse(out[1]!) as { manifest: string[] };
    expect(manifest).toEqual([`file://${folder}/masked-b.parquet`]);
    const duck = await openDuck();
    const from = `read_parquet('${folder}/masked-b.parquet')`;
    expect(await duck.rows(`SELECT count(*), min(name), max(note) FROM ${from}`)).toEqual([
      [500n, "[PHI]", "With [NAME]."],
    ]);
  });

  it("of another format or before its SCHEMA is refused, and nothing is written", async () => {
    const folder = await folderWith({ "b.avro": PLANTED });
    expect(await refused([PEOPLE, message(`${folder}/b.avro`, "avro", "none")])).toMatchObject({
      code: "INPUT_UNSUPPORTED",
    });
    expect(await refused([message(`${folder}/b.avro`, "jsonl", "none")])).toMatchObject({ code: "INPUT_MALFORMED" });
    expect(await refused([PEOPLE, message(`${folder}/gone`, "jsonl", "none")])).toMatchObject({
      code: "SOURCE_MISSING",
    });
  });
});

describe("members of a JSON object", () => {
  it("are found where JSON.parse finds them, however the text is written", () => {
    const blanks = fc.constantFrom("", " ", "\n\t");
    const text = fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), blanks).map(([value, blank]) => {
      const members = Object.entries(value).map(
        ([key, inner]) =>
          `${blank}${JSON.stringify(key)}${blank}:${blank}${JSON.stringify(inner, null, blank)}${blank}`,
      );
      return `{${members.join(",") || blank}}`;
    });
    fc.assert(
      fc.property(text, (object) => {
        const expected = JSON.parse(object) as Record<string, unknown>;
        const members = membersOf(object, 0);
        const found = members.map(({ key, start, end }) => [key, JSON.parse(object.slice(start, end))]);
        expect(Object.fromEntries(found)).toEqual(expected);
        expect(edited(object, 0, members, () => null)).toBe(object);
        expect(Object.keys(JSON.parse(edited(object, 0, members, () => "1")))).toEqual(Object.keys(expected));
        expect(JSON.parse(edited(object, 0, members, () => undefined))).toEqual({});
      }),
    );
  });
});

describe("phimask singer", () => {
  it("is a filter whose summary goes to stderr", async () => {
    const folder = await folderWith({ "config.json": JSON.stringify(CONFIG) });
    const input = `${PEOPLE}\n${record(`{"id": 1, "name": "${PLANTED}", "note": "x"}`)}\n{"type": "STATE", "value": {}}\n`;
    const ended = await phimask(["singer", "--config", `${folder}/config.json`], { input: Buffer.from(input) });
    expect(ended.exit).toBe(0);
    expect(ended.stdout.toString().split("\n").slice(1)).toEqual([
      '{"type": "RECORD", "stream": "people", "record": {"id": 1, "name": "[PHI]", "note": "x"}}',
      '{"type": "STATE", "value": {}}',
      "",
    ]);
    expect(JSON.parse(ended.stderr)).toMatchObject({ status: "ok", rows: 1 });
  });

  it("ends with 2 and no cell on stderr where a record cannot be examined", async () => {
    const folder = await folderWith({ "config.json": JSON.stringify(CONFIG) });
    const input = `${PEOPLE}\n${record(`{"id": 1, "name": ["${PLANTED}"], "note": "x"}`)}\n`;
    const ended = await phimask(["singer", "--config", `${folder}/config.json`], { input: Buffer.from(input) });
    expect(ended.exit).toBe(2);
    expect(ended.stderr).toContain("line 2");
    expect(ended.stderr + ended.stdout).not.toContain(PLANTED);
  });
});
