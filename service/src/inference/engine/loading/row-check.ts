import type { TensorData, Datatype } from "../../../tensors/datatypes.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { concatRows, takeRows } from "../../../tensors/rows.js";
import type { Session } from "../session/session.js";
import { syntheticInputs } from "./synthetic-inputs.js";

/** Two runs of one row differ by rounding: kernels for one row and for several add in another order. */
const RELATIVE_TOLERANCE = 1e-2;
const ABSOLUTE_TOLERANCE = 1e-4;

/**
 * Whether a graph computes each row by itself, found by trying: two rows alone and together must give the same. A graph
 * that mixes rows (a sequence in dimension 0, a mean over it) must not have strangers' requests joined.
 * True when made-up input cannot be run, for then nothing is known.
 */
export async function rowsAreIndependent(session: Session): Promise<boolean> {
  const both = syntheticInputs(session.inputs, 2).map((tensor, input) => ({
    ...tensor,
    data: vary(tensor, input),
  }));
  try {
    const together = await session.run(both);
    const alone: Tensor[][] = [];
    for (const row of [0, 1]) {
      alone.push(await session.run(both.map((tensor) => takeRows(tensor, row, 1))));
    }
    return together.every((output, index) =>
      isNear(
        output,
        alone.flatMap((outputs) => outputs[index] ?? []),
      ),
    );
  } catch {
    return true;
  }
}

function isNear(together: Tensor, alone: readonly Tensor[]): boolean {
  if (together.shape[0] !== 2 || alone.some((part) => part.shape[0] !== 1)) {
    return false;
  }
  if (alone.some((part) => part.shape.slice(1).join() !== together.shape.slice(1).join())) {
    return false;
  }
  const near = together.datatype === "FP16" ? isNearHalf : isNearNumber;
  const { data } = concatRows(alone);
  for (let index = 0; index < data.length; index += 1) {
    const [left, right] = [together.data[index], data[index]];
    if (left === right) {
      continue;
    }
    if (typeof left !== "number" || typeof right !== "number" || !near(left, right)) {
      return false;
    }
  }
  return true;
}

function isNearNumber(left: number, right: number): boolean {
  if (Number.isNaN(left) && Number.isNaN(right)) {
    return true;
  }
  return Math.abs(left - right) <= ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * Math.abs(right);
}

/** Bit patterns of half floats of one sign are in order: 16 steps are about 1.6 percent. */
function isNearHalf(left: number, right: number): boolean {
  return Math.abs(left - right) <= 16;
}

/** Small numbers that differ from place to place; 0 and 1 for integers, which may be indices. */
function vary({ datatype, data }: Tensor, seed: number): TensorData {
  const steps = Array.from({ length: data.length }, (_, index) => ((index + seed + 1) * 7919) % 101);
  return valuesOf(datatype, steps);
}

function valuesOf(datatype: Datatype, steps: readonly number[]): TensorData {
  const bits = steps.map((step) => step % 2);
  switch (datatype) {
    case "FP32":
      return Float32Array.from(steps, (step) => step / 101);
    case "FP64":
      return Float64Array.from(steps, (step) => step / 101);
    case "FP16":
      return Uint16Array.from(steps, (step) => 0x3000 + step * 16);
    case "BYTES":
      return bits.map((bit) => (bit === 0 ? "a" : "b"));
    case "INT64":
      return BigInt64Array.from(bits, BigInt);
    case "UINT64":
      return BigUint64Array.from(bits, BigInt);
    case "INT32":
      return Int32Array.from(bits);
    case "INT16":
      return Int16Array.from(bits);
    case "INT8":
      return Int8Array.from(bits);
    case "UINT32":
      return Uint32Array.from(bits);
    case "UINT16":
      return Uint16Array.from(bits);
    case "UINT8":
    case "BOOL":
      return Uint8Array.from(bits);
  }
}
