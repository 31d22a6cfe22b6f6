import type { Writable } from "node:stream";

/** Bytes that one start of a job adds to its log at most. */
const MOST_BYTES = 2 ** 20;

/** Characters of the end that are remembered. */
const TAIL = 4096;

/** A job's output on its way into a file: no more of it than a disk can hold of many jobs. */
export class BoundedLog {
  private bytes = 0;
  private last = "";

  constructor(private readonly stream: Writable) {
    // A full disk takes the log, not the job.
    stream.on("error", () => undefined);
  }

  /** The end of what was written, whether the file took it or not. */
  get tail(): string {
    return this.last;
  }

  write(piece: Buffer): void {
    this.last = (this.last + piece.toString("utf8")).slice(-TAIL);
    if (this.bytes >= MOST_BYTES || this.stream.destroyed) {
      return;
    }
    this.bytes += piece.length;
    this.stream.write(piece);
    if (this.bytes >= MOST_BYTES) {
      this.stream.write("\nThe rest of the output is left out.\n");
    }
  }

  end(): void {
    this.stream.end();
  }
}
