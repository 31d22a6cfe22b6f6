import type { DeclaredTensor, Session } from "../session/session.js";
import { syntheticInputs } from "./synthetic-inputs.js";

/** Warming up stops once it took that long: a large model gets its small sizes only. */
const BUDGET_MILLISECONDS = 2000;

export interface WarmRun {
  readonly rows: number;
  readonly milliseconds: number;
}

/** The sizes that batches are warmed up at: powers of two below `maxRows`, and `maxRows`. */
export function warmUpSizes(maxRows: number): number[] {
  const sizes: number[] = [];
  for (let rows = 1; rows < maxRows; rows *= 2) sizes.push(rows);
  return [...sizes, maxRows];
}

/**
 * Runs the graph at each of `sizes` (undefined: as declared) twice, so that its arenas have grown before the first
 * request, and times the second run. Rejects with the runtime's error, except where the graph has free dimensions besides
 * the batch: zeroes of a made-up shape prove nothing there.
 */
export async function warmUp(
  session: Session,
  sizes: readonly (number | undefined)[],
  now: () => number,
): Promise<WarmRun[]> {
  const runs: WarmRun[] = [];
  const began = now();
  for (const rows of sizes) {
    if (now() - began > BUDGET_MILLISECONDS) break;
    const inputs = syntheticInputs(session.inputs, rows);
    try {
      await session.run(inputs);
      const started = now();
      await session.run(inputs);
      runs.push({ rows: rows ?? 1, milliseconds: now() - started });
    } catch (error) {
      if (session.inputs.some((input) => hasFreeDimension(input, rows))) break;
      throw error;
    }
  }
  return runs;
}

function hasFreeDimension({ shape }: DeclaredTensor, rows: number | undefined): boolean {
  return shape.some((dimension, index) => dimension === -1 && !(index === 0 && rows !== undefined));
}
