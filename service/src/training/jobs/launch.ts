import { fork, type ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { BoundedLog } from "./bounded-log.js";
import type { Assignment, Message } from "./messages.js";

/** A process that works on a job. */
export interface JobProcess {
  /** Why it ended without a last word, as a whole sentence; never rejects. */
  readonly ended: Promise<string>;
  /** Ends it at once. */
  kill(): void;
}

export interface LaunchOptions {
  readonly assignment: Assignment;
  /** Absolute path of the file that its output is added to. */
  readonly log: string;
  readonly onMessage: (message: Message) => void;
}

export type Launch = (options: LaunchOptions) => JobProcess;

/** Behind everything that answers somebody. */
const NICE = 10;

/** Beside this file as it stands, or as it is bundled. */
const IS_SOURCE = import.meta.url.endsWith(".ts");
const SCRIPT = fileURLToPath(new URL(IS_SOURCE ? "./job-process.ts" : "./job-process.js", import.meta.url));

/** What a job's process sees of the environment: none of the service's keys. */
const VARIABLES = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "NODE_ENV"];

/** Starts a process of Node.js for a job. */
export const launch: Launch = ({ assignment, log, onMessage }) => {
  const child = fork(SCRIPT, [], {
    execArgv: IS_SOURCE ? ["--import", "tsx"] : ["--enable-source-maps"],
    env: Object.fromEntries(
      VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "json",
  });
  const output = new BoundedLog(createWriteStream(log, { flags: "a" }));
  child.stdout?.on("data", (piece: Buffer) => output.write(piece));
  child.stderr?.on("data", (piece: Buffer) => output.write(piece));
  child.on("message", (message) => onMessage(message as Message));
  child.once("spawn", () => lower(child));
  child.send(assignment, () => undefined);
  return { ended: endOf(child, output), kill: () => child.kill("SIGKILL") };
};

function lower({ pid }: ChildProcess): void {
  try {
    setPriority(pid ?? 0, NICE);
  } catch {
    // It has ended already, or this user may not.
  }
}

function endOf(child: ChildProcess, output: BoundedLog): Promise<string> {
  return new Promise((resolve) => {
    const end = (reason: string): void => {
      output.end();
      resolve(reason);
    };
    child.once("error", ({ message }) => end(`The job's process could not be started: ${message}.`));
    child.once("close", (code, signal) => end(reasonOf(code, signal, output.tail)));
  });
}

function reasonOf(code: number | null, signal: NodeJS.Signals | null, tail: string): string {
  if (/heap out of memory|Array buffer allocation failed/.test(tail)) {
    return "The job's process ran out of memory.";
  }
  if (signal === "SIGKILL") {
    return "The job's process was killed (SIGKILL), as the system does with one for which there is no memory.";
  }
  return signal === null
    ? `The job's process ended with the code ${code} before it was done; its logs may say why.`
    : `The job's process was ended by ${signal} before it was done; its logs may say why.`;
}
