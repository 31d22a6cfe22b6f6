import type { InputName } from "./inputs.js";
import { median, openP99, perSecond, type Memory, type VariantResult } from "./results.js";

/** Connections at which throughput is compared. */
export const COMPARED_CONNECTIONS = 16;

/** Inputs that are compared alike when both sides take them, in this order; else each side's fastest is. */
const ALIKE: readonly InputName[] = ["raw", "v2-binary"];

const MAX_RESIDENT_BYTES = 150e6;
const MAX_FIRST_PREDICTION_SECONDS = 1;

/** Growth of resident memory over the last half of a run up to which it counts as flat. */
const FLAT_GROWTH = 0.03;

/** A demand on this service and what was measured of it. */
export interface Demand {
  readonly what: string;
  readonly measured: string;
  readonly wanted: string;
  /** Undefined when it could not be measured. */
  readonly reached: boolean | undefined;
}

function at16(result: VariantResult, input: InputName) {
  return perSecond(result, input, COMPARED_CONNECTIONS);
}

/** The input of which a server answers the most per second. */
function fastestInput(result: VariantResult): InputName | undefined {
  const [best] = [...result.closed]
    .filter(({ connections }) => connections === COMPARED_CONNECTIONS)
    .sort((a, b) => (at16(result, b.input) ?? 0) - (at16(result, a.input) ?? 0));
  return best?.input;
}

/** The input that speaks for a server: raw bytes when it takes them, else the one that it answers fastest. */
export function mainInput(result: VariantResult): InputName | undefined {
  return ALIKE.find((input) => at16(result, input) !== undefined) ?? fastestInput(result);
}

/** Which input of each side to compare. */
export function comparedInputs(
  ours: VariantResult,
  peer: VariantResult,
): { ours: InputName; peer: InputName } | undefined {
  const takes = (result: VariantResult, input: InputName) => at16(result, input) !== undefined;
  const alike = ALIKE.find((input) => takes(ours, input) && takes(peer, input));
  if (alike !== undefined) {
    return { ours: alike, peer: alike };
  }
  const [mine, theirs] = [fastestInput(ours), fastestInput(peer)];
  return mine === undefined || theirs === undefined ? undefined : { ours: mine, peer: theirs };
}

function atLeast(what: string, measured: number | undefined, wanted: number): Demand {
  return {
    what,
    measured: measured === undefined ? "–" : `${measured.toFixed(2)}×`,
    wanted: `≥ ${wanted.toFixed(2)}×`,
    reached: measured === undefined ? undefined : measured >= wanted,
  };
}

function quotient(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b;
}

function throughputOver(ours: VariantResult, peer: VariantResult): Demand {
  const inputs = comparedInputs(ours, peer);
  const ratio = inputs && quotient(at16(ours, inputs.ours), at16(peer, inputs.peer));
  const pair = inputs ? ` (${inputs.ours} : ${inputs.peer})` : "";
  return atLeast(`requests/s over ${peer.title}${pair}`, ratio, peer.kind === "node" ? 4 : 10);
}

function shareOfLimit(ours: VariantResult, limit: VariantResult, input: InputName, wanted: number): Demand {
  const ratio = quotient(at16(ours, input), at16(limit, input));
  return atLeast(`requests/s over the limit, ${limit.title} (${input})`, ratio, wanted);
}

function tailAtHalfLoad(peer: VariantResult): Demand {
  const half = peer.halfLoad;
  const ratio = half && quotient(openP99(half.ours), openP99(half.peer));
  const rate = half ? ` (${Math.round(half.perSecond)}/s)` : "";
  return {
    what: `p99 over that of ${peer.title} at half of what it carries${rate}`,
    measured: ratio === undefined ? "–" : `${ratio.toFixed(2)}×`,
    wanted: "≤ 0.50×",
    reached: ratio === undefined ? undefined : ratio <= 0.5,
  };
}

function firstPrediction(ours: VariantResult): Demand {
  const seconds = median(ours.firstPredictionSeconds);
  return {
    what: "first prediction after process start",
    measured: seconds === undefined ? "–" : `${seconds.toFixed(2)} s`,
    wanted: `≤ ${MAX_FIRST_PREDICTION_SECONDS} s`,
    reached: seconds === undefined ? undefined : seconds <= MAX_FIRST_PREDICTION_SECONDS,
  };
}

/** By how much the last quarter's mean resident memory is above the third quarter's, as a share. */
export function growthOverLastHalf({ residentBytes }: Memory): number {
  const quarter = Math.floor(residentBytes.length / 4);
  const mean = (part: readonly number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
  return mean(residentBytes.slice(-quarter)) / mean(residentBytes.slice(-2 * quarter, -quarter)) - 1;
}

function memoryDemands({ memory }: VariantResult): Demand[] {
  if (memory === undefined || memory.residentBytes.length < 4) {
    return [];
  }
  const after = `after ${memory.requests.toLocaleString("en")} requests`;
  const last = memory.residentBytes[memory.residentBytes.length - 1] ?? 0;
  const growth = growthOverLastHalf(memory);
  return [
    {
      what: `resident memory ${after}`,
      measured: `${Math.round(last / 1e6)} MB`,
      wanted: `≤ ${MAX_RESIDENT_BYTES / 1e6} MB`,
      reached: last <= MAX_RESIDENT_BYTES,
    },
    {
      what: `growth of resident memory over the last half, ${after}`,
      measured: `${(100 * growth).toFixed(1)} %`,
      wanted: `≤ ${100 * FLAT_GROWTH} %`,
      reached: growth <= FLAT_GROWTH,
    },
  ];
}

/** Every demand on speed, start and memory, against the other servers of the same run. */
export function compare(variants: readonly VariantResult[]): Demand[] {
  const ours = variants.find(({ kind }) => kind === "ours");
  if (ours === undefined) {
    return [];
  }
  const peers = variants.filter(({ kind }) => kind === "node" || kind === "python");
  const limits = variants.filter(({ kind }) => kind === "limit");
  return [
    ...peers.map((peer) => throughputOver(ours, peer)),
    ...limits.flatMap((limit) => [
      shareOfLimit(ours, limit, "raw", 1 / 2),
      shareOfLimit(ours, limit, "json", 1 / 3),
    ]),
    ...peers.map(tailAtHalfLoad),
    firstPrediction(ours),
    ...memoryDemands(ours),
  ];
}
