import { parquetFormat } from "../../connectors/parquet/format.ts";
import { tableFormatContract } from "../contracts/table-format.ts";

tableFormatContract("parquet", parquetFormat, {
  typed: true,
  zeroColumns: true,
  refusesCuts: true,
  sameBytes: true,
});
