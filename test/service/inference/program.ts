import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll } from "vitest";
import { brightIn, quadrants, quadrantsConfig } from "../../models/pictures.js";
import { RepositoryFixture } from "./engine/repository-fixture.js";

const MAIN = fileURLToPath(new URL("../../../service/src/main.ts", import.meta.url));

/** A TypeScript program as a process of its own: by default the server. */
export class Program {
  output = "";
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown[]>;
  private hasEnded = false;

  constructor(args: readonly string[], environment: Record<string, string> = {}, script = MAIN) {
    const env = { PATH: process.env.PATH, HOST: "127.0.0.1", PORT: "0", ...environment };
    this.child = spawn(process.execPath, ["--import", "tsx", script, ...args], { env });
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

let repository: RepositoryFixture;
const programs: Program[] = [];

beforeAll(async () => {
  repository = await RepositoryFixture.create();
  await repository.putModel("quadrants", "1", quadrants());
  await repository.putConfig("quadrants", quadrantsConfig);
});
afterAll(() => repository.dispose());
afterEach(() => programs.splice(0).forEach((program) => program.signal("SIGKILL")));

/** The server over a repository of one small model; it is killed at the test's end, if it runs then. */
export function run(args: readonly string[], environment: Record<string, string> = {}): Program {
  const program = new Program(args, { MODEL_REPOSITORY: repository.root, ...environment });
  programs.push(program);
  return program;
}

export async function serving(
  environment: Record<string, string> = {},
): Promise<{ program: Program; url: string }> {
  const program = run(["serve"], environment);
  const [, url = ""] = await program.says(/serving on (http:\/\/localhost:\d+)/);
  return { program, url: url.replace("localhost", "127.0.0.1") };
}

export function predict(url: string): Promise<Response> {
  return fetch(`${url}/predict`, {
    method: "POST",
    body: brightIn(0),
    headers: { "content-type": "application/octet-stream" },
  });
}
