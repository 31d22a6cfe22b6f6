import type { Exchange } from "./exchange.js";

/** Pieces from so many bytes on are kept as they are; smaller ones are copied together. */
const LARGE_PIECE = 4096;

/** Bytes that small pieces are copied together into. */
const BLOCK_BYTES = 16_384;

/** What a piece takes beside its bytes. */
const PIECE_BYTES = 256;

/**
 * A body as it comes, piece by piece, counted among what its exchange holds. Small pieces are copied together at once: a
 * client that sends one byte at a time would otherwise cost a buffer a byte.
 */
export class CollectedBytes {
  private readonly pieces: Buffer[] = [];
  /** What small pieces are copied into, and how much of it is used; its used part is not among the pieces yet. */
  private block: Buffer | undefined;
  private used = 0;
  private collected = 0;

  constructor(private readonly exchange: Exchange) {}

  /** Bytes that came. */
  get length(): number {
    return this.collected;
  }

  /** Throws memory_full, and too_large for more than may ever be held. */
  add(piece: Buffer): void {
    if (piece.length >= LARGE_PIECE || this.length === 0) {
      this.exchange.hold(piece.length + PIECE_BYTES);
      this.closeBlock();
      this.pieces.push(piece);
    } else {
      this.copy(piece);
    }
    this.collected += piece.length;
  }

  /** All that came. Throws as `add` does: for a moment it is there twice, unless it came as one piece. */
  whole(): Buffer {
    this.closeBlock();
    const [first] = this.pieces;
    if (first !== undefined && this.pieces.length === 1) {
      return first;
    }
    this.exchange.hold(this.length);
    const all = Buffer.concat(this.pieces, this.length);
    this.exchange.release(this.length);
    this.discard();
    return all;
  }

  /** Lets go of what came, whoever still refers to this. */
  discard(): void {
    this.pieces.length = 0;
    this.block = undefined;
    this.used = 0;
  }

  private copy(piece: Buffer): void {
    if (this.block === undefined || this.used + piece.length > BLOCK_BYTES) {
      this.closeBlock();
      this.exchange.hold(BLOCK_BYTES + PIECE_BYTES);
      this.block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    }
    piece.copy(this.block, this.used);
    this.used += piece.length;
  }

  private closeBlock(): void {
    if (this.block !== undefined) {
      this.pieces.push(this.block.subarray(0, this.used));
      this.block = undefined;
      this.used = 0;
    }
  }
}
