import { GRADE, isOrdinary, type Note } from "./grades.ts";
import { KIND } from "./lexicon.ts";
import { isGlued, wordAt, words } from "./matched.ts";
import { GAP, SHAPE, TOKEN } from "./tokens.ts";

/** Titles that a name follows. */
export const TITLES: ReadonlySet<string> = words(
  "mr mister mrs ms miss mx dr drs prof professor doctor sr sra señor señora rev reverend fr sgt capt lt col maj judge hon mme",
);
export const CREDENTIALS: ReadonlySet<string> =
  words(`md do np pa rn lpn lvn pac dnp aprn arnp fnp crna phd psyd pharmd dpm dds dmd od dc pt dpt ot otr slp lcsw msw lmsw lpc mph
  facs facp facc rd rdn rph cst mbchb licsw lisw mpas cdces cna ma emt crnp cnm dvm mbbs msn bsn rpt rrt esq cma lmft jd ccc faap ms`);
export const RELATIVES: ReadonlySet<string> =
  words(`mother father mom dad mum mommy daddy mama papa parent parents wife husband spouse partner son daughter child brother sister
  sibling siblings twin aunt uncle niece nephew cousin grandmother grandfather grandma grandpa granddaughter grandson grandparent
  stepmother stepfather stepmom stepdad stepson stepdaughter fiance fiancee boyfriend girlfriend friend neighbor neighbour roommate
  guardian caregiver caretaker carer proxy contact kin son-in-law daughter-in-law law surrogate poa hcp foster godmother godfather
  widow widower children sons daughters brothers sisters family families
  gma gpa granny nana granddau grandkids grandchildren kids sibs dtr dgtr hubby husb hca hcpoa dpoa mpoa`);
export const ROLES: ReadonlySet<string> =
  words(`attending fellow resident intern hospitalist nurse rn physician surgeon doctor provider pcp pediatrician cardiologist neurologist
  oncologist urologist psychiatrist psychologist dermatologist radiologist anesthesiologist obstetrician gynecologist nephrologist
  pulmonologist endocrinologist gastroenterologist hematologist rheumatologist orthopedist ophthalmologist podiatrist dentist
  therapist counselor pharmacist dietitian nutritionist chaplain midwife technician tech assistant scribe coordinator manager worker
  consultant specialist internist intensivist practitioner secretary supervisor director officer teacher principal pastor attorney lawyer
  interpreter translator prescriber aide attny atty asst trooper paramedic medic adjuster caseworker circulator perfusionist student physio physiotherapist oncology cardiology surgery nephrology neurology pediatrics medicine`);
export const SUBJECTS: ReadonlySet<string> = words(
  "patient patients pt client resident member participant subject victim baby infant newborn neonate boy girl twin bb bg male female man woman gentleman lady veteran mr",
);
export const NAMING: ReadonlySet<string> = words(
  "named name names called nicknamed aka alias goes known is's surname lastname firstname",
);
export const AGENTS: ReadonlySet<string> =
  words(`by cc attn attention dear hi hello hey thanks sincerely regards from to re with per via see saw seen met contact call called
  phoned paged notified asked told informed updated emailed texted spoke consult consulted discussed referred examined evaluated interviewed
  visited sending sent signed dictated reviewed cosigned authored transcribed ordered requested completed entered verified witnessed and & says said`);
export const LABELS: ReadonlySet<string> =
  words(`patient patients name names pt client attending physician provider doctor surgeon pcp referring ordering dictated signed author
  transcribed reviewed by cc from to re attn attention subject mother father parent guardian spouse wife husband contact kin nurse rn
  interpreter informant historian assistant anesthesiologist resident fellow cosigner member insured guarantor subscriber
  employee student user caregiver witness proxy relation recipient sender owner consultant hospitalist technologist radiologist
  pathologist therapist counselor teacher coach pharmacist dr md requester author prepared provided electronically`);
export const VERBS: ReadonlySet<string> =
  words(`reports reported states stated denies denied endorses endorsed complains complained presents presented says said tells told
 describes described admits requested asks asked lives tolerated underwent agrees agreed declined
 declines refuses refused understands verbalized verbalizes arrived called thinks believes
 smokes drinks awoke woke signed consented verbalised`);
/** What things do as well as people: said of a name that is an ordinary word, they prove nothing. */
const STATES = words(
  "remains continues uses takes took has had was is who will needs lost gained developed went came appears appeared returned returns notes calls feels felt wants works requests",
);

/** What stands before a possible name, from nothing to a label that can have no other meaning. */
export const CUE = { none: 0, agent: 1, person: 2, label: 3, title: 4 } as const;

/** The strongest cue right before a token; `at` is where a name would begin. */
export function cueBefore(note: Note, at: number): number {
  const { tokens } = note;
  let back = at - 1;
  if (back < 0) return CUE.none;
  const colon = wordAt(tokens, back) === ":";
  let comma = false;
  let marks = 0;
  while (back >= 0 && tokens.kind[back] === TOKEN.mark && marks < 3) {
    const mark = wordAt(tokens, back);
    if (mark === "?" && /^(?:name|lastname|surname|called)$/.test(wordAt(tokens, back - 1))) return CUE.label;
    if (!/^[:,.("'#-]$/.test(mark)) return CUE.none;
    if (mark === ".") {
      if (!TITLES.has(wordAt(tokens, back - 1)) && !/^(?:pt|attn|cc)$/.test(wordAt(tokens, back - 1))) return CUE.none;
    }
    if (mark === ",") comma = true;
    back -= 1;
    marks += 1;
  }
  if (back < 0) return CUE.none;
  let word = wordAt(tokens, back);
  if ((tokens.gap[at] as number) >= GAP.paragraph && !colon)
    return /^(?:sincerely|regards|thanks|you|yours)$/.test(word) ? CUE.label : CUE.none;
  if (TITLES.has(word)) return CUE.title;
  if (
    /^(?:is|was|named|called)$/.test(word) &&
    NAMING.has(word === "is" || word === "was" ? wordAt(tokens, back - 1) : word)
  )
    return CUE.label;
  if (/^(?:is|was)$/.test(word)) word = wordAt(tokens, back - 1);
  if (colon && (LABELS.has(word) || RELATIVES.has(word) || ROLES.has(word))) return CUE.label;
  if (NAMING.has(word)) return CUE.label;
  if (RELATIVES.has(word) || ROLES.has(word) || SUBJECTS.has(word) || CREDENTIALS.has(word))
    return comma && CREDENTIALS.has(word) ? CUE.none : CUE.person;
  if (/^(?:sincerely|regards|thanks|dear|hi|hello|hey)$/.test(word)) return CUE.label;
  return AGENTS.has(word) && !comma ? CUE.agent : CUE.none;
}

/** The strongest cue right after a possible name whose last token is `last`. */
export function cueAfter(note: Note, last: number): number {
  const { tokens } = note;
  const next = last + 1;
  if (next >= tokens.count) return CUE.none;
  if (tokens.kind[next] === TOKEN.possessive) return isPerson(wordAt(tokens, next + 1)) ? CUE.person : CUE.none;
  const comma = wordAt(tokens, next) === ",";
  const after = comma ? next + 1 : next;
  if (after >= tokens.count || (tokens.gap[after] as number) > GAP.space) return CUE.none;
  const word = wordAt(tokens, after);
  if (isCredential(note, after)) return CUE.label;
  if (word === "(" && isPerson(wordAt(tokens, after + 1))) return CUE.person;
  if (comma) {
    const role = /^(?:her|his|their|the|a|an|our|my)$/.test(word) ? after + 1 : after;
    if (isPerson(wordAt(tokens, role))) return CUE.person;
    return /^\d{1,3}$/.test(word) || /^(?:aged|age|mrn|dob|who)$/.test(word) ? CUE.person : CUE.none;
  }
  if (STATES.has(word)) return isOrdinary(tokens.info[last] as number, 9) ? CUE.none : CUE.agent;
  return VERBS.has(word) ? CUE.agent : CUE.none;
}

/** `MD`, `M.D.`, `RN` after a name; state codes among them need capitals and no ZIP after. */
export function isCredential(note: Note, at: number): boolean {
  const { tokens } = note;
  if (at >= tokens.count || tokens.kind[at] !== TOKEN.word) return false;
  const word = wordAt(tokens, at);
  if (tokens.shape[at] === SHAPE.initial) {
    const rest = `${word}${wordAt(tokens, at + 2)}`;
    return wordAt(tokens, at + 1) === "." && isGlued(tokens, at + 2) && /^(?:md|do|rn|np|pa)$/.test(rest);
  }
  if (!CREDENTIALS.has(word) || tokens.shape[at] === SHAPE.lower) return false;
  return tokens.kind[at + 1] !== TOKEN.number || (tokens.gap[at + 1] as number) >= GAP.line;
}

function isPerson(word: string): boolean {
  return RELATIVES.has(word) || ROLES.has(word);
}

/** Kin, friends and proxies. */
export function isRelative(word: string): boolean {
  return RELATIVES.has(word);
}

/** What a person may be called by office, kinship or label: never a part of the name. */
export function isRole(word: string): boolean {
  return (
    isPerson(word) || LABELS.has(word) || SUBJECTS.has(word) || TITLES.has(word) || AGENTS.has(word) || NAMING.has(word)
  );
}

/** What may follow a title at once without being a name: `Dr. on call`, `Ms. is`. */
export function isNotAddressed(note: Note, at: number): boolean {
  const { tokens } = note;
  if (at >= tokens.count || tokens.kind[at] !== TOKEN.word) return true;
  if (tokens.shape[at] === SHAPE.lower) return !note.quiet || (note.grade[at] as number) < GRADE.possible;
  const info = tokens.info[at] as number;
  const other = KIND.generic | KIND.facility | (note.shouted[at] === 1 ? KIND.medical : 0);
  return (info & (KIND.firstName | KIND.lastName)) === 0 && (info & other) !== 0;
}
