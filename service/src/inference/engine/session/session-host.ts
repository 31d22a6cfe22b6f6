import { fork } from "node:child_process";
import { Worker } from "node:worker_threads";

/** Where a session lives that is not on this thread; see session-worker.js for what is said. */
export interface SessionHost {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, with a whole sentence, when the host has ended. */
  onEnd(listener: (reason: string) => void): void;
  /** Ends it, whatever it does: a process at once, a thread as soon as the runtime comes back. */
  kill(): void;
}

/** What a host is started with. */
export interface HostedModel {
  /** The file's path, or its bytes. */
  readonly model: string | Uint8Array;
  /** ONNX Runtime's options for the session. */
  readonly options: object;
}

/** Starts one. */
export type StartHost = (model: HostedModel) => SessionHost;

/** The threads that there are. */
const threads = new Set<Worker>();

const SCRIPT = new URL("./session-worker.js", import.meta.url);

/** A thread of this process: tensors go there and back at the price of a copy in memory. */
export function startThread(model: HostedModel): SessionHost {
  const worker = new Worker(SCRIPT, { workerData: model });
  threads.add(worker);
  worker.on("exit", () => threads.delete(worker));
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on("message", listener),
    onEnd(listener) {
      worker.on("error", (error: Error) => listener(`The model's thread failed: ${error.message}.`));
      worker.on("exit", (code) => listener(`The model's thread ended with code ${code}.`));
    },
    // Not terminate(): the runtime's binding aborts the whole process when it comes back to a thread that is being ended.
    kill: () => worker.postMessage({ release: true }),
  };
}

/**
 * A process of its own, for graphs that may go on without end: of the two, only a process can be ended while it computes.
 * Tensors go through a pipe.
 */
export function startProcess(model: HostedModel): SessionHost {
  const child = fork(SCRIPT, [], { serialization: "advanced" });
  const post = (message: unknown): void => {
    if (child.connected) {
      child.send(message as object, () => undefined);
    }
  };
  post(model);
  return {
    post,
    onMessage: (listener) => child.on("message", listener),
    onEnd(listener) {
      child.on("error", (error) => listener(`The model's process failed: ${error.message}.`));
      child.on("exit", (code, signal) =>
        listener(`The model's process ended with ${code === null ? `signal ${signal}` : `code ${code}`}.`),
      );
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/**
 * Ends this process with `code`. Node.js would first wait for every thread, and a run that was given up may take hours:
 * when a thread is left, the process kills itself instead, and its exit status says so.
 */
export function exitProcess(code: number): never {
  if (threads.size > 0) {
    process.kill(process.pid, "SIGKILL");
  }
  return process.exit(code);
}
