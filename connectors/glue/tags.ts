import { setTimeout as pause } from "node:timers/promises";
import type { AddLFTagsToResourceResponse, LakeFormation, LFTagPair } from "@aws-sdk/client-lakeformation";
import { MaskingError } from "../../src/errors.ts";
import { clientOptions } from "../aws.ts";
import { asking, connected, type GlueAccess, type GlueTable, PASSING_ENTRY } from "./client.ts";

/** Values by key, as Lake Formation knows them: a table has one value of a key, and its columns inherit it. */
export type LakeTags = Readonly<Record<string, string>>;

/** The tags of Lake Formation on the job's table, by which a lake grants who may read it. */
export interface TagAccess {
  /** Throws CATALOG_MISSING where there is no such tag, CATALOG_UNFIT where it has no such value; writes nothing. */
  check(): Promise<void>;
  /**
   * Puts the tags on the table, which must be there; other tags of it stay. Throws SERVICE_DENIED, CATALOG_MISSING,
   * CATALOG_UNFIT and CATALOG_FAILED, also where one of several tags could not be put.
   */
  assign(): Promise<void>;
}

const KEY = "target.glue.lf_tags";

/** A call tells of so many values of a tag, and may leave out the rest of up to 1,000. */
const TOLD = 50;

/** Nothing is loaded or asked where there is no tag. */
export function tagAccess(options: GlueTable, access: GlueAccess, tags: LakeTags): TagAccess {
  const ask = asking(() => connect(options), access.retries, KEY);
  const { DatabaseName, ...catalog } = access.standing;
  const Table = { ...catalog, DatabaseName, Name: access.table };
  return {
    async check() {
      for (const [TagKey, value] of Object.entries(tags)) {
        const key = `${KEY}.${TagKey}`;
        const told = await ask((lake) => lake.getLFTag({ ...catalog, TagKey }), ["EntityNotFoundException"]);
        if (typeof told === "string")
          throw new MaskingError("CATALOG_MISSING", { key, expected: "a tag that is there" });
        // Keys and values are kept in lower case.
        const values = (told.TagValues ?? []).map((each) => each.toLowerCase());
        if (values.length < TOLD && !values.includes(value.toLowerCase())) {
          throw new MaskingError("CATALOG_UNFIT", { key, expected: "a value that the tag may have" });
        }
      }
    },
    async assign() {
      let left = Object.entries(tags).map(([TagKey, value]): LFTagPair => ({ TagKey, TagValues: [value] }));
      for (let attempt = 1; left.length > 0; attempt++) {
        const LFTags = left;
        const answer = await ask(
          (lake) => lake.addLFTagsToResource({ ...catalog, Resource: { Table }, LFTags }),
          ["ConcurrentModificationException"],
        );
        left = typeof answer === "string" ? LFTags : leftOf(LFTags, answer);
        if (left.length === 0) return;
        if (attempt >= access.retries.attempts) throw new MaskingError("CATALOG_FAILED", { key: KEY });
        await pause(Math.random() * Math.min(access.retries.baseMs * 2 ** attempt, access.retries.capMs));
      }
    },
  };
}

/** The tags to put again, since what went wrong with them may pass: all, where one is not named. Throws for another failure. */
function leftOf(tags: readonly LFTagPair[], { Failures: failures = [] }: AddLFTagsToResourceResponse): LFTagPair[] {
  const failed = new Set<string | undefined>();
  for (const { LFTag: tag, Error: error } of failures) {
    const code = error?.ErrorCode ?? "";
    if (!PASSING_ENTRY.test(code)) throw refused(code, tag?.TagKey);
    failed.add(tag?.TagKey?.toLowerCase());
  }
  return failed.has(undefined) ? [...tags] : tags.filter(({ TagKey = "" }) => failed.has(TagKey.toLowerCase()));
}

/** A refusal of one tag in our words. The key is the job's own. */
function refused(code: string, tag: string | undefined): MaskingError {
  const key = tag === undefined ? KEY : `${KEY}.${tag}`;
  if (code === "AccessDeniedException") return new MaskingError("SERVICE_DENIED", { key });
  if (code === "EntityNotFoundException") return new MaskingError("CATALOG_MISSING", { key });
  return new MaskingError("CATALOG_UNFIT", { key, expected: "a tag that Lake Formation puts on this table" });
}

async function connect(options: GlueTable): Promise<LakeFormation> {
  const { LakeFormation } = await import("@aws-sdk/client-lakeformation");
  return connected(new LakeFormation(clientOptions(options, "LAKEFORMATION")));
}
