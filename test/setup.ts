import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Tests run the sources and the built command alike, so both are brought up to date once. */
export function setup(): void {
  if (process.env["PHIMASK_BUILT"] === "1" && existsSync("dist/src/cli.js")) return;
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
}
