import { defineConfig, type TestProjectConfiguration } from "vitest/config";

const timeouts = { testTimeout: 30_000, hookTimeout: 60_000 };
const SLOW = "**/*.slow.test.ts";

/** A project over the folder of that name, without its slow tests. */
function project(name: string, more: { readonly isolate?: boolean } = {}): TestProjectConfiguration {
  return {
    test: { name, include: [`test/${name}/**/*.test.ts`], exclude: [SLOW], ...timeouts, ...more },
  };
}

/** Modules of the service keep nothing that another file's tests would see; to load them once halves the time. */
const SHARED = { isolate: false };

/** One project per kind of test, so that each can be run where its needs are met, and the slow ones be left out. */
export default defineConfig({
  test: {
    projects: [
      project("service", SHARED),
      project("infra"),
      project("bench", SHARED),
      project("docs", SHARED),
      project("delivery", SHARED),
      project("web"),
      { test: { name: "aws", include: ["test/aws/**/*.test.ts"], testTimeout: 120_000 } },
      { test: { name: "slow", include: [`test/{service,infra,bench}/${SLOW}`], ...timeouts } },
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
