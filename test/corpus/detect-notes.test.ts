import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { detectOne, marked, unmarked } from "./lexicons.ts";

const FOLDER = new URL("./notes/", import.meta.url);

/** Notes of many kinds about made-up people, each written as the answer that is expected; what has no marks must stay. */
describe.each(readdirSync(FOLDER))("%s", (file) => {
  const notes = readFileSync(new URL(file, FOLDER), "utf8").split("\n---\n");
  it.each(notes.map((note, at): [number, string] => [at + 1, note]))("note %i", async (_at, note) => {
    const text = unmarked(note);
    expect(marked(text, await detectOne(text)).split("\n")).toEqual(note.split("\n"));
  });
});
