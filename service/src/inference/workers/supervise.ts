/** Workers: several processes that share a port and act as one server. */

import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import type { Logger } from "pino";
import type { Started, ToSupervisor, ToWorker } from "./worker-messages.js";
import { Relay } from "./relay.js";

const FIRST_RESTART_SECONDS = 1;
const LONGEST_RESTART_SECONDS = 30;

export interface SupervisorOptions {
  readonly workers: number;
  readonly log: Logger;
  /** Called once all of them serve. */
  readonly onServing: (serving: Started) => void;
}

/**
 * Starts processes that share the port, takes what one of them asks to all, and replaces one that dies. Resolves with
 * the exit code once all have left: after SIGTERM, SIGINT or SIGHUP, or when one cannot even start.
 */
export async function supervise(options: SupervisorOptions): Promise<number> {
  const supervisor = new Supervisor(options);
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(name, (signal) => supervisor.stop(signal));
  }
  await supervisor.start();
  return supervisor.exitCode;
}

class Supervisor {
  private stopping = false;
  private code = 0;
  private restartSeconds = FIRST_RESTART_SECONDS;
  /** Those whose exit has not been told; the cluster's own list keeps one until its channel is closed too, at times later. */
  private readonly alive = new Set<number>();
  private readonly started = new Set<number>();
  private allStarted = false;
  private readonly relay = new Relay((id, message) => this.send(id, message));
  private readonly emptied: Promise<void>;
  private onEmptied: () => void = () => undefined;

  constructor(readonly options: SupervisorOptions) {
    this.emptied = new Promise((resolve) => (this.onEmptied = resolve));
  }

  /** Resolves with the exit code when no worker is left and none will be started. */
  get exitCode(): Promise<number> {
    return this.emptied.then(() => this.code);
  }

  /** The first worker alone at first: when the port is taken, one says so. */
  async start(): Promise<void> {
    cluster.setupPrimary({ serialization: "advanced" });
    const first = this.fork();
    await Promise.race([once(first, "listening"), once(first, "exit")]);
    for (let more = 1; more < this.options.workers && !this.stopping; more += 1) {
      this.fork();
    }
  }

  stop(signal: NodeJS.Signals): void {
    const workers = Object.values(cluster.workers ?? {});
    if (this.stopping) {
      for (const worker of workers) {
        worker?.process.kill("SIGKILL");
      }
    }
    if (!this.stopping) {
      this.options.log.info({ signal, workers: workers.length }, "stopping the workers");
    }
    this.leave();
  }

  private leave(): void {
    this.stopping = true;
    for (const id of this.ids()) {
      this.send(id, { kind: "stop" });
    }
    if (this.ids().length === 0) {
      this.onEmptied();
    }
  }

  private fork(): Worker {
    const worker = cluster.fork();
    this.alive.add(worker.id);
    worker.on("message", (message: ToSupervisor) => this.receive(worker.id, message));
    worker.on("exit", (code, signal) => this.ended(worker, code ?? 1, signal ?? undefined));
    return worker;
  }

  private receive(id: number, message: ToSupervisor): void {
    if (message.kind === "ask") {
      return this.relay.ask(id, message, this.ids());
    }
    if (message.kind === "outcome") {
      return this.relay.outcome(id, message.id, message.outcome);
    }
    if (this.stopping) {
      // It may have been told before it could listen.
      return this.send(id, { kind: "stop" });
    }
    this.started.add(id);
    this.options.log.info({ pid: cluster.workers?.[id]?.process.pid }, "worker started");
    if (this.started.size < this.options.workers) {
      return;
    }
    for (const worker of this.ids()) {
      this.send(worker, { kind: "all-started" });
    }
    this.restartSeconds = FIRST_RESTART_SECONDS;
    if (!this.allStarted) {
      this.options.onServing(message);
    }
    this.allStarted = true;
  }

  private ended({ id, process: { pid } }: Worker, code: number, signal: string | undefined): void {
    this.relay.gone(id);
    this.alive.delete(id);
    const wasStarted = this.started.delete(id);
    if (this.stopping) {
      this.code = Math.max(this.code, code);
    } else if (!wasStarted && !this.allStarted) {
      this.giveUp(code);
    } else {
      this.replace({ worker: pid, code, signal });
    }
    if (this.stopping && this.ids().length === 0) {
      this.onEmptied();
    }
  }

  /** One of the first workers could not start, and has said why: the next would not either. */
  private giveUp(code: number): void {
    this.code = code || 1;
    this.leave();
  }

  private replace(died: object): void {
    this.options.log.error({ ...died, restartSeconds: this.restartSeconds }, "a worker died");
    setTimeout(() => !this.stopping && this.fork(), this.restartSeconds * 1000);
    this.restartSeconds = Math.min(LONGEST_RESTART_SECONDS, 2 * this.restartSeconds);
  }

  private ids(): number[] {
    return [...this.alive];
  }

  private send(id: number, message: ToWorker): void {
    const worker = cluster.workers?.[id];
    if (worker?.isConnected()) {
      // One that has just died cannot be told; without a callback that would be an error that ends this process.
      worker.send(message, () => undefined);
    }
  }
}
