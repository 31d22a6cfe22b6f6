import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Input } from "./inputs.js";
import { FILES } from "./files.js";
import { highestRate } from "./rate-search.js";
import { run } from "./run.js";

/** Bound on the 99th percentile for the rate search, in seconds. */
export const P99_BOUND_SECONDS = 0.01;
const PROBES = 7;
const DRAIN_SECONDS = 2;
const CONNECTIONS = 128;
const GENERATOR = join(FILES.cache, "poisson");

const seconds = z.number().nullable();

const report = z.object({
  rate: z.number(),
  scheduled: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  /** Of the failed: answered with 503. */
  refused: z.number(),
  p50: seconds,
  p90: seconds,
  p99: seconds,
  p999: seconds,
  max: seconds,
  answeredP50: seconds,
  answeredP99: seconds,
  lagP99: z.number(),
});

/**
 * Times in seconds from the scheduled arrival; null where a percentile falls among requests that failed. The `answered`
 * ones are over the requests that succeeded alone.
 */
export type OpenLoop = z.infer<typeof report>;

/** Compiles the load generator into the cache. */
export async function buildGenerator(): Promise<void> {
  mkdirSync(FILES.cache, { recursive: true });
  await run("go", ["build", "-C", FILES.poisson, "-o", GENERATOR, "."], 300);
}

/** Sends requests at Poisson arrival times, whether or not earlier ones are answered. */
export async function openLoop(
  port: number,
  path: string,
  input: Input,
  rate: number,
  seconds: number,
  connections = CONNECTIONS,
): Promise<OpenLoop> {
  const headers = Object.entries(input.headers).map(([name, value]) => `${name}: ${value}`);
  const stdout = await run(
    GENERATOR,
    [
      ...["-address", `127.0.0.1:${port}`, "-path", path, "-rate", String(rate), "-seconds", String(seconds)],
      ...["-body", input.file, "-content-type", input.contentType, "-headers", headers.join("\n")],
      ...["-drain", String(DRAIN_SECONDS), "-connections", String(connections)],
    ],
    seconds + DRAIN_SECONDS + 30,
  );
  return report.parse(JSON.parse(stdout));
}

/** The highest Poisson rate at which 99 of 100 requests are answered within the bound, as MLPerf's server scenario. */
export async function rateSweep(
  port: number,
  path: string,
  input: Input,
  ceiling: number,
  seconds: number,
): Promise<{ perSecond: number; probes: OpenLoop[] }> {
  const probes: OpenLoop[] = [];
  const perSecond = await highestRate(ceiling, PROBES, async (rate) => {
    const measured = await openLoop(port, path, input, rate, seconds);
    probes.push(measured);
    return measured.p99 !== null && measured.p99 <= P99_BOUND_SECONDS;
  });
  return { perSecond, probes };
}
