import { product } from "../../tensors/shape.js";
import { MOST_ELEMENTS, numericShape } from "./fold.js";
import { constant } from "./lengths.js";
import { elementsOf, known, type Known } from "./values.js";

/**
 * A small tensor of known elements in another order or fewer of them: `from` tells the place in it that each place of a
 * result of `shape` comes from. Undefined when its elements are not known.
 */
export function rearranged(
  value: Known,
  shape: readonly number[],
  from: (place: readonly number[]) => readonly number[],
): Known | undefined {
  const elements = elementsOf(value);
  const lengths = numericShape(value.shape);
  const count = product(shape);
  if (elements === undefined || lengths === undefined || count > MOST_ELEMENTS) {
    return undefined;
  }
  const values = Array.from({ length: count }, (_, index) => {
    const place = from(placeOf(index, shape));
    return elements.values[place.reduce((offset, at, axis) => offset * (lengths[axis] ?? 1) + at, 0)];
  });
  const found = values.filter((element) => element !== undefined);
  return found.length === count ? known(shape.map(constant), found, elements.integer) : undefined;
}

function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = index;
  for (const length of [...shape].reverse()) {
    place.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return place;
}
