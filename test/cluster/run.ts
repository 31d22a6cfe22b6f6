import { spawnSync } from "node:child_process";

import { missingNeeds } from "./support/needs.js";

/** What automake and others take for "skipped". */
const EXIT_SKIPPED = 77;

const missing = missingNeeds();
if (missing.length > 0) {
  console.error(`skipped: the tests on a cluster need ${missing.join("; ")}`);
  process.exitCode = EXIT_SKIPPED;
} else {
  const vitest = ["vitest", "run", "--project", "cluster", ...process.argv.slice(2)];
  process.exitCode = spawnSync("npx", vitest, { stdio: "inherit" }).status ?? 1;
}
