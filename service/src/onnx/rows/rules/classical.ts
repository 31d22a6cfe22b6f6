import { placementOf } from "../broadcasting.js";
import { constant, ONE, productOf, type Length } from "../lengths.js";
import { reshaped } from "../layout.js";
import type { Operation } from "../operation.js";
import { areSameRows, rowsOf, type Known } from "../values.js";
import { elementwise } from "./elementwise.js";
import { each, type Rule } from "./rule.js";

/** Classical models, operators of ai.onnx.ml: a table of rows and features in, as a rule. */
export const CLASSICAL: readonly [string, Rule][] = [
  ...each("LinearClassifier SVMClassifier TreeEnsembleClassifier", classifier),
  ...each("LinearRegressor SVMRegressor TreeEnsembleRegressor TreeEnsemble", perRow),
  ...each("Scaler Imputer Normalizer", featureWise),
  ...each("Binarizer LabelEncoder CategoryMapper", elementwise),
  ["OneHotEncoder", oneHotEncoder],
  ["ArrayFeatureExtractor", arrayFeatureExtractor],
  ["FeatureVectorizer", featureVectorizer],
  [
    "ZipMap",
    (operation) => operation.output(tableRows(operation), [operation.shape(0)?.[0] ?? operation.fresh()]),
  ],
  ["DictVectorizer", (operation) => operation.undecided("is given maps, which are not followed")],
];

/** TfIdfVectorizer is of ONNX's own operator set. */
export const TEXT: readonly [string, Rule][] = [["TfIdfVectorizer", perRow]];

/** The rows of a table [B, features]. A tensor of one dimension would be read as the features of one row. */
function tableRows(operation: Operation, index = 0) {
  const rows = rowsOf(operation.input(index));
  const shape = operation.shape(index);
  if (rows !== undefined && shape === undefined) {
    operation.undecided("is given a tensor whose number of dimensions is not known");
  }
  if (rows !== undefined && (rows.axis !== 0 || (shape?.length ?? 0) < 2)) {
    operation.touching(`takes dimension ${rows.axis}, where the rows are, for the features of a row`);
  }
  if (rows !== undefined && shape?.length !== 2) {
    operation.undecided("is given a tensor of more than two dimensions");
  }
  return rows;
}

function perRow(operation: Operation): Known {
  const rows = tableRows(operation);
  return operation.output(rows, [operation.shape(0)?.[0] ?? operation.fresh(), operation.fresh()]);
}

function classifier(operation: Operation): readonly Known[] {
  const rows = tableRows(operation);
  const first = operation.shape(0)?.[0] ?? operation.fresh();
  return [operation.output(rows, [first]), operation.output(rows, [first, operation.fresh()])];
}

/** By the place in the last dimension, or over it. */
function featureWise(operation: Operation): Known {
  return operation.output(tableRows(operation), operation.shape(0));
}

function oneHotEncoder(operation: Operation): Known {
  const { rows, shape } = placementOf(operation.input(0));
  return operation.output(rows, shape && [...shape, operation.fresh()]);
}

/** Picks by the second input, read as one list, from the last dimension of the first. */
function arrayFeatureExtractor(operation: Operation): Known {
  const [data, places] = [operation.input(0), operation.input(1)];
  const [rows, by] = [rowsOf(data), rowsOf(places)];
  const shape = data.shape;
  const list: Length = places.shape ? productOf(places.shape) : operation.fresh();
  if (shape === undefined) {
    return rows === undefined && by === undefined
      ? operation.output(undefined, undefined)
      : operation.undecided("is given a tensor whose number of dimensions is not known");
  }
  const before = shape.length === 1 ? [ONE] : shape.slice(0, -1);
  if (by !== undefined) {
    if (rows !== undefined || places.shape === undefined) {
      operation.touching("picks from each row for every row");
    }
    const flat = reshaped(operation, places, [list]);
    const last = before.length;
    return operation.output(flat.rows && { ...flat.rows, axis: last }, [...before, list]);
  }
  if (rows !== undefined && rows.axis === shape.length - 1) {
    operation.touching(`picks along dimension ${rows.axis}, where the rows are`);
  }
  return operation.output(rows, [...before, list]);
}

function featureVectorizer(operation: Operation): Known {
  const rows = tableRows(operation);
  for (const index of operation.inputs.keys()) {
    const own = tableRows(operation, index);
    if (rows === undefined ? own !== undefined : own === undefined || !areSameRows(own, rows)) {
      operation.undecided("puts rows beside values that are not of the same rows");
    }
  }
  const width = operation.ints("inputdimensions")?.reduce((sum, length) => sum + length, 0);
  return operation.output(rows, [
    operation.shape(0)?.[0] ?? operation.fresh(),
    width === undefined ? operation.fresh() : constant(width),
  ]);
}
