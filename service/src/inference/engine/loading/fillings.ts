import { DATATYPES, type Datatype, type TensorData } from "../../../tensors/datatypes.js";
import { toFloat16 } from "../../../tensors/float16.js";
import { repeatRows } from "../../../tensors/joined-rows.js";
import type { Tensor, TensorSpec } from "../../../tensors/tensor.js";
import type { Example } from "./examples.js";
import { randomFrom, realistic } from "./random-inputs.js";
import { syntheticInputs, type FreeLength } from "./synthetic-inputs.js";

/** A way to make up inputs that a graph may be able to run. */
export interface Filling {
  /** As a person is told of it. */
  readonly name: string;
  /** `rows` as dimension 0 of every tensor; undefined: as declared. */
  inputs(declared: readonly TensorSpec[], rows: number | undefined): Tensor[];
}

/** One element; `index` counts within its tensor. */
type Element = (index: number) => number;

/** Lengths of free dimensions: the shortest, then what convolutions, windows and pictures ask for. */
const LENGTHS: readonly number[] = [1, 2, 8, 32, 224];

/** Larger inputs are not made up. */
const MOST_ELEMENTS = 4_000_000;

const ELEMENTS: readonly (readonly [name: string, element: () => Element])[] = [
  ["zeros", () => () => 0],
  ["ones", () => () => 1],
  // Divisors, sizes of a Resize, ids that begin after a few reserved ones.
  ["threes", () => () => 3],
  // Axes, permutations and places, each of which may be there once.
  ["numbers counted from 0", () => (index) => index],
  ["numbers by chance", () => realistic(randomFrom(1))],
];

/**
 * What to try, the likeliest first: `examples` of the model's owner, then made-up values with free dimensions of several
 * lengths. A dimension that `bounds` gives a length has that one, the largest that a request may have.
 */
export function fillings(
  declared: readonly TensorSpec[],
  examples: readonly Example[],
  bounds: FreeLength = () => undefined,
): Filling[] {
  const isFree = declared.some(({ shape }, input) =>
    shape.some((size, axis) => size === -1 && axis > 0 && bounds(input, axis) === undefined),
  );
  // Pictures are made large at first: the runtime may end its process over one that is too small.
  const isPicture = declared.some(({ shape }) => shape.length === 4);
  const ordered = isPicture ? [...LENGTHS].reverse() : LENGTHS;
  const lengths = isFree ? ordered : LENGTHS.slice(0, 1);
  return [
    ...examples.map(fillingOf),
    ...lengths.flatMap((length) =>
      ELEMENTS.map(([name, element]): Filling => {
        const free: FreeLength = (input, axis) => bounds(input, axis) ?? length;
        return {
          name: length === 1 ? name : `${name} with free dimensions of ${length}`,
          inputs: (specs, rows) =>
            filled(specs, syntheticInputs(specs, rows, free, MOST_ELEMENTS), element()),
        };
      }),
    ),
  ];
}

function fillingOf({ name, tensors }: Example): Filling {
  return {
    name,
    inputs: (specs, rows) =>
      tensors.map((tensor, input) =>
        rows === undefined || specs[input]?.default ? tensor : repeatRows(tensor, rows),
      ),
  };
}

function filled(specs: readonly TensorSpec[], tensors: readonly Tensor[], element: Element): Tensor[] {
  return tensors.map((tensor, input) =>
    specs[input]?.default ? tensor : { ...tensor, data: withElements(tensor.datatype, tensor.data, element) },
  );
}

function withElements(datatype: Datatype, data: TensorData, element: Element): TensorData {
  const convert = CONVERT[DATATYPES[datatype].kind];
  const target = data as { [index: number]: unknown };
  for (let index = 0; index < data.length; index += 1) {
    target[index] = convert(element(index));
  }
  return data;
}

const CONVERT: Readonly<Record<(typeof DATATYPES)[Datatype]["kind"], (value: number) => unknown>> = {
  boolean: (value) => (value > 0 ? 1 : 0),
  integer: (value) => Math.abs(Math.trunc(value)),
  long: (value) => BigInt(Math.abs(Math.trunc(value))),
  half: toFloat16,
  float: (value) => value,
  // A text that is a number, for graphs that read numbers; and the empty one.
  text: (value) => (value === 0 ? "" : String(Math.trunc(value))),
};
