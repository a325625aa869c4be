import type { Finding } from "../../src/types.ts";
import { TITLES } from "./cues.ts";
import { WORKS } from "./destinations.ts";
import { isOrdinary, type Note } from "./grades.ts";
import { KIND, rankOf } from "./lexicon.ts";
import { across, isGlued, wordAt, words } from "./matched.ts";
import { isCapital } from "./runs.ts";
import { GAP, SHAPE, TOKEN } from "./tokens.ts";

/** What people are by trade, where no clinical office is meant: what follows `at` or `for` is who employs them. */
const TRADES =
  words(`accountant actor actuary adjuster agent analyst apprentice architect artist assembler assembly auctioneer auditor author baker
  banker barber barista bartender beautician bellhop blacksmith boilermaker bookkeeper bouncer brakeman bricklayer broker bus butcher
  buyer cabbie caregiver carpenter cashier chef chemist chiropractor cleaner clerk coder coach conductor contractor controller cook
  courier crew curator custodian dancer dealer decorator deputy designer developer dishwasher dispatcher dockworker doorman draftsman
  dressmaker driller driver editor electrician employee engineer estimator executive faller farmer farmhand farrier fabricator ferryman
  firefighter fireman fisherman fitter florist foreman forester forklift framer gardener geologist glazier grocer groundskeeper guard
  hairdresser handyman helper host hostess housekeeper inspector installer instructor insulator ironworker janitor jeweler journalist
  landscaper laborer labourer librarian lifeguard lineman lineworker loader locksmith logger longshoreman machinist maid mailman
  maintenance manager marketer mason mechanic merchandiser metalworker meteorologist miller millwright miner model mover musician
  operator optician packer painter paralegal pastor patrolman photographer physicist pilot pipefitter planner plasterer plumber
  policeman porter postman potter presser pressman preacher principal printer producer professor programmer ranger realtor receptionist
  recruiter repairman reporter retail rigger roofer roughneck sailor salesman salesperson saleswoman sander sawyer scientist seamstress
  security server shipper singer sorter steelworker stevedore steward stewardess stocker stylist supervisor surveyor tailor teacher
  technician teller temp tester tiler tiller toolmaker trader trainee trainer translator trapper treasurer trucker tutor upholsterer
  usher valet vendor waiter waitress warehouse warehouseman watchman weaver welder winemaker woodworker worker writer`);
/** Words at which an employer's name ends in a text without capitals, or that begin none. */
const ENDS =
  words(`a an the his her their my our your its this that home night nights day days evenings weekends work least times time present
  once first last school bedside desk local large small big about around and or but who with x since in on as for until til till now
  currently he she they lives living has had is was no not w full part self himself herself themselves money years yrs year months
  family friends various different several many most all both any same own to of from at by`);
/** What one does for an employer: `bookkeeping for Roe Restaurant`. */
const TRADING =
  /^(?:bookkeep|bartend|wait|cater|clean|cook|bak|cashier|clerk|consult|driv|farm|landscap|manag|nurs|paint|sell|teach|truck|tutor|weld)ing$/;
const VERBS = words("drives driving drove cooks teaches taught manages cleans delivers");

/** `works at Inland Cold Storage`, `machinist at Roe Dynamics`, `Employer: Roe & Sons`: Safe Harbor lists employers' names. */
export function employerAt(note: Note, at: number): Finding | undefined {
  const { tokens } = note;
  if (tokens.shape[at] === SHAPE.initial || TITLES.has(wordAt(tokens, at))) return undefined;
  const plain = note.shouted[at] === 1 || !isCapital(note, at);
  if (plain && note.shouted[at] !== 1 && !note.quiet) return undefined;
  const before = wordAt(tokens, at - 1);
  const own = ownedBefore(note, at);
  if (own || !/^(?:at|for|from|by|:|with|is|@)$/.test(before)) return own ? shopAt(note, at) : undefined;
  const labelled =
    (before === ":" || before === "is") && /^(?:employer|employment|workplace)$/.test(wordAt(tokens, at - 2));
  if (!labelled && (before === ":" || before === "is" || !isAtWork(note, at - 2, before))) return undefined;
  const last = plain ? smallEnd(note, at) : capitalsEnd(note, at);
  if (last === undefined) return undefined;
  const info = tokens.info[at] as number;
  // Makers of cars are on the lists of products beside drugs.
  const maker = before === "for" && (info & KIND.city) !== 0 && (info & KIND.capital) !== 0;
  const describes = (info & (KIND.medical | KIND.generic)) !== 0 && !maker && (last === at || before === "with");
  return describes || (before === "with" && last === at)
    ? undefined
    : across(tokens, at, last, "OTHER", 0.75, "EMPLOYER");
}

/** `self employed - Roe's Auto Body`, `coal miner (Roe Energy)`: a mark after what somebody does, and no preposition. */
function ownedBefore({ tokens }: Note, at: number): boolean {
  const mark = wordAt(tokens, at - 1);
  const work = wordAt(tokens, at - 2);
  if (mark === "(" && TRADES.has(work)) return true;
  const self = wordAt(tokens, at - 3) === "self" || (isGlued(tokens, at - 2) && wordAt(tokens, at - 4) === "self");
  return /^[-,:(]$/.test(mark) && work === "employed" && self;
}

/** The words with capitals there, unless all of them only describe. */
function shopAt(note: Note, at: number): Finding | undefined {
  const { tokens } = note;
  if (!isCapital(note, at) || note.shouted[at] === 1) return undefined;
  const last = capitalsEnd(note, at);
  const within = wordAt(tokens, at - 1) !== "(" || /^[),]$/.test(wordAt(tokens, last + 1));
  for (let next = at; within && next <= last; next += 1) {
    const info = tokens.info[next] as number;
    const owner = (info & KIND.firstName) !== 0 && tokens.kind[next + 1] === TOKEN.possessive;
    const plain = !owner && (isOrdinary(info) || (info & (KIND.medical | KIND.generic)) !== 0);
    if (tokens.kind[next] === TOKEN.word && !plain) return across(tokens, at, last, "OTHER", 0.75, "EMPLOYER");
  }
  return undefined;
}

/** A trade right before `at` or `for`, or a verb of working up to four words before it in the same sentence. */
function isAtWork({ tokens }: Note, back: number, link: string): boolean {
  const word = wordAt(tokens, back);
  if (WORKS.has(word)) return true;
  if (!/^(?:at|for|@)$/.test(link)) return false;
  if (TRADES.has(word) || TRADING.test(word)) return true;
  for (let at = back; at > back - 4 && at >= 0; at -= 1) {
    if (tokens.kind[at] === TOKEN.mark && !/^[-/]$/.test(wordAt(tokens, at))) return false;
    if (VERBS.has(wordAt(tokens, at)) || /^(?:works|worked|working|employed|job)$/.test(wordAt(tokens, at)))
      return true;
    if (/^(?:with|about|because|while)$/.test(wordAt(tokens, at))) return false;
  }
  return false;
}

/** The last of the words with capitals, `&`, `of` and `'s` between or after them. */
function capitalsEnd(note: Note, at: number): number {
  const { tokens } = note;
  let last = at;
  while (last < at + 7) {
    const next = last + 1;
    const small = /^(?:&|and|of)$/.test(wordAt(tokens, next)) && tokens.gap[next + 1] === GAP.space;
    const hyphen = wordAt(tokens, next) === "-" && isGlued(tokens, next) && isGlued(tokens, next + 1);
    if (tokens.gap[next] === GAP.space && isCapital(note, next)) last = next;
    else if (tokens.kind[next] === TOKEN.possessive) last = next;
    else if ((small || hyphen) && isCapital(note, next + 1)) last = next + 1;
    else break;
  }
  return last;
}

/** The last of up to four words of a text without capitals; undefined where what begins there is no name. */
function smallEnd({ tokens }: Note, at: number): number | undefined {
  let last = at - 1;
  for (let next = at; next < at + 4 && next < tokens.count; next += 1) {
    const word = wordAt(tokens, next);
    const plain = tokens.kind[next] !== TOKEN.word || ENDS.has(word) || rankOf(tokens.info[next] as number) > 13;
    if (plain || (next > at && tokens.gap[next] !== GAP.space)) break;
    last = next;
  }
  if (last < at || (last === at && ((tokens.info[at] as number) & KIND.medical) !== 0)) return undefined;
  return tokens.kind[last + 1] === TOKEN.possessive ? last + 1 : last;
}
