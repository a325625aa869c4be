/** Words that an image may show to everybody: what mode `unknown` leaves uncovered. */
import type { Finding, PhiType } from "../../src/types.ts";
import { compileDeny, type TermList } from "../detect/terms.ts";
import type { PageText } from "./boxesText.ts";

/** Laterality, view and position, as DICOM's View Position, Image Laterality and Patient Position name them, and as markers spell them. */
const MARKERS = `L R LT RT LEFT RIGHT BILATERAL AP PA LAT LATERAL OBL OBLIQUE RAO LAO RPO LPO CC MLO LCC RCC LMLO RMLO ML LM XCCL
  ERECT UPRIGHT SEMI-UPRIGHT SEMI-ERECT SUPINE PRONE DECUBITUS DECUB PORTABLE STANDING SITTING WEIGHTBEARING FLEXION EXTENSION
  INSPIRATION EXPIRATION ANTERIOR POSTERIOR SUPERIOR INFERIOR CAUDAL CRANIAL AXIAL SAGITTAL CORONAL HFS HFP FFS FFP A P H F S I`;

/** What scanners write beside their pictures. */
const SETTINGS = `kV kVp mA mAs mAs/slice ms mm cm Hz MHz kHz dB fps TR TE TI FA FOV NEX ETL WW WL W C SL SP ST THK THICKNESS ZOOM SCALE
  GAIN DEPTH FREQ FOCUS PWR POWER DR DYN MI TIS TIB TIC 2D 3D B-MODE M-MODE CF PW CW DOPPLER COLOR COLOUR HR BPM SLICE IMAGE IM SE SERIES FRAME
  T1 T2 T1W T2W PD FLAIR DWI ADC STIR GRE MPRAGE MIP MPR SCOUT CONTRAST WITH WITHOUT PRE POST C+ C- CHEST ABDOMEN PELVIS
  HEAD NECK SPINE KNEE HAND FOOT WRIST ANKLE SHOULDER HIP ELBOW BREAST SKULL`;

const HARMLESS: ReadonlySet<string> = new Set(`${MARKERS} ${SETTINGS}`.toLowerCase().split(/\s+/));

/** Whether a word, in any case, is one of the markers and settings of this file. */
export function isMarker(word: string): boolean {
  return HARMLESS.has(word.toLowerCase());
}

/** A number with a unit behind it or a setting's name before it: `120 kV`, `WL: 40`, `2.5 mm`, `56 %`. */
const MEASURES = [
  String.raw`(?<![\p{L}\p{N}.,/:-])\d{1,4}(?:[.,]\d{1,3})?\s?(?:kVp?|mAs?|µm|mm|cm|ms|M?Hz|kHz|dB|fps|bpm|%|°|x)(?![\p{L}\p{N}])`,
  String.raw`(?<![\p{L}\p{N}])(?:kVp?|mAs?|TR|TE|TI|FA|FOV|WW|WL|W|C|SL|SP|ST|MI|TI[SBCsbc]|HR|Im|Se|Zoom|Gain|Depth)\s?[:=]?\s?-?\d{1,4}(?:[.,]\d{1,3})?(?![\p{L}\p{N}/:-])`,
];

/** Of these, those that nobody is called, and that no name begins or ends with: what stands beside a name on a film. */
const NOBODY = new Set(
  `LEFT RIGHT BILATERAL LATERAL OBLIQUE ERECT UPRIGHT SEMI-UPRIGHT SEMI-ERECT SUPINE PRONE DECUBITUS PORTABLE WEIGHTBEARING
  FLEXION EXTENSION INSPIRATION EXPIRATION ANTERIOR POSTERIOR SUPERIOR INFERIOR CAUDAL CRANIAL AXIAL SAGITTAL CORONAL RAO LAO RPO
  LPO MLO LCC RCC LMLO RMLO kV kVp mA mAs mm cm Hz MHz kHz dB fps FOV NEX ETL CHEST ABDOMEN PELVIS KNEE WRIST ANKLE SHOULDER ELBOW
  BREAST SKULL SPINE T1W T2W FLAIR DWI STIR MPRAGE MIP MPR`
    .toLowerCase()
    .split(/\s+/),
);

/** What a detector takes to be part of a name or of an address, and may not be. */
const LOOSE: ReadonlySet<PhiType> = new Set(["NAME", "ADDRESS", "PROFESSION"]);

/**
 * The findings without the markers and settings that they begin or end with: `Zabrinskie KNEE` is a name and a knee. What
 * the row or the job itself says stays as it is.
 */
export function withoutMarkers({ text, starts, ends }: PageText, findings: readonly Finding[]): readonly Finding[] {
  const measured = compileDeny({ patterns: [MEASURES[0]!] }, "")(text);
  const spared = (word: number) => {
    const [start, end] = [starts[word]!, ends[word]!];
    const bare = text.slice(start, end).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
    return NOBODY.has(bare.toLowerCase()) || measured.some((span) => span.start <= start && end <= span.end);
  };
  return findings.flatMap((finding) => {
    if (!LOOSE.has(finding.type) || finding.detail === "DENIED") return [finding];
    const words = [...starts.keys()].filter((word) => starts[word]! < finding.end && finding.start < ends[word]!);
    const [first, last] = [words.findIndex((word) => !spared(word)), words.findLastIndex((word) => !spared(word))];
    if (words.length === 0) return [finding];
    if (first < 0) return [];
    const start = first === 0 ? finding.start : starts[words[first]!]!;
    const end = last === words.length - 1 ? finding.end : ends[words[last]!]!;
    return [{ ...finding, start, end }];
  });
}

/**
 * Which words of a text nobody has called harmless, by their numbers. `allow`: terms and patterns of the job beside
 * the markers and settings of this file. A word is harmless only as a whole, punctuation around it aside.
 */
export function unknownWords(allow: TermList): (reading: PageText) => readonly number[] {
  const own = compileDeny({ terms: [...HARMLESS], patterns: MEASURES }, "");
  const given = compileDeny(allow, "allow");
  return ({ text, starts, ends }) => {
    const known = [...own(text), ...given(text)];
    const harmless = (start: number, end: number) => {
      const word = text.slice(start, end);
      const from = start + (/^[^\p{L}\p{N}]*/u.exec(word)?.[0].length ?? 0);
      const to = end - (/[^\p{L}\p{N}%°+]*$/u.exec(word)?.[0].length ?? 0);
      return from >= to ? false : known.some((span) => span.start <= from && to <= span.end);
    };
    return starts.flatMap((start, word) => (harmless(start, ends[word]!) ? [] : [word]));
  };
}
