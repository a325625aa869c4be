/** Which rows link to which image, as much of it as must be held while a dataset is masked. */
import { createHash } from "node:crypto";
import type { RowsFrom } from "../../src/types.ts";
import type { KnownValue } from "../detect/known.ts";

/** What a row says of the images that it links to. */
export interface RowFacts {
  /** The person whom the row is about. */
  readonly subject: string | null;
  readonly known: readonly KnownValue[];
}

/** What became of an image: 0 nothing yet, else a number of the caller's, up to 255. */
export type Outcome = number;

/** Images by the first eight bytes of their keyed hash, in 35 to 70 bytes each. */
export interface ImageLinks {
  /** A row links to the image. */
  see(id: Uint8Array, facts: RowFacts, from: RowsFrom): void;
  /** Ends a pass over all rows. True after the first one where an image's rows differ: then all must be seen again. */
  again(): boolean;
  has(id: Uint8Array): boolean;
  /** What all rows of an image say together; undefined where they all say the same. */
  togetherOf(id: Uint8Array): RowFacts | undefined;
  /** The folders that rows of the image go to, by code unit. */
  foldersOf(id: Uint8Array): readonly string[];
  /** Whether rows that several processes mask link to the image. */
  isShared(id: Uint8Array): boolean;
  outcomeOf(id: Uint8Array): Outcome;
  setOutcome(id: Uint8Array, outcome: Outcome): void;
  /** Notes that something is known of the image's copy; true where that was noted before. */
  note(id: Uint8Array): boolean;
  /** Every image of the dataset, in no order that means anything. */
  entries(): IterableIterator<readonly [id: Uint8Array, outcome: Outcome]>;
}

const DIFFERS = 1;
const NOTED = 2;
const SHARED = 4;

interface Table {
  readonly slots: number;
  /** Two words of the hash; both 0 where a slot is free. */
  readonly keys: Uint32Array;
  /** Two words of a digest of what the image's first row says. */
  readonly digests: Uint32Array;
  readonly flags: Uint8Array;
  /** One more than the number of the process that masks the image's first row; 0 for none. */
  readonly shards: Uint16Array;
  /** The folder of the image's first row. */
  readonly folders: Uint32Array;
  readonly outcomes: Uint8Array;
}

/**
 * An empty account. The first pass keeps a digest of what an image's first row says and notes where another row says
 * something else; the second one keeps the values of those images alone. So memory grows by bytes an image, and by values
 * and folders only for images whose rows differ in them.
 */
export function imageLinks(): ImageLinks {
  let table = tableOf(1024);
  let [count, pass, differing] = [0, 1, 0];
  const together = new Map<string, RowFacts>();
  const folders = newFolders();
  const find = (id: Uint8Array): number => slotOf(table, wordOf(id, 0), wordOf(id, 4));
  const used = (slot: number): boolean => table.keys[2 * slot] !== 0 || table.keys[2 * slot + 1] !== 0;
  return {
    see(id, facts, { folder, shard }) {
      const slot = find(id);
      if (pass === 2) {
        if (used(slot) && table.flags[slot]! & DIFFERS) together.set(hex(id), joined(together.get(hex(id)), facts));
        return;
      }
      const digest = digestOf(facts);
      if (!used(slot)) {
        table.keys.set([wordOf(id, 0), wordOf(id, 4)], 2 * slot);
        table.digests.set([wordOf(digest, 0), wordOf(digest, 4)], 2 * slot);
        table.folders[slot] = folders.numberOf(folder);
        if (shard !== undefined) table.shards[slot] = shard + 1;
        if (++count > table.slots * 0.6) table = grown(table);
        return;
      }
      folders.add(id, table.folders[slot]!, folder);
      if (shard !== undefined && table.shards[slot] === 0) table.shards[slot] = shard + 1;
      if (shard !== undefined && table.shards[slot] !== shard + 1) table.flags[slot]! |= SHARED;
      if (table.digests[2 * slot] === wordOf(digest, 0) && table.digests[2 * slot + 1] === wordOf(digest, 4)) return;
      if (!(table.flags[slot]! & DIFFERS)) differing += 1;
      table.flags[slot]! |= DIFFERS;
    },
    again() {
      pass += 1;
      return pass === 2 && differing > 0;
    },
    has: (id) => used(find(id)),
    togetherOf: (id) => together.get(hex(id)),
    foldersOf: (id) => folders.of(id, table.folders[find(id)]!),
    isShared: (id) => (table.flags[find(id)]! & SHARED) > 0,
    outcomeOf: (id) => table.outcomes[find(id)]!,
    setOutcome(id, outcome) {
      const slot = find(id);
      if (used(slot)) table.outcomes[slot] = outcome;
    },
    note(id) {
      const slot = find(id);
      const before = (table.flags[slot]! & NOTED) > 0;
      if (used(slot)) table.flags[slot]! |= NOTED;
      return before;
    },
    *entries() {
      for (let slot = 0; slot < table.slots; slot++) {
        if (!used(slot)) continue;
        const id = Buffer.alloc(8);
        id.writeUInt32BE(table.keys[2 * slot]!, 0);
        id.writeUInt32BE(table.keys[2 * slot + 1]!, 4);
        yield [id, table.outcomes[slot]!];
      }
    },
  };
}

interface Folders {
  numberOf(folder: string): number;
  /** Another folder of an image whose first one has this number. */
  add(id: Uint8Array, first: number, folder: string): void;
  of(id: Uint8Array, first: number): readonly string[];
}

function newFolders(): Folders {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const more = new Map<string, Set<string>>();
  return {
    numberOf(folder) {
      const known = numbers.get(folder);
      if (known !== undefined) return known;
      numbers.set(folder, names.length);
      return names.push(folder) - 1;
    },
    add(id, first, folder) {
      if (names[first] === folder) return;
      const key = hex(id);
      more.set(key, (more.get(key) ?? new Set([names[first]!])).add(folder));
    },
    of: (id, first) => [...(more.get(hex(id)) ?? [names[first]!])].sort(),
  };
}

/** 16 hex characters of what two rows must share to count as saying the same. */
export function digestOf({ subject, known }: RowFacts): Uint8Array {
  return createHash("sha256")
    .update(JSON.stringify([subject, known]))
    .digest();
}

/** What two rows say together, in an order of its own; the person is the first of several. */
function joined(one: RowFacts | undefined, other: RowFacts): RowFacts {
  const values = new Map([...(one?.known ?? []), ...other.known].map((each) => [JSON.stringify(each), each]));
  const subjects = [one?.subject ?? null, other.subject].filter((subject) => subject !== null).sort();
  return {
    subject: subjects[0] ?? null,
    known: [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each),
  };
}

function tableOf(slots: number): Table {
  return {
    slots,
    keys: new Uint32Array(slots * 2),
    digests: new Uint32Array(slots * 2),
    flags: new Uint8Array(slots),
    shards: new Uint16Array(slots),
    folders: new Uint32Array(slots),
    outcomes: new Uint8Array(slots),
  };
}

/** Where a key stands, or would stand. */
function slotOf({ keys, slots }: Table, high: number, low: number): number {
  let slot = low & (slots - 1);
  while (
    (keys[2 * slot] !== 0 || keys[2 * slot + 1] !== 0) &&
    (keys[2 * slot] !== high || keys[2 * slot + 1] !== low)
  ) {
    slot = (slot + 1) & (slots - 1);
  }
  return slot;
}

function grown(table: Table): Table {
  const wider = tableOf(table.slots * 2);
  for (let slot = 0; slot < table.slots; slot++) {
    const [high, low] = [table.keys[2 * slot]!, table.keys[2 * slot + 1]!];
    if (high === 0 && low === 0) continue;
    const to = slotOf(wider, high, low);
    wider.keys.set([high, low], 2 * to);
    wider.digests.set(table.digests.subarray(2 * slot, 2 * slot + 2), 2 * to);
    wider.flags[to] = table.flags[slot]!;
    wider.shards[to] = table.shards[slot]!;
    wider.folders[to] = table.folders[slot]!;
    wider.outcomes[to] = table.outcomes[slot]!;
  }
  return wider;
}

function wordOf(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function hex(id: Uint8Array): string {
  return Buffer.from(id.subarray(0, 8)).toString("hex");
}
