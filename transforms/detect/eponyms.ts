import { KIND, rankOf } from "./lexicon.ts";
import { words } from "./matched.ts";
import { GAP, TOKEN, type Tokens } from "./tokens.ts";

/** What is called after people: diseases, signs, instruments, scales. */
const EPONYM_NOUNS =
  words(`disease diseases syndrome syndromes sign signs test tests score scores scale scales criteria classification class
  maneuver manoeuvre catheter catheters cath procedure repair fracture fractures lymphoma palsy phenomenon reflex reflexes
  chorea contracture tumor tumour tumors sarcoma esophagus oesophagus thyroiditis encephalopathy aphasia area cyst cysts node nodes
  nodule nodules line lines forceps clamp retractor drain tube valve position gait triad point stain method formula index equation
  questionnaire inventory dementia dystrophy neuralgia neuroma paralysis ulcer ulcers hernia operation stage staging grade grading
  protocol rule rules risk model cell cells body bodies ring rings law loop capsule duct gland canal tubules diverticulum
  anemia purpura granulomatosis arteritis vasculitis nephropathy hepatitis cardiomyopathy cirrhosis stent bypass anastomosis
  flap graft pouch shunt tap suture knot incision approach technique view angle sphincter ligament tendon spots lens chart card
  monitor effect coma depression anxiety assessment exam examination screen screening cognitive system exercise exercises
  stockings deformity dislocation lesion malformation anomaly defect tetralogy murmur pulse breathing respirations respiration
  respiratory agar curve plot study trial diet solution fever virus bacteria bacillus rash ataxia migraine epilepsy seizures
  patches patch plaque plaques space pads pad wires wire pins plate splint collar boot brace bed frame crutches wort chromosome skin type types hump blade blades stain staining pouches bars bar clips clip filter filters graft ligation
  needle needles stapler scalpel syringe wrap wraps study studies trial trials cohort criteria triad wort
  scientific thyroid myxedema gravis tremor tremors melanoma carcinoma cancer leukemia aneurysm vera pressure hold arthropathy meals
  finger fingers screw screws nail rod rods cage spacer corpuscle corpuscles retinopathy nevus angina arthritis gangrene crisis fascia
  ganglion plexus artery fissure naming aphasia panel assay calculator algorithm nomogram matrix battery checklist guideline guidelines
  closure osteotomy arthrodesis arthroplasty amputation resection esophagectomy fundoplication gastrectomy prostatectomy hysterectomy
  orchiopexy pyeloplasty hemiarthroplasty band tourniquet packing speculum dilator scissors elevator rongeur curette probe tonometry
  program programme tonometer perimetry grid guidewire sheath balloon implant cup cuff applicator tubing`);

/** Of these, what a person may have: `Tolu's fever` is nobody's sign unless a list of eponyms has the name. */
const BELONGINGS = words(
  `fever depression anxiety tremor tremors rash ulcer ulcers cancer melanoma leukemia carcinoma pulse respirations respiratory exam
  examination assessment screening diet gait position tube drain line lines exercise exercises pressure seizures migraine epilepsy boot
  brace collar splint meals hernia aneurysm crutches skin bed graft shunt stent valve test tests score scores monitor care plan cyst wrap chart
  thyroid anemia dementia coma lesion fracture dislocation nodule tumor stage reflexes murmur questionnaire`,
);

/** What a sign or test may be, where its name alone stands for it: `Romberg negative`. */
const RESULTS = words(
  "positive negative absent present normal abnormal equivocal pos neg intact i ii iii iv grade type stage class",
);

/** Of these, what is scored: between it and the place that a scale is called after other words may stand. */
const SCALES = words(
  "scale scales score scores criteria classification index inventory questionnaire rule rules test battery assessment grade level",
);

/** How much help somebody needs: `Min A`, `Mod assist`. */
const HELP = /^(?:min|mod|max|sup|total)$/;
const ROMAN = /^(?:i|ii|iii|iv|v|vi)$/;
const ASSIST = /^(?:a|assist|assistance|ax)$/;

/**
 * `Crohn's disease`, `Apgar score`, `Foley`: the noun follows at once, or after one more name (`Epstein-Barr virus`); what
 * a sign showed or a scale says follows it as well (`Romberg negative`, `. Schmid 3,`).
 */
export function isEponymUse(tokens: Tokens, at: number): boolean {
  const info = tokens.info[at] as number;
  const known = (info & KIND.eponym) !== 0;
  if (isHelp(tokens, at) || isMeasured(tokens, at, info)) return true;
  if (tokens.word[at] === "jude" && isMaker(tokens, tokens.word[at - 1] === "." ? at - 2 : at - 1)) return true;
  for (let next = at + 1; next < tokens.count && next <= at + 4; next += 1) {
    if ((tokens.gap[next] as number) > GAP.line) return false;
    if (tokens.kind[next] === TOKEN.possessive || tokens.word[next] === "-") continue;
    if (tokens.kind[next] !== TOKEN.word) return false;
    const word = tokens.word[next] as string;
    const owned = !known && tokens.kind[next - 1] === TOKEN.possessive && BELONGINGS.has(word);
    if (EPONYM_NOUNS.has(word)) return !owned;
    if (RESULTS.has(word) && known) return true;
    if (((tokens.info[next] as number) & KIND.eponym) === 0) return isScale(tokens, at, info);
  }
  return false;
}

/** `Cincinnati stroke scale`, `Boston Bowel Prep Scale`: called after a place, not a person. */
function isScale(tokens: Tokens, at: number, info: number): boolean {
  const person = (info & (KIND.firstName | KIND.lastName)) !== 0;
  if (person || (info & (KIND.city | KIND.eponym | KIND.state | KIND.placeStart)) === 0) return false;
  for (let next = at + 1; next <= at + 4 && next < tokens.count; next += 1) {
    if (tokens.kind[next] !== TOKEN.word || tokens.gap[next] !== GAP.space) return false;
    if (SCALES.has(tokens.word[next] as string)) return true;
    if (rankOf(tokens.info[next] as number) > 13) return false;
  }
  return false;
}

/** `Min A`, `Mod assist`. */
export function isHelp(tokens: Tokens, at: number): boolean {
  return (
    HELP.test(tokens.word[at] as string) && tokens.gap[at + 1] === GAP.space && ASSIST.test(tokens.word[at + 1] ?? "")
  );
}

/** What tells a newborn's weeks. */
const MATURITY = /^(?:ballard|dubowitz)$/;

/** A last name that opens a phrase and a small number right after it, no date and no age: a scale and its score. */
function isMeasured(tokens: Tokens, at: number, info: number): boolean {
  let [from, next] = [at, at + 1];
  while (tokens.word[next] === "-" && tokens.gap[next + 1] === GAP.none) next += 2;
  while (from > 1 && tokens.word[from - 1] === "-" && tokens.gap[from] === GAP.none) from -= 2;
  if (next >= tokens.count || tokens.gap[next] !== GAP.space) return false;
  const word = tokens.word[next] as string;
  if ((info & KIND.firstName) !== 0 || (info & (KIND.lastName | KIND.anyName | KIND.eponym)) === 0) return false;
  const grade = ROMAN.test(word) && tokens.kind[next + 1] === TOKEN.mark;
  if ((tokens.kind[next] !== TOKEN.number && !grade) || word.length > 3 || !opensPhrase(tokens, from)) return false;
  const after = tokens.word[next + 1] as string;
  if (/^(?:weeks|wks|wk)$/.test(after) && MATURITY.test(tokens.word[at] as string)) return true;
  if (tokens.gap[next + 1] === GAP.none) return /^[.,;+]$/.test(after) || (after === "/" && !isDated(tokens, next));
  return (tokens.gap[next + 1] as number) >= GAP.line || (info & KIND.eponym) !== 0;
}

function opensPhrase(tokens: Tokens, at: number): boolean {
  return at > 0 && /^[.,;]$/.test(tokens.word[at - 1] as string) && tokens.gap[at] === GAP.space;
}

/** `3/19/24`, and `3/19` as days are written: 24 of 30 is a score. */
function isDated(tokens: Tokens, at: number): boolean {
  const [month, day] = [Number(tokens.word[at]), Number(tokens.word[at + 2])];
  return tokens.word[at + 3] === "/" || (month <= 12 && day <= 31);
}

const PLACED = /^(?:at|to|from|in|by|near|via|with|of|through)$/;

/** `St. Jude`, the maker of valves and leads, unless a preposition or what follows says that it is a hospital. */
export function isMaker(tokens: Tokens, at: number): boolean {
  const jude = tokens.word[at + 1] === "." ? at + 2 : at + 1;
  if (!/^(?:st|saint)$/.test(tokens.word[at] ?? "") || tokens.word[jude] !== "jude") return false;
  const placed =
    PLACED.test(tokens.word[at - 1] ?? "") ||
    /^(?:s|hospital|children|childrens|research)$/.test(tokens.word[jude + 1] ?? "");
  return !placed && tokens.kind[jude + 1] !== TOKEN.possessive;
}
