import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { start, type Program } from "../inference/program.js";
import type { Page } from "./results-fixture.js";
import { temporaryFile } from "./store/store-fixture.js";

const MAIN = new URL("../../../service/src/main.ts", import.meta.url);

let files: ReturnType<typeof temporaryFile>;
beforeEach(() => {
  files = temporaryFile();
});
afterEach(() => files.remove());

async function serving(): Promise<{ program: Program; url: string }> {
  const program = start(MAIN, ["results", "--port", "0"], { RESULTS_DATABASE: files.file });
  const [, url = ""] = await program.says(/serving on (http:\/\/localhost:\d+)/);
  return { program, url: url.replace("localhost", "127.0.0.1") };
}

async function send(url: string, from: number, count: number): Promise<number> {
  const results = Array.from({ length: count }, (_, index) => ({
    id: `r${from + index}`,
    model: "digits",
    label: "7",
  }));
  const response = await fetch(`${url}/v1/results`, {
    method: "POST",
    body: JSON.stringify({ results }),
    headers: { "content-type": "application/json" },
  });
  return response.status;
}

async function idsAt(url: string): Promise<Set<unknown>> {
  const text = await (await fetch(`${url}/v1/results/export?format=jsonl`)).text();
  return new Set(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as Page["results"][number])["id"]),
  );
}

it("loses nothing that was acknowledged when it is killed under load", async () => {
  const { program, url } = await serving();
  const acknowledged: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < 200_000) {
      const from = (next += 50) - 50;
      if ((await send(url, from, 50)) === 200) {
        acknowledged.push(from);
      }
    }
  };
  const clients = Array.from({ length: 8 }, () => client().catch(() => undefined));
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(100);
  program.signal("SIGKILL");
  await Promise.all(clients);
  const again = await serving();
  const kept = await idsAt(again.url);
  const lost = acknowledged.filter((from) => !kept.has(`r${from}`) || !kept.has(`r${from + 49}`));
  expect(lost).toEqual([]);
}, 60_000);

it("answers what came before it was told to stop, and ends with 0", async () => {
  const { program, url } = await serving();
  const sent = Promise.all(Array.from({ length: 20 }, (_, index) => send(url, index * 1000, 1000)));
  await expect.poll(async () => (await idsAt(url)).size, { timeout: 20_000 }).toBeGreaterThan(0);
  program.signal("SIGTERM");
  expect(new Set(await sent)).toEqual(new Set([200]));
  expect(await program.exitCode()).toBe(0);
  const again = await serving();
  expect((await idsAt(again.url)).size).toBe(20_000);
}, 60_000);

it("answers a probe within 100 ms while it takes and gives all that it can", async () => {
  const { url } = await serving();
  let isOver = false;
  const busy = Promise.all([
    ...Array.from({ length: 6 }, (_, index) => send(url, index * 10_000, 10_000)),
    ...["csv", "jsonl", "parquet"].map(async (format) => {
      await (await fetch(`${url}/v1/results/export?format=${format}`)).arrayBuffer();
    }),
  ]).then(() => (isOver = true));
  const times: number[] = [];
  while (!isOver) {
    const started = performance.now();
    await (await fetch(`${url}/livez`)).text();
    times.push(performance.now() - started);
  }
  await busy;
  // Of many, since others may keep the machine busy for a moment.
  const sorted = times.sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThan(100);
}, 60_000);

it("says in one sentence why it cannot start, and exits", async () => {
  const program = start(MAIN, ["results", "--port", "0"], {
    RESULTS_DATABASE: fileURLToPath(new URL(".", import.meta.url)),
  });
  expect(await program.exitCode()).toBe(1);
  expect(program.output.trim()).toMatch(/^RESULTS_DATABASE cannot be opened: [^\n]*\.$/);
  const wrong = start(MAIN, ["results"], { RESULTS_PAYLOAD_DAYS: "91" });
  expect(await wrong.exitCode()).toBe(2);
  expect(wrong.output).toContain("RESULTS_PAYLOAD_DAYS (91) must be at most RESULTS_RETENTION_DAYS (90)");
}, 60_000);
