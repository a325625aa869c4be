#!/usr/bin/env node
/** The Singer mapper under the name that Meltano looks for: `mapper-phimask --config file`. */
process.argv.splice(2, 0, "singer");
await import("./cli.ts");
