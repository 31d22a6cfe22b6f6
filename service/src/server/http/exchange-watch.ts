import { ServiceError } from "../errors.js";
import type { Lifecycle } from "../life/lifecycle.js";
import type { Exchange } from "./exchange.js";
import { headerTimeLimit, type TimeLimit } from "./time-limit.js";

/** How often exchanges are looked at. One timer for all of them: a timer for each would cost more than its metrics. */
const LOOK_MS = 250;

/** How long a client may move nothing while the server is to end. */
const STALL_WHILE_DRAINING_MS = 5000;

/** How long what a refused client still sends is thrown away, so that it can read why before the connection ends. */
const LINGER_MS = 1000;

export interface WatchOptions {
  readonly lifecycle: Lifecycle;
  /** How long a client may take to send a whole request, or to take a whole answer. */
  readonly clientLimit: TimeLimit;
  /** Answers with the error, whatever the handler does. */
  readonly giveUp: (exchange: Exchange, error: ServiceError) => void;
  /** Told of exchanges that are over without an event: answers that were still waiting for an earlier one's. */
  readonly onLost: (exchange: Exchange) => void;
}

/** Holds every exchange to its time: whatever it hangs in, it is answered, and a client that takes nothing is let go. */
export class ExchangeWatch {
  private readonly open = new Set<Exchange>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: WatchOptions) {}

  add(exchange: Exchange): void {
    this.open.add(exchange);
    this.timer ??= setTimeout(this.look, LOOK_MS).unref();
  }

  /** False when it was removed before. */
  remove(exchange: Exchange): boolean {
    return this.open.delete(exchange);
  }

  private readonly look = (): void => {
    const now = performance.now();
    for (const exchange of this.open) {
      this.lookAt(exchange, now);
    }
    this.timer = this.open.size > 0 ? setTimeout(this.look, LOOK_MS).unref() : undefined;
  };

  private lookAt(exchange: Exchange, now: number): void {
    const { request, response } = exchange;
    if (request.socket.destroyed) {
      response.destroy();
      this.options.onLost(exchange);
    } else if (!response.headersSent) {
      this.lookAtUnanswered(exchange, now);
    } else if (exchange.lingersSince !== undefined && now - exchange.lingersSince >= LINGER_MS) {
      response.end();
    } else if (this.isOver(now) || (isTaking(exchange) && this.stalls(exchange, now))) {
      exchange.isLetGo = true;
      response.destroy();
    }
  }

  private lookAtUnanswered(exchange: Exchange, now: number): void {
    const { clientLimit, giveUp } = this.options;
    const limit = limitOf(exchange);
    if (now >= exchange.started + limit.milliseconds) {
      giveUp(exchange, exchange.request.complete ? tooSlow(limit) : lateRequest(limit));
    } else if (this.isOver(now)) {
      giveUp(exchange, stopping());
    } else if (exchange.request.complete) {
      return;
    } else if (now >= exchange.started + clientLimit.milliseconds) {
      giveUp(exchange, lateRequest(clientLimit));
    } else if (this.stalls(exchange, now)) {
      giveUp(exchange, stopping());
    }
  }

  private isOver(now: number): boolean {
    return now >= this.options.lifecycle.answerBy;
  }

  /** Whether a client that it is up to has moved nothing for too long. */
  private stalls(exchange: Exchange, now: number): boolean {
    const { lifecycle, clientLimit } = this.options;
    const { socket } = exchange.request;
    const passed = exchange.response.headersSent ? socket.bytesWritten : socket.bytesRead;
    if (passed !== exchange.passed) {
      exchange.passed = passed;
      exchange.passedAt = now;
    }
    const limit = lifecycle.draining ? STALL_WHILE_DRAINING_MS : Infinity;
    return now - exchange.passedAt >= Math.min(limit, clientLimit.milliseconds);
  }
}

/** Whether it is the client's turn: all is written, or as much as may wait for it. */
function isTaking({ response }: Exchange): boolean {
  return response.writableEnded || response.writableNeedDrain;
}

/** A header that is no deadline counts as none here: the handler says what is wrong with it. */
function limitOf({ headers, timeLimit }: Exchange): TimeLimit {
  try {
    return headerTimeLimit(headers) ?? timeLimit;
  } catch {
    return timeLimit;
  }
}

function stopping(): ServiceError {
  return new ServiceError("shutting_down", "The server is shutting down.");
}

function tooSlow({ name }: TimeLimit): ServiceError {
  return new ServiceError("deadline_exceeded", `The request could not be answered within ${name}.`);
}

function lateRequest({ name }: TimeLimit): ServiceError {
  return new ServiceError("request_timeout", `The request did not arrive within ${name}.`);
}
