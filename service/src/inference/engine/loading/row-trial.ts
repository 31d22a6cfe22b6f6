import type { Tensor } from "../../../tensors/tensor.js";
import { concatRows, takeRows } from "../../../tensors/joined-rows.js";
import type { Session } from "../session/session.js";
import { areNear } from "./near.js";
import { randomFrom, randomInputs } from "./random-inputs.js";

/** Sizes of the batches that are tried: kernels differ by size. */
const SIZES = [2, 5] as const;

/**
 * Whether a trial finds rows that get other results together than alone, though the graph was proved to keep them apart:
 * the last look before strangers' requests are joined. False when made-up input cannot be run, for then nothing is known.
 */
export async function trialRefutes(session: Session): Promise<boolean> {
  for (const size of SIZES) {
    const rows = randomInputs(session.inputs, size, randomFrom(size));
    try {
      const together = await session.run(rows);
      const alone: Tensor[][] = [];
      for (let row = 0; row < size; row += 1) {
        alone.push(
          await session.run(
            rows.map((tensor, index) => (session.inputs[index]?.default ? tensor : takeRows(tensor, row, 1))),
          ),
        );
      }
      const differs = together.some(
        (output, index) =>
          !isNear(
            output,
            alone.flatMap((outputs) => outputs[index] ?? []),
          ),
      );
      if (differs) {
        return true;
      }
    } catch {
      return false;
    }
  }
  return false;
}

function isNear(together: Tensor, alone: readonly Tensor[]): boolean {
  if (together.shape[0] !== alone.length || alone.some((part) => part.shape[0] !== 1)) {
    return false;
  }
  if (alone.some((part) => part.shape.slice(1).join() !== together.shape.slice(1).join())) {
    return false;
  }
  return areNear(together, concatRows(alone));
}
