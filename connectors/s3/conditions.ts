import { MaskingError } from "../../src/errors.ts";
import type { Address } from "./address.ts";
import type { S3Access } from "./client.ts";
import { headObject } from "./head.ts";
import type { Conditions } from "./upload.ts";

/** An etag that no object has. */
const NOBODYS = `"${"0".repeat(32)}"`;

/**
 * Asks a store to break a condition, on an object that was just written under one. Stores that speak S3's protocol may
 * pass over conditions, and then two runs would hold one target without either knowing. Throws STORE_REFUSED where one
 * is passed over; then the object is gone.
 */
export async function proveConditions(access: S3Access, { bucket, key }: Address): Promise<void> {
  const standing = { ...access.standing(bucket), Key: key };
  for (const condition of [{ IfNoneMatch: "*" }, { IfMatch: NOBODYS }]) {
    const taken = await access
      .ask(bucket, (s3) => s3.putObject({ ...standing, ...access.encryption, ...condition, Body: new Uint8Array(0) }))
      .then(
        () => true,
        (error: unknown) => {
          if (error instanceof MaskingError && error.code === "STORE_CONFLICT") return false;
          throw error;
        },
      );
    if (!taken) continue;
    await access.ask(bucket, (s3) => s3.deleteObject(standing));
    const [header] = Object.keys(condition) as [string];
    throw new MaskingError("STORE_REFUSED", {
      expected: `a store that minds ${header} of a write, or aws.conditional_writes: false where no two runs meet`,
    });
  }
}

/** Conditions of a write by a look at what stands there. Throws STORE_CONFLICT where they do not hold. */
export async function lookFirst(access: S3Access, address: Address, conditions: Conditions): Promise<void> {
  const standing = await headObject(access, address);
  const holds = conditions.ifNoneMatch ? standing === undefined : standing?.etag === conditions.ifMatch;
  if (!holds) throw new MaskingError("STORE_CONFLICT");
}
