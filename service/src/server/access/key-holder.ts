import type { ApiKey, KeyLimits, KeyRole } from "@ai-model-service/contract/keys";
import { ServiceError } from "../errors.js";

/** Whoever holds a key, or two while one follows the other: what they may do, and what they do. */
export class KeyHolder {
  readonly name: string;
  /** Requests that have ended, by the status of their answer. */
  readonly ended = new Map<number, number>();
  private currentRole: KeyRole;
  private limits: KeyLimits;
  private running = 0;
  /** Requests that may begin at once: a token bucket that holds those of one second. */
  private tokens: number;
  /** On the clock of `performance.now()`. */
  private filledAt = 0;

  constructor(key: ApiKey) {
    this.name = key.name;
    this.currentRole = key.role;
    this.limits = key;
    this.tokens = capacityOf(key);
  }

  get role(): KeyRole {
    return this.currentRole;
  }

  /** Takes over what the file says now; what runs and what was spent stays. */
  become({ role, ...limits }: ApiKey): void {
    this.currentRole = role;
    this.limits = limits;
  }

  /** Throws too_many_requests where this request would be one too many; otherwise `finish` must follow. */
  begin(now = performance.now()): void {
    const { concurrency = Infinity, requestsPerSecond } = this.limits;
    if (this.running >= concurrency) {
      throw tooMany(`runs ${concurrency} requests at once, which is its limit`, 1);
    }
    if (requestsPerSecond !== undefined) {
      this.spend(requestsPerSecond, now);
    }
    this.running += 1;
  }

  finish(status: number): void {
    this.running -= 1;
    this.count(status);
  }

  count(status: number): void {
    this.ended.set(status, (this.ended.get(status) ?? 0) + 1);
  }

  private spend(perSecond: number, now: number): void {
    const gained = ((now - this.filledAt) / 1000) * perSecond;
    this.tokens = Math.min(capacityOf(this.limits), this.tokens + gained);
    this.filledAt = now;
    if (this.tokens < 1) {
      throw tooMany(
        `has sent ${perSecond} requests a second, which is its limit`,
        Math.ceil((1 - this.tokens) / perSecond),
      );
    }
    this.tokens -= 1;
  }
}

function capacityOf({ requestsPerSecond = 1 }: KeyLimits): number {
  return Math.max(1, requestsPerSecond);
}

function tooMany(reason: string, retryAfterSeconds: number): ServiceError {
  return new ServiceError("too_many_requests", `This API key ${reason}.`, { retryAfterSeconds });
}
