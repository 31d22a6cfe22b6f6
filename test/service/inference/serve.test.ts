import { spawn, type ChildProcess } from "node:child_process";
import { once as waitFor } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SETTINGS } from "#service/inference/settings.js";
import { brightIn, quadrants, quadrantsConfig } from "../../models/pictures.js";
import { RawClient } from "../server/http/raw-client.js";
import { RepositoryFixture } from "./engine/repository-fixture.js";

const MAIN = fileURLToPath(new URL("../../../service/src/main.ts", import.meta.url));

/** The program as a process of its own. */
class Program {
  output = "";
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown[]>;

  constructor(args: readonly string[], environment: Record<string, string> = {}) {
    const env = { PATH: process.env.PATH, HOST: "127.0.0.1", PORT: "0", ...environment };
    this.child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], { env });
    this.ended = waitFor(this.child, "close");
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
        this.child.emit("output");
      });
    }
  }

  /** Resolves with the groups of `pattern` once the program has said it. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) {
        return match;
      }
      if (this.child.exitCode !== null) {
        throw new Error(`ended with ${this.child.exitCode}: ${this.output}`);
      }
      await Promise.race([waitFor(this.child, "output"), this.ended]);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

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

function run(args: readonly string[], environment: Record<string, string> = {}): Program {
  const program = new Program(args, { MODEL_REPOSITORY: repository.root, ...environment });
  programs.push(program);
  return program;
}

async function serving(environment: Record<string, string> = {}): Promise<{ program: Program; url: string }> {
  const program = run(["serve"], environment);
  const [, url = ""] = await program.says(/serving on (http:\/\/localhost:\d+)/);
  return { program, url: url.replace("localhost", "127.0.0.1") };
}

function predict(url: string): Promise<Response> {
  return fetch(`${url}/predict`, {
    method: "POST",
    body: brightIn(0),
    headers: { "content-type": "application/octet-stream" },
  });
}

describe("serve", () => {
  it("says where it serves and what, and ends with 0 at SIGINT", async () => {
    const { program, url } = await serving();
    expect((await predict(url)).status).toBe(200);
    expect(program.output).toContain('"models":["quadrants/1"]');
    program.signal("SIGINT");
    expect(await program.exitCode()).toBe(0);
  });

  it("ends at SIGTERM without a failed request, under load", async () => {
    const { program, url } = await serving({ SHUTDOWN_DELAY_SECONDS: "1" });
    const statuses: number[] = [];
    let leaving = false;
    const client = async (): Promise<void> => {
      while (!leaving) {
        const response = await predict(url);
        await response.arrayBuffer();
        statuses.push(response.status);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    while (statuses.length < 100) {
      await delay(1);
    }
    program.signal("SIGTERM");
    // What a load balancer does: sends no more once the server says that it is not ready.
    while ((await fetch(`${url}/readyz`)).status !== 503) {
      await delay(1);
    }
    const before = statuses.length;
    while (statuses.length < before + 100) {
      await delay(1);
    }
    leaving = true;
    await Promise.all(clients);
    expect(await program.exitCode()).toBe(0);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("answers what it had accepted before it ends", async () => {
    const { program, url } = await serving();
    const client = await RawClient.connect(Number(new URL(url).port));
    client.send(
      "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 16\r\n\r\n",
    );
    program.signal("SIGTERM");
    await program.says(/shutting down/);
    client.send(brightIn(0));
    expect(await client.closed()).toMatch(/^HTTP\/1.1 200 OK.*Connection: close/s);
    expect(await program.exitCode()).toBe(0);
  });

  it("ends with 1 when requests are left after the grace", async () => {
    const { program, url } = await serving({ SHUTDOWN_GRACE_SECONDS: "0.1" });
    const client = await RawClient.connect(Number(new URL(url).port));
    client.send("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n");
    program.signal("SIGTERM");
    expect(await program.exitCode()).toBe(1);
    expect(program.output).toContain("SHUTDOWN_GRACE_SECONDS");
  });

  it("says in one sentence that the port is taken", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await waitFor(blocker, "listening");
    const address = blocker.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const program = run(["serve", "--port", String(port)]);
    expect(await program.exitCode()).toBe(1);
    expect(program.output).toContain(
      `PORT ${port} is taken by another program; choose another with --port.\n`,
    );
    expect(program.output).not.toContain("    at ");
    blocker.close();
  });

  it("says all that is wrong with the settings and ends with 2", async () => {
    const program = run(["serve", "--queue-rows", "none"], { PORT: "70000" });
    expect(await program.exitCode()).toBe(2);
    expect(program.output).toBe(
      'PORT must be at most 65535, not "70000".\nQUEUE_ROWS must be a number, not "none".\n',
    );
  });

  it("lists every setting with its variable in --help", async () => {
    const program = run(["serve", "--help"]);
    expect(await program.exitCode()).toBe(0);
    const text = program.output.replace(/\s+/g, " ");
    for (const { variable } of Object.values(SETTINGS)) {
      expect(text).toContain(`[${variable}]`);
    }
  });
});

describe("serve with several workers", () => {
  /** An answer over a connection of its own: the next worker takes it. */
  async function once(url: string, path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${url}${path}`, { ...init, headers: { connection: "close", ...init.headers } });
  }

  const predictOnce = (url: string): Promise<Response> =>
    once(url, "/predict", {
      method: "POST",
      body: brightIn(0),
      headers: { "content-type": "application/octet-stream" },
    });

  const eight = <T>(task: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 8 }, task));

  it("loads and unloads in all of them, adds up what they count, and ends with 0", async () => {
    const { program, url } = await serving({ WORKERS: "2" });
    expect(program.output).toContain('"workers":2');
    const statuses = async (): Promise<number[]> =>
      (await eight(() => predictOnce(url))).map(({ status }) => status);
    expect(await statuses()).toEqual(new Array(8).fill(200));
    await once(url, "/v2/repository/models/quadrants/unload", { method: "POST" });
    expect(await statuses()).toEqual(new Array(8).fill(503));
    await once(url, "/v2/repository/models/quadrants/load", { method: "POST" });
    expect(await statuses()).toEqual(new Array(8).fill(200));
    const nobody = await once(url, "/v2/repository/models/nobody/load", { method: "POST" });
    expect([nobody.status, await nobody.json()]).toEqual([
      404,
      expect.objectContaining({ code: "model_not_found" }),
    ]);
    const metrics = await (await once(url, "/metrics")).text();
    expect(metrics).toMatch(/_count\{method="POST",route="\/predict",code="200"\} 16\n/);
    expect(metrics).toMatch(/inference_model_ready\{model="quadrants",version="1"\} 1\n/);
    const stats = (await (await once(url, "/v2/models/quadrants/stats")).json()) as {
      model_stats: { inference_count: number }[];
    };
    expect(stats.model_stats.map((each) => each.inference_count)).toEqual([8]);
    program.signal("SIGTERM");
    expect(await program.exitCode()).toBe(0);
  });

  it("replaces one that dies, while the others serve", async () => {
    const { program, url } = await serving({ WORKERS: "2" });
    const metrics = await (await once(url, "/metrics")).text();
    expect(metrics).toContain("process_resident_memory_bytes");
    const [, victim = ""] = await program.says(/"pid":(\d+),"msg":"worker started"/);
    process.kill(Number(victim), "SIGKILL");
    await program.says(/a worker died/);
    expect((await eight(() => predictOnce(url))).map(({ status }) => status)).toEqual(new Array(8).fill(200));
    await program.says(/(?:worker started[^]*){3}/);
    expect((await eight(() => predictOnce(url))).map(({ status }) => status)).toEqual(new Array(8).fill(200));
    program.signal("SIGINT");
    expect(await program.exitCode()).toBe(0);
  });

  it("says once that the port is taken", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await waitFor(blocker, "listening");
    const address = blocker.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const program = run(["serve", "--port", String(port), "--workers", "2"]);
    expect(await program.exitCode()).toBe(1);
    expect(program.output.match(/is taken by another program/g)).toHaveLength(1);
    blocker.close();
  });
});
