import type { Finding } from "../../src/types.ts";
import { isDay } from "./checks.ts";
import { NOT_AFTER, PRESSURES, SCORES, SURE_CUES } from "./dayCues.ts";
import { KIND } from "./lexicon.ts";
import { across, between, type Found, isGlued, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN, type Tokens } from "./tokens.ts";
import { monthOf } from "./written.ts";

/** Said right before a day by those who leave the preposition out: `court 2/20`, `got it 10/8`. */
const CUES =
  words(`got gave given received last next court hearing rpt repeat repeated dict dictated trans typed closed opened moved
  filled refilled refill drawn done placed removed inserted implanted sent called faxed signed stopped began recheck rtc return
  returns read rxd dxd rsch resch out check flight expected effective eff arrived arrival left fell fall injury injured accident onset delivered died delivery
  vacation trip wedding funeral graduation back extubated intubated renewed renew booked rescheduled resched planned`);
/** Tests, treatments and meetings, which have a day: `labs 3/4`, `protocol bx 4/14`. */
const EVENTS =
  words(`bx biopsy mri mra ct cta xr xray cxr kub us echo ecg ekg eeg emg tte tee egd colonoscopy labs lab cbc bmp cmp
  ua cx culture cultures scan pet dexa mammo mammogram pap cath stent op procedure injection infusion chemo shot vaccine dialysis
  clinic fees mbs swallow eval evaluation conference board meeting mtg idt idg recert cert consult hearing admission transfer xfer
  discharge dc dispo exam study test screen screening booster transfusion colpo ultrasound sono stress holter specimen sample`);
/** Right before a number out of so many. */
const COUNTERS = words(
  "page pages pg p sheet part cycle session fraction fx dose week day take takes taking step phase no number box room bed",
);
const DOSES = words(`meds medications mg mcg bid tid qid qd daily qhs prn po tabs tab units dose doses pred mmf taper
  sublingual sl film films`);
const CLOCK = /^\d{1,2}(?:a|p|am|pm)$|^\d{4}h?$/;
const WEEKDAY =
  /^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)$/;
/** What the evidence must come to. */
const ENOUGH = 2;

/** A month and a day that no words right around them prove. */
interface Candidate {
  /** Index of the month's token. */
  readonly at: number;
  readonly month: number;
  readonly day: number;
  readonly line: number;
  /** True where it was found already: evidence for the others of its line. */
  readonly sure: boolean;
}

/**
 * Days without a year that the rest of the note shows to be dates and not scores, doses or strengths: `9/1 143, 9/2 188`,
 * `court 2/20`, a row of `7/20   6/22   5/26`; then dates with points and short years. Adds to `found`, which must hold
 * the dates that are sure.
 */
export function findDays(tokens: Tokens, found: Found): void {
  const all = candidatesIn(tokens, found);
  const candidates = all.filter(({ sure }) => !sure);
  const dotted = dottedIn(tokens, found);
  if (candidates.length === 0 && dotted.length === 0) return;
  const dates = found.filter(({ type }) => type === "DATE").map(({ start, end }) => tokens.text.slice(start, end));
  const years = new Set(dates.flatMap((date) => /(?:19|20)?(\d\d)$/.exec(date)?.[1] ?? []));
  for (const { finding, year } of dotted) if (years.has(year)) found.push(finding);
  const months = new Set(dates.flatMap(monthsOf));
  let open = candidates;
  // What one round finds is evidence for the next: a list may have its only cue at its head.
  for (let round = 0; round < 3 && open.length > 0; round += 1) {
    const sure = open.filter((each) => evidence(tokens, each, all, months) >= ENOUGH);
    if (sure.length === 0) return;
    for (const each of sure) {
      found.push(across(tokens, each.at, lastOf(tokens, each.at), "DATE", 0.55));
      months.add(each.month);
    }
    open = open.filter((each) => !sure.includes(each));
  }
}

function candidatesIn(tokens: Tokens, found: Found): readonly Candidate[] {
  const all: Candidate[] = [];
  let line = 0;
  for (let at = 0; at + 2 < tokens.count; at += 1) {
    if ((tokens.gap[at] as number) >= GAP.line) line += 1;
    if (tokens.kind[at] !== TOKEN.number || tokens.word[at + 1] !== "/") continue;
    const [first, second] = [Number(tokens.word[at]), Number(tokens.word[at + 2])];
    const [month, day] = first > 12 ? [second, first] : [first, second];
    if (!isWhole(tokens, at) || !isDay(2000, month, day) || isVetoed(tokens, at)) continue;
    const start = tokens.start[at] as number;
    const sure = found.some((other) => other.start <= start && other.end > start);
    all.push({ at, month, day, line, sure });
  }
  return all;
}

/** Two numbers of one or two digits and a slash, and nothing tied to them. */
function isWhole(tokens: Tokens, at: number): boolean {
  if (!isGlued(tokens, at + 1) || !isGlued(tokens, at + 2) || tokens.kind[at + 2] !== TOKEN.number) return false;
  const parts = [tokens.word[at] as string, tokens.word[at + 2] as string];
  if (parts.some((part) => part.length > 2)) return false;
  if (isGlued(tokens, at) && !/^[([,:;>|"]$/.test(wordAt(tokens, at - 1))) return false;
  const after = at + 3;
  if (!isGlued(tokens, after)) return true;
  const mark = wordAt(tokens, after);
  if (lastOf(tokens, at) > at + 2) return true;
  const number = isGlued(tokens, after + 1) && tokens.kind[after + 1] === TOKEN.number;
  if (mark === "," && number) return wordAt(tokens, after + 2) === "/";
  return /^[.,;:)\]|?!"@]$/.test(mark) && (!number || mark === "@");
}

/** The last token: `3/7-8` goes on to a later day of the same month. */
function lastOf(tokens: Tokens, at: number): number {
  const [dash, day] = [at + 3, at + 4];
  if (wordAt(tokens, dash) !== "-" || !isGlued(tokens, dash) || !isGlued(tokens, day)) return at + 2;
  const later =
    Number(tokens.word[at]) < 13 &&
    /^\d{1,2}$/.test(wordAt(tokens, day)) &&
    Number(tokens.word[day]) > Number(tokens.word[at + 2]);
  const goesOn =
    isGlued(tokens, day + 1) && /^[/.%-]$/.test(wordAt(tokens, day + 1)) && tokens.kind[day + 2] === TOKEN.number;
  return later && !goesOn && isDay(2000, Number(tokens.word[at]), Number(tokens.word[day])) ? day : at + 2;
}

function isVetoed(tokens: Tokens, at: number): boolean {
  const after = lastOf(tokens, at) + 1;
  if ((tokens.gap[after] as number) < GAP.line) {
    const inches = wordAt(tokens, after) === "in" && tokens.kind[after + 1] !== TOKEN.word;
    const unit = wordAt(tokens, after) === "in" ? inches : NOT_AFTER.has(wordAt(tokens, after));
    if (unit || (tokens.kind[after] === TOKEN.mixed && !CLOCK.test(wordAt(tokens, after)))) return true;
    // Between the unit and the number one word may stand: `2/14 lymph nodes`.
    if (tokens.kind[after] === TOKEN.word && /^(?:nodes|cores|murmur|strength|joints)$/.test(wordAt(tokens, after + 1)))
      return true;
  }
  if (/^[<>=+x*~$]$/.test(wordAt(tokens, at - 1)) && wordAt(tokens, at - 2) !== "-") return true;
  const weekOf = wordAt(tokens, at - 1) === "of" && wordAt(tokens, at - 2) === "week";
  const counted = tokens.kind[at - 1] !== TOKEN.number && COUNTERS.has(wordAt(tokens, at - 2)) && !weekOf;
  if (COUNTERS.has(wordAt(tokens, at - 1)) || counted) return true;
  // Pressures are written from high to low, the low one not below 4: `BiPAP 12/5`, `12/8` in kPa.
  const [high, low] = [Number(tokens.word[at]), Number(tokens.word[at + 2])];
  return isNear(tokens, at, -5, SCORES) || (high > low && low > 3 && isNear(tokens, at, -5, PRESSURES));
}

/** True where one of the words stands within `reach` tokens, left where it is negative, in the same clause. */
function isNear(tokens: Tokens, at: number, reach: number, wanted: ReadonlySet<string>): boolean {
  const step = Math.sign(reach);
  const from = reach > 0 ? at + 2 : at;
  for (
    let next = from + step;
    next >= 0 && next < tokens.count && Math.abs(next - from) <= Math.abs(reach);
    next += step
  ) {
    if ((tokens.gap[step > 0 ? next : next + 1] as number) >= GAP.line) return false;
    if (/^[.;]$/.test(wordAt(tokens, next))) return false;
    if (wanted.has(wordAt(tokens, next))) return true;
  }
  return false;
}

function evidence(
  tokens: Tokens,
  candidate: Candidate,
  all: readonly Candidate[],
  months: ReadonlySet<number>,
): number {
  const { at, month } = candidate;
  const near = [...months].some((other) => isNeighbour(month, other)) ? 1 : 0;
  const dosed = isNear(tokens, at, -6, DOSES) || isNear(tokens, at, 6, DOSES) ? -1 : 0;
  return near + dosed + byNumbers(tokens, candidate) + byWords(tokens, candidate) + byRow(tokens, candidate, all);
}

function byNumbers(tokens: Tokens, { at, month, day }: Candidate): number {
  const dayFirst = Number(tokens.word[at]) > 12;
  if (/^0\d$/.test(tokens.word[at] as string) || /^0\d$/.test(tokens.word[at + 2] as string)) return 2;
  // Doses of two drugs in one tablet are written as `25/3` is.
  if (dayFirst) return day === 24 && month === 7 ? -2 : 0;
  // More than all there is: no score, but for pressures of breathing machines and strengths by halves.
  if (month > day) return day === 5 || day === 6 ? 1 : 2;
  if (month < 4 && (day < 5 || day === 8)) return -2;
  // Visual acuity where distances are in metres.
  if (month === 6 && (day === 18 || day === 24)) return 0;
  if (day === 5 || day === 6 || day === 10) return -1;
  return day === 11 || day > 12 ? 1 : 0;
}

function byWords(tokens: Tokens, { at, month, day }: Candidate): number {
  const after = wordAt(tokens, at + 3);
  if (WEEKDAY.test(after) || /^\d{1,2}[ap]m?$/.test(after)) return 2;
  let back = at - 1;
  if (/^[:(,-]$/.test(wordAt(tokens, back))) back -= 1;
  if (back < 0 || (tokens.gap[at] as number) >= GAP.line || tokens.kind[back] === TOKEN.mark) return 0;
  const word = wordAt(tokens, back);
  if (SURE_CUES.has(word) || CUES.has(word)) return 2;
  const linked = /^(?:of|was|is|dated|for)$/.test(word) && back === at - 1;
  if (linked && (word === "of" && wordAt(tokens, back - 1) === "week" ? true : SURE_CUES.has(wordAt(tokens, back - 1))))
    return 2;
  const led = tokens.kind[back] === TOKEN.word && CUES.has(wordAt(tokens, back - 1)) ? 2 : 0;
  if (EVENTS.has(word)) return Math.max(led, 1);
  if (tokens.kind[back] !== TOKEN.word) return led;
  if (((tokens.info[back] as number) & KIND.medical) !== 0) return led - (month > day || led > 0 ? 1 : 2);
  const acronym = tokens.shape[back] === SHAPE.upper && word.length < 5;
  return Math.max(led, acronym ? 1 : 0);
}

/** Days of near months in one line, or at the heads of lines that follow each other. */
function byRow(tokens: Tokens, { at, month, day, line }: Candidate, all: readonly Candidate[]): number {
  const heads = (tokens.gap[at] as number) >= GAP.line;
  let row = 0;
  for (const other of all) {
    if (other.at === at || other.day === day || !isNeighbour(month, other.month)) continue;
    const column = heads && (tokens.gap[other.at] as number) >= GAP.line && Math.abs(other.line - line) === 1;
    if (other.line === line || column) row += isListed(tokens, at, other.at) ? 3 : 1;
  }
  // The last column of a table's head, as `ID 44   9/29` has it.
  const alone = tokens.gap[at] === GAP.space && (tokens.start[at] as number) - (tokens.end[at - 1] as number) > 1;
  const ends = at + 3 >= tokens.count || (tokens.gap[at + 3] as number) >= GAP.line;
  return Math.min(row, 3) + (alone && ends ? 1 : 0);
}

/** `3/2 & 3/4`, `3/2, 3/4`: one right after the other. */
function isListed(tokens: Tokens, at: number, other: number): boolean {
  const [first, second] = at < other ? [at, other] : [other, at];
  return second === first + 4 && /^(?:,|&|and|\+|;|to|-)$/.test(wordAt(tokens, first + 3));
}

function isNeighbour(one: number, other: number): boolean {
  const apart = Math.abs(one - other);
  return apart < 2 || apart === 11;
}

function monthsOf(date: string): readonly number[] {
  const word = /[A-Za-z]{3,}/g;
  const named = (date.match(word) ?? []).flatMap((each) => monthOf(each.toLowerCase()) ?? []);
  const iso = /(?:19|20)\d\d[-/.](\d{1,2})\b/.exec(date)?.[1];
  if (iso !== undefined) return [Number(iso)];
  const parts = /^\D*(\d{1,2})[-/.](\d{1,2})/.exec(date);
  const numeric = parts === null ? [] : [Number(parts[1]) > 12 ? Number(parts[2]) : Number(parts[1])];
  return [...named, ...numeric];
}

const DOTTED = /(?<![\w.,/:-])(\d{1,2})\.(\d{1,2})\.(\d\d)(?![\d/]|\.\d|-\d)/g;
const NUMBERED =
  /(?:version|ver|v|release|rel|section|sec|step|chapter|build|firmware|software|table|figure|fig|§)\.? ?$/i;

/** `2.2.26`, which may be the number of a version or a section. */
function dottedIn({ text }: Tokens, found: Found): readonly { readonly finding: Finding; readonly year: string }[] {
  const all: { finding: Finding; year: string }[] = [];
  for (const match of text.matchAll(DOTTED)) {
    const [first, second, year] = match.slice(1) as [string, string, string];
    const valid = isDay(2000, Number(first), Number(second)) || isDay(2000, Number(second), Number(first));
    const { index } = match;
    if (!valid || NUMBERED.test(text.slice(Math.max(0, index - 10), index))) continue;
    if (found.some(({ start, end }) => start <= index && end > index)) continue;
    all.push({ finding: between(index, index + match[0].length, "DATE", 0.6), year });
  }
  return all;
}
