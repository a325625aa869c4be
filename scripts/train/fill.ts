/** Fills templates. `[a|b]` is a choice, `<drug>` a word of a list, `{fl}` a value; `\n` breaks the line. */
import { readFileSync } from "node:fs";
import type { GoldSpan } from "../../src/evaluate/gold.ts";
import type { Chance } from "./chance.ts";
import { people, type Share } from "./people.ts";
import { type Places, places } from "./places.ts";
import { plainValues } from "./plain.ts";

/** A made-up text with the spans that were planted. Offsets in UTF-16 units. */
export interface Filled {
  readonly text: string;
  readonly spans: readonly GoldSpan[];
}

/** Pieces of a value: text, and what it is where it is a name or a place, or a date or number that must go as well. */
export type Piece = readonly [text: string, type?: string];

/** Reads a family's templates, one a line. */
export function readTemplates(file: URL): readonly string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** Word lists, `name: a, b, c` a line. */
export function readLists(file: URL): ReadonlyMap<string, readonly string[]> {
  return new Map(
    readTemplates(file).map((line): [string, readonly string[]] => {
      const colon = line.indexOf(":");
      return [
        line.slice(0, colon),
        line
          .slice(colon + 1)
          .trim()
          .split(/,\s+/),
      ];
    }),
  );
}

/** A function that fills templates with values of one share. Throws on an unknown list or value. */
export function filler(
  chance: Chance,
  share: Share,
  lists: ReadonlyMap<string, readonly string[]>,
): (template: string) => Filled {
  const who = people(chance, share);
  const where = places(chance, who, share);
  const values = { ...plainValues(chance, who), ...nameValues(chance, who), ...placeValues(chance, where) };
  return fillWith(chance, values, lists);
}

/** The same with values of any other kind, another language's. */
export function fillWith(
  chance: Chance,
  values: Values,
  lists: ReadonlyMap<string, readonly string[]>,
): (template: string) => Filled {
  return (template) => {
    let text = "";
    const spans: GoldSpan[] = [];
    const chosen = choose(template, chance);
    for (const match of chosen.matchAll(/\{(\w+)\}|<(\w+)>|\\n|\\t|[^{<\\]+|./gs)) {
      const [raw, value, list] = match;
      const pieces: readonly Piece[] =
        value !== undefined
          ? (values[value] ?? unknown(value))()
          : list !== undefined
            ? [[chance.pick(lists.get(list) ?? unknown(list))]]
            : [[raw === "\\n" ? "\n" : raw === "\\t" ? "\t" : raw]];
      for (const [said, type] of pieces) {
        if (type !== undefined) add(spans, { start: text.length, end: text.length + said.length, type }, text);
        text += said;
      }
    }
    return { text, spans };
  };
}

/** Adds a span; `{first} {last}` is one name. */
function add(spans: GoldSpan[], span: GoldSpan, text: string): void {
  const before = spans.at(-1);
  const goesOn = before?.type === "NAME" && span.type === "NAME" && text.slice(before.end) === " ";
  if (goesOn) spans[spans.length - 1] = { ...before, end: span.end };
  else spans.push(span);
}

function unknown(name: string): never {
  throw new RangeError(`no value or list ${name}`);
}

/** The template with each choice made, inner ones first. */
function choose(template: string, chance: Chance): string {
  let text = template;
  for (;;) {
    const next = text.replace(/\[([^[\]]*)\]/, (_, options: string) => chance.pick(options.split("|")));
    if (next === text) return text;
    text = next;
  }
}

/** What `{name}` stands for, drawn anew each time. */
export type Values = Readonly<Record<string, () => readonly Piece[]>>;

function nameValues(chance: Chance, who: ReturnType<typeof people>): Values {
  const initial = (): string => chance.pick([..."ABCDEFGHJKLMNPRSTVW"]);
  const named = (text: string): readonly Piece[] => [[text, "NAME"]];
  const full = (): string => {
    const [first, last] = [who.first(), who.last()];
    const forms: readonly [number, string][] = [
      [66, `${first} ${last}`],
      [10, `${first} ${initial()}. ${last}`],
      [3, `${first} ${initial()} ${last}`],
      [6, `${first} ${who.first()} ${last}`],
      [4, `${initial()}. ${last}`],
      [3, `${first} ${last[0]}.`],
      [2, `${first} ${last}${chance.pick([" Jr.", ", Jr.", " III", " Sr."])}`],
      [2, `${initial()}.${chance.in(0.5) ? " " : ""}${initial()}. ${last}`],
      [4, `${first} ${last} ${who.last()}`],
    ];
    return chance.weighted(forms);
  };
  const reversed = (): string =>
    `${who.last()}, ${who.first()}${chance.in(0.3) ? ` ${initial()}${chance.in(0.5) ? "." : ""}` : ""}`;
  return {
    first: () => named(who.first()),
    last: () => named(who.last()),
    surname: () => [[who.last()]],
    fl: () => named(full()),
    fml: () => named(`${who.first()} ${initial()}. ${who.last()}`),
    lf: () => named(reversed()),
    LF: () => named(reversed().toUpperCase()),
    hyphened: () => named(`${who.syllable()}-${who.syllable().toLowerCase()}`),
    finitial: () => named(initial()),
    firstupper: () => named(who.first().toUpperCase()),
    lastupper: () => named(who.last().toUpperCase()),
    spelled: () => {
      const last = who.last().replace(/[^A-Za-z]/g, "");
      return [[last, "NAME"], [" "], [[...last.toLowerCase()].join(chance.pick([" ", "-"])), "NAME"]];
    },
  };
}

function placeValues(chance: Chance, where: Places): Values {
  const one = (type: string, draw: () => string) => (): readonly Piece[] => [[draw(), type]];
  const line = (broken: string): readonly Piece[] => {
    const town: readonly Piece[] = [[where.street(), "STREET"], [broken], [where.city(), "CITY"]];
    const form = chance.float();
    if (form < 0.6) return [...town, [", "], [where.stateCode()], [" "], [where.zip(), "ZIP"]];
    if (form < 0.7) return [...town, [", "], [where.state()], [" "], [where.zip(), "ZIP"]];
    if (form < 0.8) return [...town, [broken], [where.country()], [" "], [where.zip(), "ZIP"]];
    if (form < 0.9) return [[where.street(), "STREET"], [broken], [where.zip(), "ZIP"], [" "], [where.city(), "CITY"]];
    return [...town, [chance.pick(["", ", "])], [chance.in(0.5) ? where.stateCode() : where.country()]];
  };
  const form = (): readonly Piece[] => {
    const broken = chance.pick(["\n", "\n ", ", ", " "]);
    // Rules know few postal numbers of other countries, so that the tagger has them with their town.
    const city = chance.in(0.25) ? `${where.city()} ${where.foreignZip()}` : where.city();
    const town: readonly Piece[] = [
      [where.formStreet(), "STREET"],
      [broken],
      [chance.in(0.25) ? city.toUpperCase() : city, "CITY"],
    ];
    const after = chance.pick([", ", broken, " "]) + chance.pick([where.country(), where.country(), where.stateCode()]);
    if (/\d/.test(city)) return chance.in(0.5) ? [...town, [after]] : town;
    return chance.in(0.7) ? [...town, [`${after} `], [where.zip(), "ZIP"]] : chance.in(0.5) ? [...town, [after]] : town;
  };
  return {
    form,
    city: () => (chance.in(0.04) ? [[`${where.city()} County`, "CITY"]] : [[where.city(), "CITY"]]),
    state: () => [[where.state()]],
    st: () => [[where.stateCode()]],
    country: () => [[where.country()]],
    zip: one("ZIP", where.zip),
    street: one("STREET", where.street),
    streetname: one("STREET", where.streetName),
    address: () => line(chance.pick(["\n", "\n", ", ", "\n "])),
    address1: () => line(", "),
    cityupper: one("CITY", () => where.city().toUpperCase()),
    streetupper: one("STREET", () => where.street().toUpperCase()),
    facupper: one("FACILITY", () => where.facility().toUpperCase()),
    orgupper: one("ORG", () => where.organization().toUpperCase()),
    fac: one("FACILITY", where.facility),
    haven: one("FACILITY", where.haven),
    pharm: one("FACILITY", where.pharmacy),
    funeral: one("FACILITY", where.funeralHome),
    school: one("FACILITY", where.school),
    firm: one("ORG", where.lawFirm),
    org: () => {
      const name = where.organization();
      return name.startsWith("the ") ? [["the "], [name.slice(4), "ORG"]] : [[name, "ORG"]];
    },
  };
}
