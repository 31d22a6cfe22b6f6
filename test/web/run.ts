import { spawnSync } from "node:child_process";
import { findChromium } from "./chromium.js";

/** What automake and others take for "skipped". */
const EXIT_SKIPPED = 77;

if (findChromium() === undefined) {
  console.error("skipped: the tests of the page need Chromium or Chrome; set CHROMIUM_PATH to where it is");
  process.exitCode = EXIT_SKIPPED;
} else {
  const vitest = ["vitest", "run", "--project", "web", ...process.argv.slice(2)];
  process.exitCode = spawnSync("npx", vitest, { stdio: "inherit" }).status ?? 1;
}
