import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";

/** Bytes that wait at most for whoever reads the log. */
const MAX_WAITING = 2 ** 20;

/**
 * Where the log's lines go. One that cannot be written is dropped and counted, and never waited for: a full disk, a reader
 * that has gone or one that has stopped must not stop the server.
 */
export class LogOutput {
  private lost = 0;
  private isGone = false;
  /** Whether the disk was full in the middle of a line. */
  private isTorn = false;

  constructor(private readonly stream: Writable & { readonly fd?: number } = process.stdout) {
    stream.on("error", () => (this.isGone = true));
  }

  /** Lines that were not written. */
  get dropped(): number {
    return this.lost;
  }

  write(line: string): void {
    if (this.stream instanceof Socket) {
      this.hand(line, this.stream);
    } else {
      this.put(line, this.stream.fd ?? 1);
    }
  }

  /** To a pipe or a terminal, which has a reader that may be slow. */
  private hand(line: string, stream: Socket): void {
    if (this.isGone || stream.writableLength > MAX_WAITING) {
      this.lost += 1;
    } else {
      stream.write(line, this.whenHanded);
    }
  }

  private readonly whenHanded = (error?: Error | null): void => {
    this.lost += error ? 1 : 0;
  };

  /** To a file. Node.js's own stream for files writes nothing more once it has failed, though there may be room again. */
  private put(line: string, file: number): void {
    const bytes = Buffer.from(this.isTorn ? `\n${line}` : line);
    let written = 0;
    try {
      while (written < bytes.length) {
        written += writeSync(file, bytes, written);
      }
      this.isTorn = false;
    } catch {
      this.lost += 1;
      this.isTorn ||= written > 0;
    }
  }
}
