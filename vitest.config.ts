import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // Two files at a time: the suites start processes of their own and must fit a small machine.
    maxWorkers: 2,
  },
});
