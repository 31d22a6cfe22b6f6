import { once as waitFor } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { brightIn } from "../../models/pictures.js";
import { predict, run, serving } from "./server-program.js";

describe("serve under load", () => {
  it("ends at SIGTERM without a failed request, once it has told its clients to go elsewhere", async () => {
    // The delay bounds how long a client may take to hear of it; it does not end sooner.
    const { program, url } = await serving({ SHUTDOWN_DELAY_SECONDS: "3" });
    const statuses: number[] = [];
    let onBusy: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => (onBusy = resolve));
    /** Sends one request after another until an answer says that no more are taken on its connection. */
    const client = async (): Promise<void> => {
      for (let toldToLeave = false; !toldToLeave;) {
        const response = await predict(url);
        await response.arrayBuffer();
        toldToLeave = response.headers.get("connection") === "close";
        if (statuses.push(response.status) === 100) {
          onBusy();
        }
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    await Promise.race([busy, clients]);
    program.signal("SIGTERM");
    await clients;
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect(await program.exitCode()).toBe(0);
    expect(statuses.length).toBeGreaterThanOrEqual(100 + 8);
    expect(new Set(statuses)).toEqual(new Set([200]));
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

  it("answers administrators on their port in each of them, and ends with 0 when its terminal is gone", async () => {
    const { program, url } = await serving({ WORKERS: "2", ADMIN_PORT: "0" });
    const [, port = ""] = await program.says(/administrators on http:\/\/localhost:(\d+)/);
    const administration = `http://127.0.0.1:${port}`;
    const all = async (base: string, path: string, init?: RequestInit): Promise<Set<number>> =>
      new Set((await eight(() => once(base, path, init))).map(({ status }) => status));
    const index = { method: "POST" };
    expect(await all(administration, "/v2/repository/index", index)).toEqual(new Set([200]));
    expect(await all(administration, "/metrics")).toEqual(new Set([200]));
    expect(await all(administration, "/readyz")).toEqual(new Set([200]));
    expect(await all(url, "/v2/repository/index", index)).toEqual(new Set([404]));
    expect(await all(url, "/metrics")).toEqual(new Set([404]));
    await once(administration, "/v2/repository/models/quadrants/unload", { method: "POST" });
    expect(new Set((await eight(() => predictOnce(url))).map(({ status }) => status))).toEqual(
      new Set([503]),
    );
    const metrics = await (await once(administration, "/metrics")).text();
    expect(metrics).toMatch(/_count\{method="POST",route="\/predict",code="503"\} 8\n/);
    program.signal("SIGHUP");
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
