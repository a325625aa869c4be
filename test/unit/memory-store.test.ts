import { objectStoreContract } from "../contracts/object-store.ts";
import { memoryStore } from "../fakes/memory-store.ts";

objectStoreContract("memoryStore", async () => ({ store: memoryStore(), root: "root/" }));
