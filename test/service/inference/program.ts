import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";

/** A TypeScript program as a process of its own. */
export class Program {
  output = "";
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown[]>;
  private hasEnded = false;

  constructor(script: URL, args: readonly string[], environment: Readonly<Record<string, string>>) {
    const env = { PATH: process.env.PATH, ...environment };
    this.child = spawn(process.execPath, ["--import", "tsx", fileURLToPath(script), ...args], { env });
    this.ended = once(this.child, "close");
    this.child.once("close", () => {
      this.hasEnded = true;
      this.child.emit("output");
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
        this.child.emit("output");
      });
    }
  }

  /** Resolves with the groups of `pattern` once the program has said it; rejects when it ends, however, before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) {
        return match;
      }
      if (this.hasEnded) {
        const { exitCode, signalCode } = this.child;
        throw new Error(`ended with ${exitCode ?? signalCode} before ${pattern.source}: ${this.output}`);
      }
      await once(this.child, "output");
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Null when a signal ended it. */
  async exitCode(): Promise<unknown> {
    return (await this.ended)[0];
  }
}

const programs: Program[] = [];
afterEach(() => programs.splice(0).forEach((program) => program.signal("SIGKILL")));

/** A program that is killed at the test's end, if it runs then. */
export function start(
  script: URL,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Program {
  const program = new Program(script, args, environment);
  programs.push(program);
  return program;
}
