import { streamCommandContract } from "../contracts/stream-command.ts";

streamCommandContract("the built command", () => [process.execPath, "dist/src/cli.js"]);
