import type { ClosedLoop } from "./closed-loop.js";
import type { InputName } from "./inputs.js";
import type { Machine } from "./machine.js";
import type { OpenLoop } from "./open-loop.js";
import type { Variant } from "./variants.js";

/** Closed-loop runs of one server, input and number of connections, a round each. */
export interface ClosedFigure {
  readonly input: InputName;
  readonly connections: number;
  readonly runs: ClosedLoop[];
}

export interface Sweep {
  readonly input: InputName;
  /** Highest Poisson arrivals per second with a 99th percentile within the bound. */
  readonly perSecond: number;
  readonly probes: readonly OpenLoop[];
}

/** This service and a peer at the same Poisson rate: half of what the peer can carry at most. */
export interface HalfLoad {
  readonly input: InputName;
  readonly oursInput: InputName;
  readonly perSecond: number;
  readonly peer: OpenLoop[];
  readonly ours: OpenLoop[];
}

export interface Memory {
  readonly requests: number;
  /** Resident bytes at equal distances in time, from the first request to the last. */
  readonly residentBytes: readonly number[];
}

export interface VariantResult {
  readonly name: string;
  readonly title: string;
  readonly kind: Variant["kind"];
  /** Why there are no figures, or not all. */
  missing?: string;
  readonly firstPredictionSeconds: number[];
  readonly closed: ClosedFigure[];
  sweep?: Sweep;
  halfLoad?: HalfLoad;
  memory?: Memory;
}

export interface Results {
  readonly machine: Machine;
  readonly seconds: number;
  readonly rounds: number;
  readonly inputBytes: Readonly<Record<InputName, number>>;
  readonly variants: readonly VariantResult[];
}

export function emptyResult({ name, title, kind }: Variant): VariantResult {
  return {
    name,
    title,
    kind,
    firstPredictionSeconds: [],
    closed: [],
  };
}

/** The middle value; of an even number of values the mean of the two in the middle. Undefined for none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

function runsOf({ closed }: VariantResult, input: InputName, connections: number): readonly ClosedLoop[] {
  return closed.find((figure) => figure.input === input && figure.connections === connections)?.runs ?? [];
}

/** Median requests per second over the rounds. */
export function perSecond(result: VariantResult, input: InputName, connections: number): number | undefined {
  return median(runsOf(result, input, connections).map((run) => run.perSecond));
}

/** Median over the rounds of the 99th percentile, in seconds. */
export function closedP99(result: VariantResult, input: InputName, connections: number): number | undefined {
  return median(runsOf(result, input, connections).map((run) => run.p99));
}

/** Median over the runs of the 99th percentile, in seconds; undefined when it fell among failed requests. */
export function openP99(runs: readonly OpenLoop[]): number | undefined {
  return median(runs.map((run) => run.p99 ?? Infinity));
}

/** The most that a server carries of an input in a closed loop, in requests per second. */
export function saturation(result: VariantResult, input: InputName): number {
  return Math.max(
    0,
    ...result.closed
      .filter((figure) => figure.input === input)
      .map(({ connections }) => perSecond(result, input, connections) ?? 0),
  );
}
