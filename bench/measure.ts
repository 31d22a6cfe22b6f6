import { setTimeout as pause } from "node:timers/promises";
import { closedLoop } from "./closed-loop.js";
import { comparedInputs, mainInput } from "./comparison.js";
import { INPUT_NAMES, type Input, type InputName } from "./inputs.js";
import { openLoop, rateSweep } from "./open-loop.js";
import type { Options } from "./options.js";
import { saturation, type HalfLoad, type Memory, type VariantResult } from "./results.js";
import { checkPrediction, startServer, type RunningServer } from "./server.js";
import type { Variant } from "./variants.js";

export const CONNECTIONS = [1, 16, 64] as const;
const WARM_UP_SECONDS = 1;
const OPEN_WARM_UP_SECONDS = 8;
const MEMORY_SAMPLE_SECONDS = 1;
const MEMORY_SLICE_SECONDS = 5;
const MEMORY_CONNECTIONS = 16;

export type Inputs = Readonly<Record<InputName, Input>>;

/** A variant and what has been measured of it. */
export interface Subject {
  readonly variant: Variant;
  readonly result: VariantResult;
}

function pathOf({ variant }: Subject, input: InputName): string {
  const path = variant.paths[input];
  if (path === undefined) {
    throw new Error(`${variant.title} takes no ${input}`);
  }
  return path;
}

function inputsOf({ variant }: Subject): InputName[] {
  return INPUT_NAMES.filter((input) => variant.paths[input] !== undefined);
}

/** Runs `task` against a fresh process that has answered and is warm, and ends the process. */
async function withServer<T>(
  subject: Subject,
  input: Input,
  task: (server: RunningServer) => Promise<T>,
): Promise<T> {
  const path = pathOf(subject, input.name);
  const server = await startServer(subject.variant, path, input);
  try {
    subject.result.firstPredictionSeconds.push(server.firstPredictionSeconds);
    await closedLoop(server.port, path, input, 16, WARM_UP_SECONDS);
    return await task(server);
  } finally {
    await server.stop();
  }
}

function addRun(
  { closed }: VariantResult,
  input: InputName,
  connections: number,
  run: Awaited<ReturnType<typeof closedLoop>>,
): void {
  const figure = closed.find((other) => other.input === input && other.connections === connections);
  if (figure) {
    figure.runs.push(run);
  } else {
    closed.push({ input, connections, runs: [run] });
  }
}

/** One round of closed loops: every input at every number of connections, in one fresh process. */
export async function closedRound(subject: Subject, inputs: Inputs, { seconds }: Options): Promise<void> {
  const names = inputsOf(subject);
  const [first] = names;
  if (first === undefined) {
    return;
  }
  await withServer(subject, inputs[first], async ({ port }) => {
    for (const name of names) {
      const path = pathOf(subject, name);
      await checkPrediction(port, path, inputs[name]);
      for (const connections of CONNECTIONS) {
        addRun(
          subject.result,
          name,
          connections,
          await closedLoop(port, path, inputs[name], connections, seconds),
        );
      }
    }
  });
}

/** The highest Poisson rate within the latency bound, of the input that speaks for the server. */
export async function sweep(subject: Subject, inputs: Inputs, { seconds }: Options): Promise<void> {
  const input = mainInput(subject.result);
  if (input === undefined) {
    return;
  }
  const ceiling = saturation(subject.result, input);
  await withServer(subject, inputs[input], async ({ port }) => {
    const found = await rateSweep(port, pathOf(subject, input), inputs[input], ceiling, seconds);
    subject.result.sweep = { input, ...found };
  });
}

/** This service and a peer at half of the peer's saturation, each in a fresh process, the order reversed each round. */
export async function halfLoad(
  ours: Subject,
  peer: Subject,
  inputs: Inputs,
  { seconds, rounds }: Options,
): Promise<void> {
  const compared = comparedInputs(ours.result, peer.result);
  if (compared === undefined) {
    return;
  }
  const rate = saturation(peer.result, compared.peer) / 2;
  const half: HalfLoad = {
    input: compared.peer,
    oursInput: compared.ours,
    perSecond: rate,
    peer: [],
    ours: [],
  };
  const sides = [
    { subject: peer, input: inputs[compared.peer], runs: half.peer },
    { subject: ours, input: inputs[compared.ours], runs: half.ours },
  ];
  for (let round = 0; round < rounds; round++) {
    for (const { subject, input, runs } of sides) {
      await withServer(subject, input, async ({ port }) => {
        const path = pathOf(subject, input.name);
        // At first unmeasured: requests that come one by one take other ways through the code than those of a closed loop,
        // and those of some seconds pay for compiling these.
        await openLoop(port, path, input, rate, OPEN_WARM_UP_SECONDS);
        runs.push(await openLoop(port, path, input, rate, seconds));
      });
    }
    sides.reverse();
  }
  peer.result.halfLoad = half;
}

/** Resident memory, sampled while requests come as fast as they are answered until there were enough of them. */
export async function memory(subject: Subject, inputs: Inputs, options: Options): Promise<void> {
  const input = mainInput(subject.result);
  if (input === undefined || options.memoryRequests === 0) {
    return;
  }
  subject.result.memory = await withServer(subject, inputs[input], (server) =>
    watchMemory(server, pathOf(subject, input), inputs[input], options),
  );
}

async function watchMemory(
  server: RunningServer,
  path: string,
  input: Input,
  options: Options,
): Promise<Memory> {
  const residentBytes: number[] = [];
  let requests = 0;
  let running = true;
  const sampling = (async () => {
    while (running) {
      residentBytes.push(await server.residentBytes());
      await pause(MEMORY_SAMPLE_SECONDS * 1000);
    }
  })();
  const slices = Math.ceil(options.memorySeconds / MEMORY_SLICE_SECONDS);
  try {
    for (let slice = 0; slice < slices && requests < options.memoryRequests; slice++) {
      requests += (await closedLoop(server.port, path, input, MEMORY_CONNECTIONS, MEMORY_SLICE_SECONDS))
        .requests;
    }
  } finally {
    running = false;
    await sampling;
  }
  return { requests, residentBytes };
}
