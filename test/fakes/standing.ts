import { createHash } from "node:crypto";
import type { Manifest, ManifestFile } from "../../src/manifest.ts";
import type { Job } from "../../src/plan.ts";
import { rulesOf } from "../../src/reasons.ts";
import { held } from "./aws/content.ts";
import type { FakeS3 } from "./aws/s3.ts";

/** A bucket as a run over so many inputs leaves it, put there without one. */
export async function standing(s3: FakeS3, job: Job, count: number): Promise<void> {
  const bytes = Buffer.from("id\n1\n");
  const etag = createHash("md5").update(bytes).digest("hex");
  const files = Array.from({ length: count }, (_, i) => `part=${i % 10}/f${i}.csv`).sort();
  for (const path of files) for (const root of ["in/", "out/"]) s3.addObject("b", `${root}${path}`, held(bytes));
  const described = files.map((path): ManifestFile => {
    const input = { id: job.hashPath(path), etag, size: bytes.length };
    return { input, output: { path, size: bytes.length, rows: 1 } };
  });
  const manifest: Manifest = {
    ...{ version: 1, run_id: "n1", job: job.name, ...rulesOf(job.policy), rows: count },
    files: described,
  };
  s3.addObject("b", "out/_phimask/manifest.json", held(Buffer.from(JSON.stringify(manifest))));
  s3.addObject("b", "out/_SUCCESS", held(Buffer.alloc(0)));
}
