import { broadcast, placementOf } from "../broadcasting.js";
import { ONE } from "../lengths.js";
import type { Operation } from "../operation.js";
import { rowsOf, type Known } from "../values.js";
import { axisIn, each, type Rule } from "./rule.js";
import { leadingRows } from "./windows.js";

/** Operators that set elements in proportion to others along some dimensions. */
export const NORMALIZATIONS: readonly [string, Rule][] = [
  ...each("Softmax LogSoftmax Hardmax", softmax),
  ...each("LayerNormalization RMSNormalization SimplifiedLayerNormalization", layerNormalization),
  ["BatchNormalization", batchNormalization],
  ...each("InstanceNormalization GroupNormalization", channelNormalization),
  ["LRN", localNormalization],
  ["LpNormalization", (operation) => normalizeOver(operation, [operation.int("axis", -1)])],
  ["MeanVarianceNormalization", (operation) => normalizeOver(operation, operation.ints("axes") ?? [0, 2, 3])],
];

/** Before operator set 13 over all dimensions from `axis` on, since then over `axis` alone. */
export function softmax(operation: Operation): Known {
  return softmaxOf(operation, operation.version);
}

/** As `softmax`, where another attribute tells the operator set's version. */
export function softmaxOf(operation: Operation, version: number): Known {
  const { rows, shape } = placementOf(operation.input(0));
  const axis = axisIn(operation, operation.int("axis", version < 13 ? 1 : -1), shape?.length);
  if (version >= 13) {
    return normalizeOver(operation, [axis]);
  }
  if (rows !== undefined && rows.axis >= axis) {
    operation.touching(
      `normalises over all dimensions from ${axis} on, dimension ${rows.axis} among them, where the rows are`,
    );
  }
  operation.withoutRowsBut(0);
  return operation.output(rows, shape);
}

/** The first input, normalised over `axes`. */
export function normalizeOver(operation: Operation, axes: readonly number[]): Known {
  operation.withoutRowsBut(0);
  const { rows, shape } = placementOf(operation.input(0));
  if (rows !== undefined && axes.some((axis) => axisIn(operation, axis, shape?.length) === rows.axis)) {
    operation.touching(`normalises over dimension ${rows.axis}, where the rows are`);
  }
  return operation.output(rows, shape);
}

/** Over all dimensions from `axis` on; scale and bias are stretched to the input. */
function layerNormalization(operation: Operation): readonly Known[] {
  const input = operation.input(0);
  const { rows, shape } = placementOf(input);
  const axis = axisIn(operation, operation.int("axis", -1), shape?.length);
  if (rows !== undefined && rows.axis >= axis) {
    operation.touching(`normalises over dimension ${rows.axis}, where the rows are`);
  }
  const scales = [operation.inputs[1], operation.inputs[2]].filter((scale) => scale !== undefined);
  const isPlain = scales.every(
    (scale) => scale.kind === "free" && (scale.shape?.length ?? Infinity) <= (shape?.length ?? 0) - axis,
  );
  const result = isPlain
    ? { rows, shape }
    : broadcast(operation, [{ rows, shape }, ...scales.map(placementOf)]);
  const statistics = operation.output(
    rows,
    shape?.map((length, at) => (at < axis ? length : ONE)),
    [1, 2],
  );
  return [operation.output(result.rows, result.shape), statistics, statistics];
}

function batchNormalization(operation: Operation): readonly Known[] {
  operation.withoutRowsBut(0);
  const { rows, shape } = placementOf(operation.input(0));
  const outputs = operation.node.outputs.filter(Boolean).length;
  const trains = operation.int("training_mode", 0) !== 0 || outputs > 1 || operation.has("is_test");
  if (rows !== undefined && trains) {
    operation.touching("is in training, where it normalises over all rows");
  }
  if (rows?.axis === 1) {
    operation.touching("scales each row by its place along dimension 1, where the rows are");
  }
  return [operation.output(rows, shape)];
}

/** Within each row and channel, or group of channels; dimensions 0 and 1. */
function channelNormalization(operation: Operation): Known {
  operation.withoutRowsBut(0);
  const rows = leadingRows(operation, "normalises over");
  return operation.output(rows, operation.shape(0));
}

/** Over channels near by, dimension 1. */
function localNormalization(operation: Operation): Known {
  const rows = rowsOf(operation.input(0));
  if (rows?.axis === 1) {
    operation.touching("normalises over dimension 1, where the rows are");
  }
  return operation.output(rows, operation.shape(0));
}
