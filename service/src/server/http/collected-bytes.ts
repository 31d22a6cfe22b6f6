import type { Exchange } from "./exchange.js";

/** Bytes that are made room for at first, when more than one piece comes. */
const FIRST_CAPACITY = 16_384;

/**
 * A body as it comes, piece by piece, counted among what its exchange holds. Pieces are copied together at once: a client
 * that sends one byte at a time would otherwise cost a buffer a byte.
 */
export class CollectedBytes {
  private bytes: Buffer | undefined;
  private length = 0;

  /** `expected`: how many bytes there will be, as far as is known; 0 when it is not. */
  constructor(
    private readonly exchange: Exchange,
    private readonly expected: number,
  ) {}

  /** Throws memory_full, and too_large for more than may ever be held. */
  add(piece: Buffer): void {
    const length = this.length + piece.length;
    if (this.length === 0 && length === this.expected) {
      // Most bodies come as one piece, which needs no copy.
      this.exchange.hold(length);
      this.bytes = piece;
    } else {
      piece.copy(this.roomFor(length), this.length);
    }
    this.length = length;
  }

  /** All that came. */
  whole(): Buffer {
    return this.bytes?.subarray(0, this.length) ?? Buffer.alloc(0);
  }

  /** Lets go of what came, whoever still refers to this. */
  discard(): void {
    this.bytes = undefined;
    this.length = 0;
  }

  private roomFor(length: number): Buffer {
    const capacity = this.bytes?.length ?? 0;
    if (this.bytes !== undefined && length <= capacity) {
      return this.bytes;
    }
    const doubled = Math.max(length, 2 * capacity, FIRST_CAPACITY);
    const larger = this.expected >= length ? Math.min(doubled, this.expected) : doubled;
    this.exchange.hold(larger - capacity);
    const room = Buffer.allocUnsafeSlow(larger);
    this.bytes?.copy(room, 0, 0, this.length);
    this.bytes = room;
    return room;
  }
}
