import type { Session } from "../session/session.js";
import type { Tensor } from "../../../tensors/tensor.js";
import type { Filling } from "./fillings.js";

/** The best of these is taken: what else the machine does only ever makes a run slower. */
const TIMED_RUNS = 2;

export interface WarmRun {
  readonly rows: number;
  readonly milliseconds: number;
}

export interface WarmUpLimits {
  /** No larger size is tried once the whole has taken that long. */
  readonly budgetMilliseconds: number;
  /** No larger size is tried once a run takes that long. */
  readonly runMilliseconds: number;
}

/** The sizes that batches are warmed up at: powers of two below `maxRows`, and `maxRows`. */
export function warmUpSizes(maxRows: number): number[] {
  const sizes: number[] = [];
  for (let rows = 1; rows < maxRows; rows *= 2) {
    sizes.push(rows);
  }
  return [...sizes, maxRows];
}

/**
 * Runs the graph at each of `sizes` (undefined: as declared) with what `filling` makes, so that its arenas have grown
 * before the first request, and times it. A size that it cannot run ends it: whoever asks for it will be told.
 */
export async function warmUp(
  session: Session,
  sizes: readonly (number | undefined)[],
  filling: Filling,
  limits: WarmUpLimits,
  now: () => number = () => performance.now(),
): Promise<WarmRun[]> {
  const runs: WarmRun[] = [];
  const began = now();
  for (const rows of sizes) {
    if (now() - began > limits.budgetMilliseconds) {
      break;
    }
    try {
      const milliseconds = await timeRuns(session, filling.inputs(session.inputs, rows), now);
      runs.push({ rows: rows ?? 1, milliseconds });
      if (milliseconds > limits.runMilliseconds) {
        break;
      }
    } catch {
      break;
    }
  }
  return runs;
}

/** The rows of the smallest batch that reaches `share` of the best throughput; undefined without runs. */
export function smallestGoodBatch(runs: readonly WarmRun[], share: number): number | undefined {
  const throughput = (run: WarmRun): number => run.rows / run.milliseconds;
  const best = Math.max(...runs.map(throughput));
  return runs.find((run) => throughput(run) >= share * best)?.rows;
}

async function timeRuns(session: Session, inputs: readonly Tensor[], now: () => number): Promise<number> {
  await session.run(inputs);
  let best = Infinity;
  for (let run = 0; run < TIMED_RUNS; run += 1) {
    const started = now();
    await session.run(inputs);
    best = Math.min(best, now() - started);
  }
  return best;
}
