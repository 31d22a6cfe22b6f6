import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { predictedLabel } from "./answer.js";
import { EXPECTED_LABEL, type Input } from "./inputs.js";
import { FILES } from "./files.js";
import { run } from "./run.js";
import type { Variant } from "./variants.js";

const START_SECONDS = 60;
const STOP_SECONDS = 10;
const POLL_MS = 5;

/** A server in a process of its own that has answered its first prediction. */
export interface RunningServer {
  readonly port: number;
  /** From the process's start to its first right answer. */
  readonly firstPredictionSeconds: number;
  /** Resident memory of the process and all that it started. */
  residentBytes(): Promise<number>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") {
    throw new Error("no free port");
  }
  return address.port;
}

/** Posts an input once. Resolves with the digit that the server names; rejects when it does not answer 200. */
export async function predictOnce(port: number, path: string, input: Input): Promise<number | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { "content-type": input.contentType, ...input.headers },
    body: readFileSync(input.file),
    signal: AbortSignal.timeout(5000),
  });
  const body = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) {
    throw new Error(`${response.status} ${Buffer.from(body).toString().slice(0, 200)}`);
  }
  const headerLength = response.headers.get("inference-header-content-length");
  return predictedLabel(body, headerLength === null ? undefined : Number(headerLength));
}

/** Checks that the server predicts from this input what it shows. */
export async function checkPrediction(port: number, path: string, input: Input): Promise<void> {
  const label = await predictOnce(port, path, input);
  if (label !== EXPECTED_LABEL) {
    throw new Error(`${path} takes ${input.title} for a ${label}, not a ${EXPECTED_LABEL}`);
  }
}

function lastLine(log: string): string {
  return readFileSync(log, "utf8").trim().split("\n").pop()?.slice(0, 200) ?? "";
}

async function untilPredicting(child: ChildProcess, attempt: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let fault = ""; ;) {
    const seconds = (performance.now() - start) / 1000;
    if (child.exitCode !== null) {
      throw new Error(`exited with ${child.exitCode}`);
    }
    if (seconds > START_SECONDS) {
      throw new Error(`no prediction in ${START_SECONDS} s: ${fault}`);
    }
    try {
      await attempt();
      return (performance.now() - start) / 1000;
    } catch (error) {
      fault = String(error);
      await pause(POLL_MS);
    }
  }
}

/** Process ids of `root` and all its descendants, with the resident bytes of each, from `ps`. */
async function residentTree(root: number): Promise<Map<number, number>> {
  const rows = (await run("ps", ["-A", "-o", "pid=,ppid=,rss="], 10))
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = new Map<number, number>();
  const add = (wanted: number): void => {
    for (const [pid = 0, parent = 0, kilobytes = 0] of rows) {
      if (pid === wanted) {
        found.set(pid, kilobytes * 1024);
      } else if (parent === wanted) {
        add(pid);
      }
    }
  };
  add(root);
  return found;
}

/** SIGTERM to the server, SIGKILL to what is left of its own processes after a while. */
async function stop(child: ChildProcess, pid: number): Promise<void> {
  const family = [...(await residentTree(pid)).keys()];
  if (child.exitCode === null) {
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await Promise.race([exited, pause(STOP_SECONDS * 1000, undefined, { ref: false })]);
  }
  for (const left of family) {
    try {
      process.kill(left, "SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  }
}

/** Starts a variant in a fresh process and waits for its first right prediction, by default of the digit. */
export async function startServer(
  variant: Variant,
  path: string,
  input: Input,
  check: (port: number, path: string, input: Input) => Promise<unknown> = checkPrediction,
): Promise<RunningServer> {
  const port = await freePort();
  const { file, args, env, cwd } = variant.command(port);
  mkdirSync(join(FILES.cache, "logs"), { recursive: true });
  const log = join(FILES.cache, "logs", `${variant.name}.log`);
  const output = openSync(log, "w");
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  child.once("error", () => child.emit("exit", -1));
  const pid = child.pid;
  if (pid === undefined) {
    throw new Error(`${file} cannot be started`);
  }
  try {
    const seconds = await untilPredicting(child, () => check(port, path, input));
    return {
      port,
      firstPredictionSeconds: seconds,
      residentBytes: async () =>
        [...(await residentTree(pid)).values()].reduce((sum, bytes) => sum + bytes, 0),
      stop: () => stop(child, pid),
    };
  } catch (error) {
    await stop(child, pid);
    throw new Error(`${String(error)} (${lastLine(log)})`, { cause: error });
  }
}
