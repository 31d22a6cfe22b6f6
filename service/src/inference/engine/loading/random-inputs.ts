import { allocate, DATATYPES, type Datatype, type TensorData } from "../../../tensors/datatypes.js";
import { toFloat16 } from "../../../tensors/float16.js";
import { product } from "../../../tensors/shape.js";
import type { Tensor } from "../../../tensors/tensor.js";
import type { DeclaredTensor } from "../session/session.js";
import { syntheticInputs } from "./synthetic-inputs.js";

/** Numbers in [0, 1). */
export type Random = () => number;

/** The same numbers for the same seed: a load that fails must fail again (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Inputs of the shapes that a graph declares, with `rows` rows: floats as they come from a normal distribution, a few of
 * them large, so that a scale taken over several rows shows; 0 and 1 for integers, which may be indices.
 */
export function randomInputs(inputs: readonly DeclaredTensor[], rows: number, random: Random): Tensor[] {
  const made = randomLike(syntheticInputs(inputs, rows), random);
  return made.map((tensor, index) => inputs[index]?.default ?? tensor);
}

/** Such inputs of the shapes and datatypes that `tensors` have. */
export function randomLike(tensors: readonly Tensor[], random: Random): Tensor[] {
  return tensors.map(({ datatype, shape }) => ({
    datatype,
    shape,
    data: filled(datatype, allocate(datatype, product(shape)), random),
  }));
}

function filled(datatype: Datatype, data: TensorData, random: Random): TensorData {
  const value = VALUES[DATATYPES[datatype].kind];
  const target = data as { [index: number]: unknown };
  for (let index = 0; index < data.length; index += 1) {
    target[index] = value(random);
  }
  return data;
}

const LARGE_SHARE = 0.05;
const LARGE_FACTOR = 20;

/** Numbers from a normal distribution (Box-Muller), one in twenty of them twenty times as large. */
export function realistic(random: Random): () => number {
  return () => real(random);
}

function real(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return random() < LARGE_SHARE ? normal * LARGE_FACTOR : normal;
}

function bit(random: Random): number {
  return random() < 0.5 ? 0 : 1;
}

const VALUES: Readonly<Record<(typeof DATATYPES)[Datatype]["kind"], (random: Random) => unknown>> = {
  boolean: bit,
  integer: bit,
  long: (random) => BigInt(bit(random)),
  half: (random) => toFloat16(real(random)),
  float: real,
  text: (random) => (bit(random) === 0 ? "a" : "b"),
};
