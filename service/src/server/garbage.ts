/** What is smaller goes with the frequent collections of short-lived objects. */
const LARGE_BYTES = 16_384;

/** Of the memory that there is: past it, memory is short. */
const SHORT = 0.7;

/**
 * The buffers that nobody uses any more but that are still there. V8 lets 64 to 128 MB of them wait, however little memory
 * there is. Here a collection, which takes some 20 ms, follows every `limit` bytes of them while the process has most of
 * its `memory`, both in bytes. It needs `--expose-gc`; without it V8 alone decides.
 */
export class Garbage {
  private bytes = 0;

  constructor(
    private readonly limit: number,
    private readonly memory: number,
  ) {}

  /** Counts buffers of together `bytes` that were let go. */
  add(bytes: number): void {
    if (bytes < LARGE_BYTES) {
      return;
    }
    const before = this.bytes;
    this.bytes += bytes;
    if (before < this.limit && this.bytes >= this.limit) {
      // Whoever lets go of them may have them in a variable yet.
      setImmediate(() => this.collect());
    }
  }

  private collect(): void {
    this.bytes = 0;
    if (process.memoryUsage.rss() > SHORT * this.memory) {
      globalThis.gc?.();
    }
  }
}
