import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../service/dist/main.js", import.meta.url));

/** The built server in a process of its own, with the model that ships. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Starts it and waits until it says that it serves. Port 0 picks a free one. */
  static async start(port = 0): Promise<ServerProcess> {
    const env = {
      ...process.env,
      PORT: String(port),
      HOST: "127.0.0.1",
      LOG_FORMAT: "json",
      LOG_LEVEL: "info",
    };
    const child = spawn(process.execPath, [MAIN, "serve"], { env, stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout })) {
      const [, served] = /serving on http:\/\/[^:]+:(\d+)/.exec(line) ?? [];
      if (served === undefined) {
        continue;
      }
      child.stdout.resume();
      return new ServerProcess(child, Number(served));
    }
    throw new Error("the server ended before it served; is it built?");
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** SIGTERM, and the exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null) {
      return this.child.exitCode;
    }
    const exited = new Promise<number | null>((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    return exited;
  }
}
