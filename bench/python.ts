import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FILES } from "./files.js";
import { run } from "./run.js";

const INSTALL_SECONDS = 900;

function environment(name: string): string {
  return join(FILES.cache, "python", name);
}

/** Absolute path of a program in the virtual environment of a peer. */
export function pythonBin(name: string, program: string): string {
  return join(environment(name), "bin", program);
}

/**
 * Makes the virtual environment of a peer from its pinned requirements, unless it is there already.
 * Gives the reason why it cannot be had, or undefined when it can.
 */
export async function installPeer(name: string): Promise<string | undefined> {
  const folder = environment(name);
  const requirements = join(FILES.peers, "python", `requirements-${name}.txt`);
  const stamp = join(folder, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    return undefined;
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await run("python3", ["-m", "venv", folder], INSTALL_SECONDS);
    const pip = ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
    await run(pythonBin(name, "pip"), pip, INSTALL_SECONDS);
  } catch (error) {
    return `not installed: ${error instanceof Error ? error.message : String(error)}`;
  }
  writeFileSync(stamp, wanted);
  return undefined;
}
