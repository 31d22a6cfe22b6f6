import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What shells and test runners take for "skipped", as automake made it. */
export const SKIPPED = 77;

/** A folder of its own below `test` for each kind of test that needs Python packages; its `requirements.txt` names them. */
export function pythonEnvironment(kind: string): string {
  return fileURLToPath(new URL(`../node_modules/.cache/${kind}`, import.meta.url));
}

/** Makes the environment once; whether it is there, with all its packages. */
export function preparePython(kind: string): boolean {
  const environment = pythonEnvironment(kind);
  const python = join(environment, "bin", "python");
  if (!existsSync(python) && !succeeds("python3", "-m", "venv", environment)) {
    return false;
  }
  const requirements = fileURLToPath(new URL(`${kind}/requirements.txt`, import.meta.url));
  return succeeds(python, "-m", "pip", "install", "--quiet", "--requirement", requirements);
}

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}
