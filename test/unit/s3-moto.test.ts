import { randomBytes } from "node:crypto";
import { S3 } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { s3Store } from "../../connectors/s3.ts";
import { objectStoreContract } from "../contracts/object-store.ts";
import { motoServer } from "../fakes/aws/moto.ts";
import { CALLER } from "../fakes/aws/server.ts";

/** A second opinion of what a store that is not ours to write does with our requests. */
const moto = await motoServer();

if (typeof moto === "string") {
  describe("s3Store on moto", () => {
    it(`is not tried: ${moto}`, ({ annotate }) => {
      console.warn(`The second run of the store's contract was left out: ${moto}.`);
      return annotate(moto).then(() => {});
    });
  });
} else {
  const options = { endpoint: moto.endpoint, region: "us-east-1", credentials: CALLER };
  beforeAll(async () => {
    await new S3({ ...options, forcePathStyle: true }).createBucket({ Bucket: "phimask" });
  });
  afterAll(async () => {
    const left = await new S3({ ...options, forcePathStyle: true }).listMultipartUploads({ Bucket: "phimask" });
    moto.close();
    expect(left.Uploads ?? []).toEqual([]);
  });
  const make = async () => ({
    store: s3Store({ ...options, retries: { attempts: 3, baseMs: 1, capMs: 10 } }),
    root: `s3://phimask/${randomBytes(4).toString("hex")}/`,
  });
  // moto looks at If-Match and writes later: of two writers at once both may win.
  objectStoreContract("s3Store on moto", make, { atomic: false });
}
