import { connect, type Socket } from "node:net";

/** A connection that is written to byte by byte, and what came back on it. */
export class RawClient {
  received = "";
  private waiting: (() => void)[] = [];

  private constructor(readonly socket: Socket) {
    socket.setEncoding("utf8");
    const wake = (): void => this.waiting.splice(0).forEach((resume) => resume());
    socket.on("data", (text: string) => {
      this.received += text;
      wake();
    });
    socket.on("close", wake);
    // A reset is one of the ways for a server to close; what it sent before is what counts.
    socket.on("error", wake);
  }

  static connect(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => resolve(new RawClient(socket)));
      socket.once("error", reject);
    });
  }

  send(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  /** Resolves once `pattern` has been received; rejects when the connection closes before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.socket.destroyed) {
        throw new Error(`closed before ${pattern.source}, after: ${this.received}`);
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    return this.received;
  }

  /** Resolves with all that was received once the server has closed the connection. */
  async closed(): Promise<string> {
    while (!this.socket.destroyed) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    return this.received;
  }

  close(): void {
    this.socket.destroy();
  }
}
