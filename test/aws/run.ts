import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { preparePython, pythonEnvironment, SKIPPED } from "../python-environment.js";

if (preparePython("aws")) {
  const vitest = ["vitest", "run", "--project", "aws", ...process.argv.slice(2)];
  const env = { ...process.env, PYTHON: join(pythonEnvironment("aws"), "bin", "python") };
  process.exitCode = spawnSync("npx", vitest, { stdio: "inherit", env }).status ?? 1;
} else {
  console.error("skipped: this test needs python3 with venv, and the packages of test/aws/requirements.txt");
  process.exitCode = SKIPPED;
}
