import { ServiceError } from "./errors.js";
import { Garbage } from "./garbage.js";

/** Bytes that a byte of JSON becomes: a number and its comma, written as two characters, take eight bytes. */
export const JSON_GROWTH = 4;

/** The bytes that all requests together hold of bodies, tensors and answers. */
export class ByteBudget {
  private total = 0;
  private readonly garbage: Garbage;

  /** `limit`, the setting MAX_BYTES_IN_FLIGHT, and the `memory` of this process in bytes. */
  constructor(
    readonly limit: number,
    memory: number,
  ) {
    this.garbage = new Garbage(limit, memory);
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.total;
  }

  /** Holds `bytes` more for somebody who has `own` already. Throws memory_full, and too_large for what can never be held. */
  hold(bytes: number, own: number): void {
    if (this.total + bytes > this.limit) {
      throw own + bytes > this.limit ? this.tooLarge() : this.full();
    }
    this.total += bytes;
  }

  release(bytes: number): void {
    this.total -= bytes;
    this.garbage.add(bytes);
  }

  /** Counts what came and was thrown away at once. */
  discarded(bytes: number): void {
    this.garbage.add(bytes);
  }

  private full(): ServiceError {
    return new ServiceError(
      "memory_full",
      `All requests together hold as many bytes as MAX_BYTES_IN_FLIGHT (${this.limit}) lets them: try again.`,
    );
  }

  private tooLarge(): ServiceError {
    return new ServiceError(
      "too_large",
      `The request by itself needs more memory than MAX_BYTES_IN_FLIGHT (${this.limit} bytes) lets all requests have.`,
    );
  }
}
