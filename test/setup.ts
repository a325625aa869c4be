import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Tests run the sources and the built command alike, so both are brought up to date once; their files end with them. */
export function setup(): () => void {
  // Environments of the frameworks take minutes to install and are kept.
  process.env["PHIMASK_ENGINES"] ??= join(tmpdir(), "phimask-engines");
  const folder = mkdtempSync(join(tmpdir(), "phimask-tests-"));
  process.env["TMPDIR"] = folder;
  if (process.env["PHIMASK_BUILT"] !== "1" || !existsSync("dist/src/cli.js")) {
    execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
  }
  return () => rmSync(folder, { recursive: true, force: true });
}
