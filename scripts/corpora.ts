/** Reads the development corpora, which are never part of the repository: `PHIMASK_CORPORA`, else `../shared/corpora`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type GoldDocument, type GoldSpan, readGold } from "../src/evaluate/gold.ts";

/** The folder of development corpora; undefined where absent. */
export function corporaFolder(): string | undefined {
  const folder = process.env["PHIMASK_CORPORA"] ?? "../shared/corpora";
  return existsSync(folder) ? folder : undefined;
}

/** The English corpora in JSON Lines. */
export const CORPORA = ["asq-phi", "handoffs", "presidio-research"] as const;

/** Their documents. */
export function readCorpus(folder: string, name: (typeof CORPORA)[number]): readonly GoldDocument[] {
  return readGold(readFileSync(join(folder, `${name}.jsonl`), "utf8"));
}

/**
 * Which half a document belongs to, by its template: the first 60 units of the text with values and digits left out, hashed.
 * Rules, training data and thresholds come from the `seen` half alone; nobody looks at the other.
 */
export function halfOf(document: GoldDocument): "seen" | "unseen" {
  return ((templateHash(document) >>> 16) & 1) === 0 ? "seen" : "unseen";
}

/** One of five parts of the seen half, by template, for trials that must not see the unseen one. */
export function foldOf(document: GoldDocument): number {
  return (templateHash(document) & 0xffff) % 5;
}

function templateHash({ text, spans }: GoldDocument): number {
  let skeleton = text;
  for (const { start, end } of [...spans].sort((a, b) => b.start - a.start)) {
    skeleton = `${skeleton.slice(0, start)}*${skeleton.slice(end)}`;
  }
  let hash = 0x811c9dc5;
  for (const letter of skeleton.replace(/\d+/g, "#").slice(0, 60))
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

/** `<<TYPE:text>>` within a text: the layout of robust-deid.jsonl. */
export function readRobustDeid(folder: string): readonly GoldDocument[] {
  const lines = readFileSync(join(folder, "robust-deid.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => fromInline((JSON.parse(line) as { deid_text: string }).deid_text));
}

function fromInline(marked: string): GoldDocument {
  const spans: GoldSpan[] = [];
  let text = "";
  let last = 0;
  for (const match of marked.matchAll(/<<([A-Z_]+):([\s\S]*?)>>/g)) {
    text += marked.slice(last, match.index);
    spans.push({ start: text.length, end: text.length + match[2]!.length, type: match[1]! });
    text += match[2];
    last = match.index + match[0].length;
  }
  return { text: text + marked.slice(last), spans };
}

const NOTES = new URL("./notes/", import.meta.url);

/**
 * Notes written by hand for this, in as many manners as there are notes, values marked inline. Rules and templates were
 * mended by the `seen` ones; of the others totals alone were looked at.
 */
export function readNotes(part: "seen" | "unseen" | "free-seen" | "free-unseen"): readonly GoldDocument[] {
  return notesIn(`${part}.txt`);
}

/**
 * Notes of another author, who had seen neither the detector nor what it was trained on: every file of `notes/` that
 * starts with `fresh-`. Nothing is mended by them, and totals alone are looked at, by part and by type.
 */
export function readFreshNotes(): readonly GoldDocument[] {
  const names = readdirSync(NOTES).filter((name) => name.startsWith("fresh-"));
  return names.sort().flatMap(notesIn);
}

function notesIn(name: string): readonly GoldDocument[] {
  return readFileSync(new URL(name, NOTES), "utf8")
    .split(/\n=====\n/)
    .map((note) => fromInline(note.trim()));
}

/**
 * MEDDOCAN's kinds in the words of the scorer, so that a Spanish value is neutral where an English one is: sex, trades,
 * kinds of relative (`padre`, `dos hermanos`: a name among them counts) and what is of no kind. Others stay as they are and count,
 * institutions too.
 */
const MEDDOCAN_KINDS: Readonly<Record<string, string>> = {
  EDAD_SUJETO_ASISTENCIA: "AGE",
  FECHAS: "DATE",
  TERRITORIO: "LOCATION",
  PAIS: "COUNTRY",
  CALLE: "STREET",
  SEXO_SUJETO_ASISTENCIA: "PROFESSION",
  PROFESION: "PROFESSION",
  OTROS_SUJETO_ASISTENCIA: "PROFESSION",
};

function meddocanKind(type: string, value: string): string {
  if (type !== "FAMILIARES_SUJETO_ASISTENCIA") return MEDDOCAN_KINDS[type] ?? type;
  return /\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u.test(value) ? "NAME" : "PROFESSION";
}

/** The brat layout of MEDDOCAN: a `.txt` and a `.ann` of `T1<tab>TYPE start end<tab>text`, offsets in code points. */
export function readMeddocan(folder: string, part: "train" | "dev"): readonly GoldDocument[] {
  const brat = join(folder, "meddocan", part, "brat");
  const names = readdirSync(brat).filter((name) => name.endsWith(".txt"));
  return names.sort().map((name) => {
    const text = readFileSync(join(brat, name), "utf8");
    const units = unitOffsets(text);
    const lines = readFileSync(join(brat, name.replace(/txt$/, "ann")), "utf8").split("\n");
    const spans = lines.flatMap((line): readonly GoldSpan[] => {
      const [, type, start, end] = /^T\d+\t(\S+) (\d+) (\d+)\t/.exec(line) ?? [];
      if (type === undefined) return [];
      const span = { start: units[Number(start)]!, end: units[Number(end)]! };
      return [{ type: meddocanKind(type, text.slice(span.start, span.end)), ...span }];
    });
    return { id: name.replace(/\.txt$/, ""), text, spans };
  });
}

function unitOffsets(text: string): readonly number[] {
  const units = [0];
  for (const character of text) units.push(units.at(-1)! + character.length);
  return units;
}
