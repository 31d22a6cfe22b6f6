import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { memoryGroup, type MemoryGroup } from "./memory-group.js";

const SERVICE = fileURLToPath(new URL("../../../../service", import.meta.url));

/** What was seen of a server for a while. */
export interface Seen {
  /** Milliseconds of the slowest answer to `/livez`. */
  readonly slowest: number;
  /** Bytes of memory, but for what mirrors files, at their highest. */
  readonly highest: number;
  /** Why an answer did not come. */
  readonly failure: string | undefined;
}

/** The server as it ships, in a process that may have so much memory, and somebody who watches it. */
export class LimitedServer {
  private watcher: Worker | undefined;
  port = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly group: MemoryGroup | undefined,
  ) {}

  static async start(bytes: number, environment: Readonly<Record<string, string>>): Promise<LimitedServer> {
    spawnSync(process.execPath, ["build.js"], { cwd: SERVICE, stdio: "inherit" });
    const group = memoryGroup(bytes);
    const join = group ? `echo $$ > ${group.joining} && ` : "";
    const child = spawn(
      "sh",
      ["-c", `${join}exec "$0" --single-threaded-gc --expose-gc dist/main.js serve`, process.execPath],
      {
        cwd: SERVICE,
        env: { ...process.env, PORT: "0", ...environment, ...(group ? {} : toldOf(bytes)) },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const server = new LimitedServer(child, group);
    for await (const line of createInterface(child.stdout)) {
      const [, port] = /serving on http:\/\/localhost:(\d+)/.exec(line) ?? [];
      if (port !== undefined) {
        server.port = Number(port);
        break;
      }
    }
    child.stdout.resume();
    server.watcher = new Worker(new URL("./watcher.js", import.meta.url), {
      workerData: { port: server.port, pid: child.pid },
    });
    return server;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What was seen since this was last asked. */
  async seen(): Promise<Seen> {
    const { watcher } = this;
    if (watcher === undefined) {
      throw new Error("The server was never watched.");
    }
    const answer = once(watcher, "message") as Promise<[Seen]>;
    watcher.postMessage(undefined);
    return (await answer)[0];
  }

  async stop(): Promise<void> {
    await this.watcher?.terminate();
    if (this.isAlive) {
      const ended = once(this.child, "exit");
      this.child.kill("SIGKILL");
      await ended;
    }
    this.group?.remove();
  }
}

/** What a process would read from its control group. */
function toldOf(bytes: number): Record<string, string> {
  return {
    MAX_BYTES_IN_FLIGHT: String(bytes / 8),
    MAX_RUN_BYTES: String(bytes / 4),
    NODE_OPTIONS: `--max-old-space-size=${bytes / 2 / 2 ** 20}`,
  };
}
