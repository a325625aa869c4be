import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { KEY } from "./cli/phimask.ts";

describe("samples/dicom", () => {
  it("the demo masks a study, shows what changed, and finds nothing of it in what was written", async () => {
    const env = { ...process.env, PHIMASK_KEY: KEY, NO_COLOR: "1", npm_config_loglevel: "error" };
    const { stdout, stderr } = await promisify(execFile)("node", ["--import", "tsx", "samples/dicom/demo.ts"], { env });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^\{"status":"ok".*"rows":4/m);
    expect(stdout).toMatch(/\(0010,0010\) +Thornwick\^Corabeth +-> \w+\^\w+$/m);
    expect(stdout).toMatch(/\(0040,a730\)\[0\]\(0040,a160\) +No fracture in Corabeth .* -> No fracture in \[NAME\]/);
    expect(stdout).toMatch(/^\{"status":"ok".*"left_out":\{"directory":1,"foreign":0\}/m);
    const patient = /\(0010,0020\) +P100482 +-> (\w{16})$/m.exec(stdout)![1]!;
    expect(stdout.match(new RegExp(`^${patient}  (CR|SR)  20\\d\\d-\\d\\d-\\d\\d  2\\.25\\.`, "gm"))).toHaveLength(2);
    expect(stdout).toContain("in the bytes of what was written: 0\n");
  });
});
