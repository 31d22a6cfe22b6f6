import type { Tensor } from "../../../tensors/tensor.js";

/** Two runs of one row differ by rounding: kernels for one row and for several add in another order. */
const RELATIVE_TOLERANCE = 1e-2;
const ABSOLUTE_TOLERANCE = 1e-4;

/** Whether two tensors of one shape and datatype hold the same values but for rounding. */
export function areNear(left: Tensor, right: Tensor): boolean {
  const near = left.datatype === "FP16" ? isNearHalf : isNearNumber;
  for (let index = 0; index < left.data.length; index += 1) {
    const [one, other] = [left.data[index], right.data[index]];
    if (one === other) {
      continue;
    }
    if (typeof one !== "number" || typeof other !== "number" || !near(one, other)) {
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
