import { csvFormat } from "../../connectors/csv/format.ts";
import { tableFormatContract } from "../contracts/table-format.ts";

const traits = { typed: false, zeroColumns: true, refusesCuts: false, sameBytes: true };

tableFormatContract("CSV", () => csvFormat(), traits);
tableFormatContract(
  "CSV in windows-1252",
  () => csvFormat({ encoding: "windows-1252", delimiter: ";", quote: "'" }),
  traits,
);
tableFormatContract("CSV in small windows", () => csvFormat({}, { window: 300, rows: 7 }), traits);
