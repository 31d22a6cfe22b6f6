import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { slow } from "../test/models/index.js";
import { closedLoop } from "./closed-loop.js";
import type { Input } from "./inputs.js";
import { openLoop, type OpenLoop } from "./open-loop.js";
import { FILES } from "./files.js";
import { predictOnce, startServer } from "./server.js";
import { VARIANTS, type Variant } from "./variants.js";

/** Offered loads, as multiples of what a server carries. */
export const LOAD_FACTORS = [0.8, 1, 2, 10] as const;

/** As many as there are clients in an open loop at ten times what a slow model carries. */
const CONNECTIONS = 2048;
const CAPACITY_CONNECTIONS = 16;

/** Products of 256 x 256 matrices: some 10 ms a row on one core, however many rows run together. */
const LAYERS = 14;
const SIZE = 256;

export interface OverloadPoint {
  readonly factor: number;
  readonly load: OpenLoop;
}

/** A server whose model, not whose HTTP, is the bottleneck, at loads up to ten times what it carries. */
export interface Overload {
  readonly title: string;
  /** Requests per second in a closed loop. */
  readonly capacity: number;
  readonly points: readonly OverloadPoint[];
}

interface Side {
  readonly name: string;
  readonly path: string;
  readonly input: Input;
}

/** Writes the slow model, laid out as a repository, and a request of one row for each server. */
function prepare(): { file: string; repository: string; sides: readonly Side[] } {
  const repository = join(FILES.cache, "overload");
  const folder = join(repository, "slow", "1");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "model.onnx");
  writeFileSync(file, slow(LAYERS, SIZE));
  const raw = join(FILES.cache, "inputs", "slow");
  mkdirSync(join(FILES.cache, "inputs"), { recursive: true });
  const side = (name: string, body: Uint8Array): Side => {
    const input: Input = {
      name: "raw",
      title: "one row",
      contentType: "application/octet-stream",
      headers: {},
      file: `${raw}-${name}`,
      bytes: body.length,
    };
    writeFileSync(input.file, body);
    return { name, path: "/predict", input };
  };
  return { file, repository, sides: [side("ours", new Uint8Array(4)), side("express", new Uint8Array(1))] };
}

/** The variant, serving another model than the digits. */
function serving(variant: Variant, env: Readonly<Record<string, string>>): Variant {
  return {
    ...variant,
    command: (port) => {
      const command = variant.command(port);
      return { ...command, env: { ...command.env, ...env } };
    },
  };
}

/** Each load in a fresh process, so that none inherits the queue of the one before. */
async function loadAt(variant: Variant, side: Side, rate: number, seconds: number): Promise<OpenLoop> {
  const server = await startServer(variant, side.path, side.input, predictOnce);
  try {
    await closedLoop(server.port, side.path, side.input, 1, 1);
    return await openLoop(server.port, side.path, side.input, rate, seconds, CONNECTIONS);
  } finally {
    await server.stop();
  }
}

async function capacityOf(variant: Variant, side: Side, seconds: number): Promise<number> {
  const server = await startServer(variant, side.path, side.input, predictOnce);
  try {
    return (await closedLoop(server.port, side.path, side.input, CAPACITY_CONNECTIONS, seconds)).perSecond;
  } finally {
    await server.stop();
  }
}

/** This service and the plain express server, side by side, with a model that is slow. */
export async function measureOverload(seconds: number, say: (text: string) => void): Promise<Overload[]> {
  const { file, repository, sides } = prepare();
  const measured: Overload[] = [];
  for (const side of sides) {
    const found = VARIANTS.find(({ name }) => name === side.name);
    if (found === undefined) {
      continue;
    }
    const variant = serving(found, { MODEL: file, MODEL_REPOSITORY: repository });
    const capacity = await capacityOf(variant, side, seconds);
    const points: OverloadPoint[] = [];
    for (const factor of LOAD_FACTORS) {
      say(`${variant.name}: ${factor} times ${Math.round(capacity)} requests/s`);
      points.push({ factor, load: await loadAt(variant, side, factor * capacity, seconds) });
    }
    measured.push({ title: variant.title, capacity, points });
  }
  return measured;
}
