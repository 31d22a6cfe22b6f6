import { broadcast, placementOf } from "../broadcasting.js";
import type { Operation } from "../operation.js";
import { rowsOf, type Known } from "../values.js";
import { elementwise } from "./elementwise.js";
import { identity } from "./elementwise.js";
import { softmaxOf, normalizeOver } from "./normalizations.js";
import { fusedMatMul, gemm, packedMatMul } from "./products.js";
import { checkSingle, dynamic, quantizedBinary, quantizedGemm, quantizedUnary } from "./quantized.js";
import { axisIn, each, type Rule } from "./rule.js";
import { convolve, globalPool, leadingRows, pool } from "./windows.js";

/** Operators of com.microsoft that are no attention: written by the runtime's optimiser and by quantization tools. */
export const CONTRIBUTED: readonly [string, Rule][] = [
  ...each("Gelu FastGelu BiasGelu QuickGelu BiasAdd", elementwise),
  ...each("FusedMatMul TransposeMatMul", fusedMatMul),
  ...each("FusedGemm GemmFastGelu", gemm),
  ...each("MatMulNBits MatMulBnb4 MatMulFpQ4", packedMatMul),
  ...each("DynamicQuantizeMatMul DynamicQuantizeLSTM", dynamic),
  ["MatMulIntegerToFloat", matMulIntegerToFloat],
  ...each("QLinearAdd QLinearMul", quantizedBinary),
  ...each("QLinearSigmoid QLinearLeakyRelu", quantizedUnary),
  ["QLinearSoftmax", quantizedSoftmax],
  ["QLinearConcat", quantizedConcat],
  ...each("QLinearAveragePool QLinearGlobalAveragePool", quantizedPool),
  ["QGemm", quantizedGemm],
  ["FusedConv", fusedConv],
  ...each("NhwcMaxPool NhwcConv NhwcFusedConv", lastChannels),
  ["BiasSoftmax", biasSoftmax],
  ["Trilu", (operation) => operation.undecided("is not followed in this domain")],
  ...each("SkipLayerNormalization SkipSimplifiedLayerNormalization", skipNormalization),
  ["BiasDropout", (operation) => operation.undecided("may drop elements by chance")],
  ["Identity", identity],
];

/** The runtime's own layout of channels in blocks, written when it saves an optimised graph. */
export const BLOCKED: readonly [string, Rule][] = each(
  "ReorderInput ReorderOutput Conv MaxPool AveragePool GlobalMaxPool GlobalAveragePool Upsample",
  lastChannels,
);

/** Rows in dimension 0 of the first input, all others constants but one that is added to the result. */
function lastChannels(operation: Operation): Known {
  const rows = leadingRows(operation, "moves a window over");
  const added = operation.node.operator.endsWith("Conv") ? rowsOf(operation.inputs[3]) : undefined;
  operation.withoutRowsBut(0, ...(added?.axis === 0 && rows !== undefined ? [3] : []));
  return operation.output(
    rows,
    operation.shape(0)?.map((length, axis) => (axis === 0 ? length : operation.fresh())),
  );
}

/** A convolution to which the fourth input, of the same shape, is added. */
function fusedConv(operation: Operation): Known {
  const product = convolve(operation.given(operation.inputs.slice(0, 3)), 1);
  const added = operation.inputs[3];
  if (added === undefined) {
    return product;
  }
  const { rows, shape } = broadcast(operation, [placementOf(product), placementOf(added)]);
  return operation.output(rows, shape);
}

/** a, b, the scales of both, their zero points, a bias. */
function matMulIntegerToFloat(operation: Operation): Known {
  if (rowsOf(operation.input(0)) !== undefined) {
    checkSingle(operation, [2, 4]);
  }
  operation.withoutRowsBut(0);
  const { rows, shape } = placementOf(
    fusedMatMul(operation.given([operation.inputs[0], operation.inputs[1]])),
  );
  return operation.output(rows, shape);
}

function quantizedSoftmax(operation: Operation): Known {
  checkSingle(operation, [1, 2, 3, 4]);
  return softmaxOf(operation, operation.int("opset", 13));
}

/** The result's scale and zero point, then each tensor with its own. */
function quantizedConcat(operation: Operation): Known {
  const axis = operation.int("axis", 1);
  const tensors = operation.inputs.filter((_, index) => index > 1 && index % 3 === 2);
  checkSingle(
    operation,
    operation.inputs.flatMap((_, index) => (index > 1 && index % 3 === 2 ? [] : [index])),
  );
  const first = tensors[0]?.shape;
  const at = axisIn(operation, axis, first?.length);
  const placements = tensors
    .map((tensor) => tensor && placementOf(tensor))
    .filter((tensor) => tensor !== undefined);
  if (placements.some(({ rows, shape }) => rows === undefined || shape === undefined || rows.axis === at)) {
    operation.undecided("puts rows beside other values");
  }
  const { rows } = broadcast(
    operation,
    placements.map(({ rows, shape }) => ({
      rows,
      shape: shape?.map((length, axis) => (axis === at ? new Map([["", 1]]) : length)),
    })),
  );
  return operation.output(
    rows,
    first?.map((length, axis) => (axis === at ? operation.fresh() : length)),
  );
}

function quantizedPool(operation: Operation): Known {
  checkSingle(operation, [1, 2, 3, 4]);
  if (operation.int("channels_last", 0) !== 0) {
    return lastChannels(operation);
  }
  return operation.node.operator === "QLinearAveragePool" ? pool(operation) : globalPool(operation);
}

/** A sum of two tensors, normalised over its last dimension; the outputs are the result, statistics and the sum. */
function skipNormalization(operation: Operation): readonly Known[] {
  operation.withoutRowsBut(0, 1);
  const inputs = [operation.input(0), operation.input(1)];
  const { rows, shape } = broadcast(operation, inputs.map(placementOf));
  if (rows !== undefined && (shape === undefined || rows.axis >= shape.length - 1)) {
    operation.touching(`normalises over dimension ${rows.axis}, where the rows are`);
  }
  const result = operation.output(rows, shape);
  const statistics = operation.output(
    rows,
    shape?.map((length, axis) => (axis === shape.length - 1 ? operation.fresh() : length)),
  );
  return [result, statistics, statistics, result];
}

/** Softmax of a sum whose second input may be repeated in a way of its own: followed where it is a constant of one row. */
function biasSoftmax(operation: Operation): Known {
  const data = operation.input(0);
  const axis = axisIn(operation, operation.int("axis", 1), data.shape?.length);
  const places = Array.from({ length: (data.shape?.length ?? axis + 1) - axis }, (_, index) => axis + index);
  const softmax = normalizeOver(operation.given([data]), places);
  const { rows, shape } = broadcast(operation, [placementOf(softmax), placementOf(operation.input(1))]);
  return operation.output(rows, shape);
}
