import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MODELS_FOLDER } from "#service/paths.js";
import { identity, upperCase } from "../models/index.js";
import { ServiceFixture } from "../service/inference/service-fixture.js";

/** What shells and test runners take for "skipped", as automake made it. */
const SKIPPED = 77;

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
const environment = here("../../node_modules/.cache/clients");
const python = join(environment, "bin", "python");

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}

/** The clients' own Python environment, made once. */
function prepare(): boolean {
  if (!existsSync(python) && !succeeds("python3", "-m", "venv", environment)) {
    return false;
  }
  return succeeds(python, "-m", "pip", "install", "--quiet", "--requirement", here("requirements.txt"));
}

/** Runs a client's script against the service; resolves with its exit code. */
async function drive(script: string): Promise<number> {
  const service = await ServiceFixture.start(async (repository) => {
    await cp(join(MODELS_FOLDER, "mnist"), join(repository.root, "mnist"), { recursive: true });
    await repository.putModel("upper", "1", upperCase());
    await repository.putModel("large", "1", identity("INT64"));
  });
  try {
    return await exitCode(script, `127.0.0.1:${service.port}`);
  } finally {
    await service.stop();
  }
}

async function exitCode(script: string, address: string): Promise<number> {
  const child = spawn(python, [here(script), address], { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

if (prepare()) {
  process.exitCode = (await drive("triton.py")) || (await drive("kserve_client.py"));
} else {
  console.error(
    "skipped: this test needs python3 with venv, and the packages of test/clients/requirements.txt",
  );
  process.exitCode = SKIPPED;
}
