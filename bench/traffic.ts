/**
 * What deciding on a version costs a request: `tsx bench/traffic.ts`. In one process, in turns, CPU time alone, with a model
 * that computes nothing: a run costs ten times what is measured here, and varies by more.
 */

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { createEngine } from "#service/inference/engine/create-engine.js";
import { engineOptions } from "#service/inference/engine-options.js";
import type { Engine, ServedModel } from "#service/inference/engine/engine.js";
import { answerBy } from "#service/inference/protocols/answer-by.js";
import { routingBy } from "#service/inference/protocols/routing.js";
import { readSettings } from "#service/inference/settings.js";
import type { Exchange } from "#service/server/http/exchange.js";
import { json, type Reply } from "#service/server/http/reply.js";
import type { Tensor } from "#service/tensors/tensor.js";
import { FILES } from "./files.js";

const ROUNDS = 31;
const REQUESTS = 40_000;
const AT_ONCE = 16;

const labels = { stable: "1", canary: "2" };
const traffic = { stable: 95, canary: 5 };
const shadow = { version: "2", percent: 10 };

const pixels: Tensor = { datatype: "FP32", shape: [1, 784], data: new Float32Array(784).fill(0.5) };
const routingOf = routingBy("X-Affinity");
const over: (() => void)[] = [];

/** As much of a request as routing reads. */
function exchange(headers: Readonly<Record<string, string>>): Exchange {
  return {
    headers,
    id: "8f14e45f-1",
    cancelled: false,
    deadline: performance.now() + 30_000,
  } as unknown as Exchange;
}

async function ask(model: ServedModel, call: Exchange): Promise<Reply> {
  const { startCopy } = await model.infer({ inputs: { image: pixels }, deadline: call.deadline });
  if (startCopy) {
    over.push(startCopy);
  }
  return json({});
}

type Request = (headers: Readonly<Record<string, string>>) => Promise<unknown>;

function routed(engine: Engine): Request {
  return (headers) => {
    const call = exchange(headers);
    return answerBy(call, engine.resolve({ name: "mnist", routing: routingOf(call) }), (model) =>
      ask(model, call),
    );
  };
}

/** As it was before there was traffic: no routing, no fallback, no version in a header. */
function plain(engine: Engine): Request {
  return (headers) => ask(engine.resolve({ name: "mnist" }), exchange(headers));
}

/** Microseconds of CPU per request. */
async function round(
  request: Request,
  headersOf: (n: number) => Readonly<Record<string, string>>,
): Promise<number> {
  const before = process.cpuUsage();
  for (let begun = 0; begun < REQUESTS; begun += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => request(headersOf(begun + at))));
    for (const start of over.splice(0)) {
      start();
    }
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

/** Of the sorted values, the one at that part of the way. */
function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? NaN;
}

async function start(root: string, config: object): Promise<Engine> {
  const repository = join(root, JSON.stringify(config).replaceAll(/\W/g, "_"));
  for (const version of ["1", "2"]) {
    cpSync(join(FILES.models, "mnist", "1"), join(repository, "mnist", version), { recursive: true });
  }
  writeFileSync(join(repository, "mnist", "config.json"), JSON.stringify(config));
  const log = { info: () => undefined, warn: console.warn, error: console.error };
  const options = { ...engineOptions(readSettings({})), repository, pollSeconds: 0, threads: 1 };
  const engine = createEngine(options, new Registry(), log);
  await engine.start();
  const result = { outputs: {}, queueMilliseconds: 0, computeMilliseconds: 0, batchRows: 1 };
  for (const { version, state } of engine.index()) {
    if (state === "READY") {
      Object.assign(engine.resolve({ name: "mnist", version }), { infer: () => Promise.resolve(result) });
    }
  }
  return engine;
}

const root = mkdtempSync(join(tmpdir(), "traffic-bench-"));
const base = { batched: true };
const [bare, divided, shadowed] = await Promise.all([
  start(root, base),
  start(root, { ...base, labels, traffic }),
  start(root, { ...base, labels, traffic, shadow }),
]);
function nobody() {
  return {};
}
function caller(n: number) {
  return { "x-affinity": `caller-${n % 1000}-of-a-usual-length` };
}
const variants: [string, Request, typeof nobody | typeof caller][] = [
  ["as before, with no traffic", plain(bare), nobody],
  ["traffic and shadow not configured", routed(bare), nobody],
  ["not configured, X-Affinity sent", routed(bare), caller],
  ["95 to 5", routed(divided), nobody],
  ["95 to 5 by X-Affinity", routed(divided), caller],
  ["95 to 5 by X-Affinity, 10 % copied", routed(shadowed), caller],
];
const costs = variants.map((): number[] => []);
for (let turn = -3; turn < ROUNDS; turn += 1) {
  for (const [index, [, request, headersOf]] of variants.entries()) {
    const cost = await round(request, headersOf);
    // The first rounds are for the compiler.
    if (turn >= 0) {
      costs[index]?.push(cost);
    }
  }
}
const [first = []] = costs;
for (const [index, [name]] of variants.entries()) {
  const own = costs[index] ?? [];
  const more = own.map((cost, at) => cost - (first[at] ?? NaN));
  const shown = [0.25, 0.5, 0.75].map((part) => quantile(more, part).toFixed(2)).join(", ");
  console.log(
    `${quantile(own, 0.25).toFixed(2).padStart(7)} us; more (quartiles): ${shown.padStart(20)}  ${name}`,
  );
}
await Promise.all([bare, divided, shadowed].map((engine) => engine.stop()));
rmSync(root, { recursive: true });
