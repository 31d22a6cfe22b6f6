import { placementOf, type Placement } from "../broadcasting.js";

import { BATCH, dependsOnBatch, isSame, numberIn, ONE, type Length } from "../lengths.js";
import type { Operation } from "../operation.js";
import { areSameRows, elementsOf, known, rowsOf, type Known, type Rows, type Shape } from "../values.js";
import { axisIn, type Rule } from "./rule.js";

/** Operators that pick elements by index, or put some in their place. */
export const PICKING: readonly [string, Rule][] = [
  ["Gather", gather],
  ["GatherElements", gatherElements],
  ["GatherND", gatherNd],
  ["ScatterElements", scatterElements],
  ["Scatter", scatterElements],
  ["ScatterND", scatterNd],
  ["OneHot", oneHot],
];

const CROSSES = "picks from each row for every row";

function gather(operation: Operation): Known {
  const [data, indices] = [operation.input(0), operation.input(1)];
  const axis = axisIn(operation, operation.int("axis", 0), data.shape?.length);
  const shape = data.shape &&
    indices.shape && [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  const folded = axis === 0 ? picked(operation, data, indices) : undefined;
  if (folded !== undefined) {
    return folded;
  }
  const [of, by] = [rowsOf(data), rowsOf(indices)];
  if (of === undefined) {
    if (indices.kind === "rows" && indices.numbers === true) {
      operation.touching("picks for each row by its number");
    }
    return operation.output(by && { ...by, axis: axis + by.axis }, shape);
  }
  if (by !== undefined) {
    const isIdentity = indices.kind === "rows" && indices.numbers === true && of.axis === axis;
    return isIdentity && indices.shape?.length === 1 && isPlain(of) && isPlain(by)
      ? operation.output(of, data.shape)
      : operation.touching(CROSSES);
  }
  if (of.axis === axis) {
    operation.touching(`picks along dimension ${axis}, where the rows are`);
  }
  if (of.axis < axis) {
    return operation.output(of, shape);
  }
  if (indices.shape === undefined) {
    operation.undecided("picks by indices whose number of dimensions is not known");
  }
  return operation.output({ ...of, axis: of.axis - 1 + indices.shape.length }, shape);
}

function isPlain({ outer, per }: Rows): boolean {
  return isSame(outer, ONE) && isSame(per, ONE);
}

/** Elements of a small tensor of one dimension. */
function picked(operation: Operation, data: Known, indices: Known): Known | undefined {
  const elements = elementsOf(data);
  const places = operation.numbers(1);
  if (
    elements === undefined ||
    places === undefined ||
    indices.shape === undefined ||
    data.shape?.length !== 1
  ) {
    return undefined;
  }
  const values = places.map((place) => elements.values[place < 0 ? place + elements.values.length : place]);
  return values.includes(undefined) ? undefined : known(indices.shape, values as Length[], elements.integer);
}

/** Picks within dimension `axis`, each element for its own place in the other dimensions. */
function gatherElements(operation: Operation): Known {
  const axis = axisIn(
    operation,
    operation.int("axis", 0),
    operation.shape(0)?.length ?? operation.shape(1)?.length,
  );
  const [of, by] = [rowsOf(operation.input(0)), rowsOf(operation.input(1))];
  if (of?.axis === axis) {
    operation.touching(`picks along dimension ${axis}, where the rows are`);
  }
  if (of === undefined) {
    return by === undefined || by.axis === axis
      ? operation.output(by, operation.shape(1))
      : operation.touching("picks for each row by its place");
  }
  return by !== undefined && areSameRows(of, by)
    ? operation.output(by, operation.shape(1))
    : operation.undecided("picks for rows by indices that are not of the same rows");
}

function gatherNd(operation: Operation): Known {
  const [data, indices] = [operation.input(0), operation.input(1)];
  const [of, by] = [rowsOf(data), rowsOf(indices)];
  const depth = numberIn(indices.shape?.at(-1) ?? BATCH);
  const batched = operation.int("batch_dims", 0);
  if (depth === undefined || indices.shape === undefined) {
    return of === undefined && by === undefined
      ? operation.output(undefined, undefined)
      : operation.undecided("picks by indices whose shape is not known");
  }
  const rest = data.shape?.slice(batched + depth);
  const last = indices.shape.length - 1;
  const shape: Shape = rest && [...indices.shape.slice(0, last), ...rest];
  if (by?.axis === last) {
    operation.touching("picks by indices that lie across the rows");
  }
  if (of === undefined) {
    return by === undefined || by.axis >= batched
      ? operation.output(by, shape)
      : operation.touching("picks for each row by its place");
  }
  if (of.axis < batched) {
    return by !== undefined && areSameRows(of, by)
      ? operation.output(of, shape)
      : operation.undecided("picks for rows by indices that are not of the same rows");
  }
  if (by === undefined && of.axis >= batched + depth) {
    return operation.output({ ...of, axis: of.axis - batched - depth + last }, shape);
  }
  return operation.touching(
    by === undefined ? `picks along dimension ${of.axis}, where the rows are` : CROSSES,
  );
}

/** Puts elements in their places within dimension `axis`. */
function scatterElements(operation: Operation): Known {
  const inputs = [0, 1, 2].map((index) => operation.input(index));
  const { rows, shape } = placementOf(operation.input(0));
  const axis = axisIn(operation, operation.int("axis", 0), shape?.length ?? operation.shape(1)?.length);
  const placed = inputs.map(rowsOf);
  if (placed.every((own) => own === undefined)) {
    return operation.output(undefined, shape);
  }
  if (placed.some((own) => own?.axis === axis)) {
    operation.touching(`puts values along dimension ${axis}, where the rows are`);
  }
  return rows !== undefined && placed.every((own) => own !== undefined && areSameRows(own, rows))
    ? operation.output(rows, shape)
    : operation.undecided("puts values into rows that are not given for each row");
}

/** Followed where the indices are the same for all rows and lead to dimensions before theirs. */
function scatterNd(operation: Operation): Known {
  const [of, by, what] = [0, 1, 2].map((index) => rowsOf(operation.input(index)));
  const { shape } = operation.input(0);
  const indices = operation.shape(1);
  const depth = numberIn(indices?.at(-1) ?? BATCH);
  if (of === undefined && by === undefined && what === undefined) {
    return operation.output(undefined, shape);
  }
  const isBeyond = of !== undefined && by === undefined && depth !== undefined && of.axis >= depth;
  const expected = isBeyond && indices !== undefined ? of.axis - depth + indices.length - 1 : undefined;
  if (
    of !== undefined &&
    what !== undefined &&
    what.axis === expected &&
    areSameRows({ ...of, axis: expected }, what)
  ) {
    return operation.output(of, shape);
  }
  return operation.undecided("puts values into places that are not shown to be the row's own");
}

function oneHot(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const { rows, shape } = placementOf(operation.input(0));
  const axis = axisIn(operation, operation.int("axis", -1), shape && shape.length + 1);
  const depth = elementsOf(operation.input(1))?.values[0] ?? operation.fresh();
  const length = dependsOnBatch(depth) ? operation.fresh() : depth;
  const result: Placement = {
    rows: rows && { ...rows, axis: axis <= rows.axis ? rows.axis + 1 : rows.axis },
    shape: shape && [...shape.slice(0, axis), length, ...shape.slice(axis)],
  };
  return operation.output(result.rows, result.shape);
}
