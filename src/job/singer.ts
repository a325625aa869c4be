import type { BatchPorts } from "../singer/batches.ts";
import { openStores } from "./stores.ts";

/** What a Singer mapper reads and writes the files of BATCH messages with. */
export function openBatchPorts(): BatchPorts {
  return {
    storeFor: openStores(),
    parquet: async () => (await import("../../connectors/parquet/format.ts")).parquetFormat(),
  };
}
