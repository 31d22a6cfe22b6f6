import type { Placement } from "../broadcasting.js";
import type { Operation } from "../operation.js";
import { elementsOf, type Known } from "../values.js";

/**
 * What one operator makes of its inputs. One value is the node's first output; outputs that a rule gives no value for
 * are refused. Throws Refusal for a node that is not shown to keep rows apart.
 */
export type Rule = (operation: Operation) => Known | readonly Known[];

export type Rules = ReadonlyMap<string, Rule>;

/** The same rule under several names. */
export function each(names: string, rule: Rule): [string, Rule][] {
  return names.split(" ").map((name) => [name, rule]);
}

/** The elements of `value` in another shape: what is known of them is kept. `read` as for `Operation.output`. */
export function relaid(
  operation: Operation,
  value: Known,
  { rows, shape }: Placement,
  read: readonly number[] = [],
): Known {
  const result = operation.output(rows, shape, read);
  if (result.kind === "rows") {
    return value.kind === "rows" && value.numbers === true ? { ...result, numbers: true } : result;
  }
  const elements = elementsOf(value);
  return elements === undefined ? result : { ...result, elements };
}

/** `axis`, counted from the front: of a tensor whose rank may be unknown when it is not negative. */
export function axisIn(operation: Operation, axis: number, rank: number | undefined): number {
  if (axis >= 0) {
    return axis;
  }
  if (rank === undefined) {
    operation.undecided(
      "counts dimensions from the last of a tensor whose number of dimensions is not known",
    );
  }
  return axis + rank;
}

/** Axes given as an attribute in old operator sets, as input number `index` in newer ones; undefined when left out. */
export function axesOf(operation: Operation, index: number, name = "axes"): readonly number[] | undefined {
  if (operation.inputs[index] === undefined) {
    return operation.ints(name);
  }
  return operation.numbers(index) ?? operation.undecided("takes axes that the file does not tell");
}
