import { defineConfig } from "vitest/config";

const timeouts = { testTimeout: 30_000, hookTimeout: 60_000 };

/** One project per kind of test, so that each can be run where its needs are met. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "service", include: ["test/service/**/*.test.ts"], ...timeouts } },
      { test: { name: "infra", include: ["test/infra/**/*.test.ts"], ...timeouts } },
      { test: { name: "bench", include: ["test/bench/**/*.test.ts"], ...timeouts } },
      { test: { name: "web", include: ["test/web/**/*.test.ts"], ...timeouts } },
      {
        test: {
          name: "cluster",
          include: ["test/cluster/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
