import { createHash } from "node:crypto";

/** Kinds that a word or a phrase of the lexicons can be of; a word is often of several. Bits of its `info`. */
export const KIND = {
  maleName: 0x1,
  femaleName: 0x2,
  /** A first name of a curated list. */
  firstName: 0x4,
  /** A last name of a curated list. */
  lastName: 0x8,
  /** In a large uncurated list of names, first or last. */
  anyName: 0x10,
  city: 0x20,
  /** 100,000 people or more. */
  bigCity: 0x40,
  state: 0x80,
  stateCode: 0x100,
  country: 0x200,
  /** Begins a place of several words. */
  placeStart: 0x400,
  /** Drug, anatomy, test, score or other clinical term: not a name by itself. */
  medical: 0x800,
  /** A name that usually stands for a disease, sign or device. */
  eponym: 0x1000,
  streetSuffix: 0x2000,
  /** Hospital, clinic, school and other words that end the name of an institution. */
  facility: 0x4000,
  /** Says what kind of facility, not which: general, pain, cardiology. */
  generic: 0x8000,
  /** The name of a well-known institution, or its beginning. */
  institution: 0x10000,
  /** Mostly written with a capital in running text. */
  capital: 0x20000,
  /** A name that is an everyday word as well, whatever the capitals of the frequency list say. */
  ordinary: 0x40000,
} as const;

/** Where the commonness of a word begins in its `info`: four bits, 0 for a word that no frequency list holds. */
export const RANK_SHIFT = 28;

/** Looks words up in the compiled lexicons. */
export interface Lexicon {
  /** SHA-256 of the compiled bytes, first 12 hex digits. */
  readonly digest: string;
  /** `KIND` bits and rank of a folded lower-case word or phrase (words joined by one space); 0 where unknown. */
  info(word: string): number;
}

/** First bytes of a compiled lexicon: "PHLX" and the layout's version. */
export const MAGIC = 0x50484c58;
export const LAYOUT = 1;

/**
 * Opens what `scripts/lexicons.ts` compiled. Little-endian 32-bit words: magic, layout, entries, distinct infos; then the
 * infos; then the hashes in ascending order; then for each a 16-bit index of its info. The words themselves are not there:
 * an unknown word is taken for a known one once in about 15,000.
 */
export function openLexicon(bytes: Uint8Array): Lexicon {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const head = new Uint32Array(aligned.buffer, aligned.byteOffset, 4);
  const [magic, layout, entries = 0, kinds = 0] = head;
  if (magic !== MAGIC || layout !== LAYOUT) throw new TypeError("not a compiled lexicon of this version");
  const infos = new Uint32Array(aligned.buffer, aligned.byteOffset + 16, kinds);
  const hashes = new Uint32Array(aligned.buffer, aligned.byteOffset + 16 + kinds * 4, entries);
  const which = new Uint16Array(aligned.buffer, aligned.byteOffset + 16 + (kinds + entries) * 4, entries);
  const buckets = bucketStarts(hashes);
  const info = (word: string): number => {
    const hash = hashOf(word);
    const bucket = hash >>> 16;
    const end = buckets[bucket + 1] as number;
    for (let at = buckets[bucket] as number; at < end; at += 1) {
      if (hashes[at] === hash) return infos[which[at] as number] as number;
    }
    return 0;
  };
  return { digest: createHash("sha256").update(bytes).digest("hex").slice(0, 12), info };
}

/** Commonness of a word in everyday English: 15 for the commonest 64, one less for each doubling, 0 for none. */
export function rankOf(info: number): number {
  return info >>> RANK_SHIFT;
}

/** 32-bit hash of a word: FNV-1a, then the finaliser of MurmurHash3 so that the upper bits spread. */
export function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function bucketStarts(hashes: Uint32Array): Uint32Array {
  const starts = new Uint32Array(65537);
  for (const hash of hashes) starts[(hash >>> 16) + 1]! += 1;
  for (let bucket = 0; bucket < 65536; bucket += 1) starts[bucket + 1]! += starts[bucket] as number;
  return starts;
}

/** Which gender a first name usually has, as far as the lists say; undefined where they do not. */
export function genderOf(lexicon: Lexicon, firstName: string): "male" | "female" | undefined {
  const info = lexicon.info(firstName.toLowerCase());
  const male = (info & KIND.maleName) !== 0;
  const female = (info & KIND.femaleName) !== 0;
  if (male === female) return undefined;
  return male ? "male" : "female";
}
