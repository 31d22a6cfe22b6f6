import type { Logger } from "../../server/observe/logger.js";
import { toServiceError } from "../../server/http/error-response.js";
import { ServiceError } from "../../server/errors.js";
import type { WorkerCommand, AskResult, Started, ToSupervisor, ToWorker } from "./worker-messages.js";

/** The channel to the process that started this one. */
export interface Channel {
  send(message: ToSupervisor): void;
  onMessage(listener: (message: ToWorker) => void): void;
}

/** How this worker carries out what another asks. */
export type WorkerCommands = Readonly<Record<WorkerCommand, (argument: unknown) => unknown>>;

/** The workers of one server, as one of them sees them. */
export class Siblings {
  private readonly waiting = new Map<number, (outcomes: readonly AskResult[]) => void>();
  private lastId = 0;
  private haveAllStarted = false;

  /** `onStop` is called when the worker is to leave. */
  constructor(
    readonly channel: Channel,
    readonly operations: Omit<WorkerCommands, "id">,
    /** This worker's, which no other of this server has had. */
    readonly id: number,
    readonly onStop: () => void,
    readonly log: Pick<Logger, "error">,
  ) {
    channel.onMessage((message) => void this.receive(message));
  }

  /** Whether every worker has loaded its models. */
  get allStarted(): boolean {
    return this.haveAllStarted;
  }

  /** Whether this is the one of them that does what only one may do; none is before all can be asked. */
  async isFirst(): Promise<boolean> {
    if (!this.haveAllStarted) {
      return false;
    }
    return Math.min(...((await this.ask("id", undefined)) as number[])) === this.id;
  }

  started(serving: Started): void {
    this.channel.send({ kind: "started", ...serving });
  }

  /** The values that all workers give, this one included. Rejects with the first fault once all are done. */
  async ask(operation: WorkerCommand, argument: unknown): Promise<unknown[]> {
    const id = (this.lastId += 1);
    const outcomes = await new Promise<readonly AskResult[]>((resolve) => {
      this.waiting.set(id, resolve);
      this.channel.send({ kind: "ask", id, operation, argument });
    });
    return outcomes.map((outcome) => {
      if ("fault" in outcome) {
        throw new ServiceError(outcome.fault.code, outcome.fault.message);
      }
      return outcome.value;
    });
  }

  private async receive(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case "ask": {
        const outcome = await this.carryOut(message.operation, message.argument);
        return this.channel.send({ kind: "outcome", id: message.id, outcome });
      }
      case "outcomes":
        this.waiting.get(message.id)?.(message.outcomes);
        this.waiting.delete(message.id);
        return;
      case "all-started":
        this.haveAllStarted = true;
        return;
      case "stop":
        return this.onStop();
    }
  }

  private async carryOut(operation: WorkerCommand, argument: unknown): Promise<AskResult> {
    try {
      return { value: operation === "id" ? this.id : await this.operations[operation](argument) };
    } catch (error) {
      const { code, message } = toServiceError(error);
      if (code === "internal") {
        this.log.error({ err: error, operation }, "failed to do what a worker asked");
      }
      return { fault: { code, message } };
    }
  }
}
