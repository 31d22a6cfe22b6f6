import { identity } from "./arithmetic.js";

/** Text where a model should be. */
export function broken(): Uint8Array {
  return Buffer.from("This is not a model.\n");
}

/** A model whose file ends half way, as after an interrupted copy. */
export function truncated(): Uint8Array {
  const whole = identity();
  return whole.subarray(0, whole.length / 2);
}
