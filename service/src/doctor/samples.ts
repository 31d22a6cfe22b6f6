import type { Filling } from "../inference/engine/loading/fillings.js";
import { randomFrom, randomLike } from "../inference/engine/loading/random-inputs.js";
import type { ServedVersion } from "../inference/engine/served-version.js";
import type { Tensor } from "../tensors/tensor.js";

type Named = Readonly<Record<string, Tensor>>;

/** Inputs that a version ran, and what it answered. */
export interface Sample {
  readonly inputs: Named;
  readonly outputs: Named;
  /** Whether numbers by chance went in, so that what comes out says something of other inputs too. */
  readonly random: boolean;
}

/** Rows of a sample, where the first dimension is the batch; of large ones fewer. */
const ROWS = [3, 1];

const RANDOM_SAMPLES = 2;

/** What the version answers to what it was warmed up with, and to numbers by chance of the same shapes; what it ran. */
export async function takeSamples(served: ServedVersion): Promise<Sample[]> {
  const { filling } = served.loading;
  const samples: Sample[] = [];
  for (const inputs of filling ? inputsFor(served, filling) : []) {
    const named = byName(served, inputs.tensors);
    try {
      const { outputs } = await served.infer({ inputs: named });
      samples.push({ inputs: named, outputs, random: inputs.random });
    } catch {
      // Numbers by chance may be no ids, sizes or places: then they say nothing.
    }
  }
  return samples;
}

function inputsFor(
  { inputs, batched }: ServedVersion,
  filling: Filling,
): { tensors: readonly Tensor[]; random: boolean }[] {
  const warm = batched ? firstThatFits(inputs, filling) : filling.inputs(inputs, undefined);
  const random = Array.from({ length: RANDOM_SAMPLES }, (_, seed) => randomLike(warm, randomFrom(seed + 1)));
  return [{ tensors: warm, random: false }, ...random.map((tensors) => ({ tensors, random: true }))];
}

function firstThatFits(inputs: ServedVersion["inputs"], filling: Filling): Tensor[] {
  for (const rows of ROWS) {
    try {
      return filling.inputs(inputs, rows);
    } catch {
      // So large inputs are not made up.
    }
  }
  return [];
}

function byName({ inputs }: ServedVersion, tensors: readonly Tensor[]): Named {
  return Object.fromEntries(
    inputs.flatMap(({ name }, index) => (tensors[index] ? [[name, tensors[index]]] : [])),
  );
}
