import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MODELS_FOLDER } from "#service/paths.js";
import { identity, upperCase } from "../models/index.js";
import { preparePython, pythonEnvironment, SKIPPED } from "../python-environment.js";
import { ServiceFixture } from "../service/inference/service-fixture.js";

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

const environment = pythonEnvironment("clients");
const python = join(environment, "bin", "python");

/** Models as clients find them, with a port for administrators if `environment` has one. */
function serve(environment: Readonly<Record<string, string>> = {}): Promise<ServiceFixture> {
  return ServiceFixture.start(async (repository) => {
    await cp(join(MODELS_FOLDER, "mnist"), join(repository.root, "mnist"), { recursive: true });
    await repository.putModel("upper", "1", upperCase());
    await repository.putModel("large", "1", identity("INT64"));
  }, environment);
}

/** Runs a client's script against the service; resolves with its exit code. */
async function drive(script: string): Promise<number> {
  const service = await serve();
  try {
    return await exitCode(python, here(script), `127.0.0.1:${service.port}`);
  } finally {
    await service.stop();
  }
}

/** Holds what each port answers to its own description, by every check of schemathesis. */
async function describe(): Promise<number> {
  const service = await serve({ ADMIN_PORT: "0", DEFAULT_MODEL: "mnist" });
  const check = (port: number, ...options: string[]): Promise<number> =>
    exitCode(
      join(environment, "bin", "schemathesis"),
      ...options,
      ...["run", `http://127.0.0.1:${port}/openapi.json`, "--checks", "all", "--no-color"],
    );
  try {
    const callers = await check(service.port, "--config-file", here("schemathesis.toml"));
    return callers || (await check(service.adminPort));
  } finally {
    await service.stop();
  }
}

async function exitCode(command: string, ...args: string[]): Promise<number> {
  // Where what they keep for themselves is out of the way.
  const child = spawn(command, args, { stdio: "inherit", cwd: environment });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

if (preparePython("clients")) {
  process.exitCode = (await drive("triton.py")) || (await drive("kserve_client.py")) || (await describe());
} else {
  console.error(
    "skipped: this test needs python3 with venv, and the packages of test/clients/requirements.txt",
  );
  process.exitCode = SKIPPED;
}
