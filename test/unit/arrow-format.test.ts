import { arrowFormat } from "../../connectors/arrow/format.ts";
import { tableFormatContract } from "../contracts/table-format.ts";

const file = { typed: true, zeroColumns: true, refusesCuts: true, sameBytes: true };
const stream = { ...file, refusesCuts: false };

tableFormatContract("arrow file", () => arrowFormat({ container: "file" }), file);
tableFormatContract("arrow stream", () => arrowFormat({ container: "stream" }), stream);
tableFormatContract("arrow file, lz4", () => arrowFormat({ container: "file", compression: "lz4" }), file);
tableFormatContract("arrow stream, zstd", () => arrowFormat({ container: "stream", compression: "zstd" }), stream);
