import { constant } from "../lengths.js";
import type { Operation } from "../operation.js";
import { areSameRows, rowsAt, rowsOf, type Known, type Rows } from "../values.js";
import { each, type Rule } from "./rule.js";

/** Recurrent layers. */
export const RECURRENT: readonly [string, Rule][] = [
  ...each("RNN GRU LSTM", recurrent),
  ["ReverseSequence", reverseSequence],
];

/** Inputs are x, weights, recurrent weights, bias, lengths [B], then states [directions, B, size]. */
function recurrent(operation: Operation): readonly Known[] {
  const isBatchFirst = operation.int("layout", 0) === 1;
  const axis = isBatchFirst ? 0 : 1;
  const data = operation.input(0);
  const rows = rowsOf(data);
  if (rows !== undefined && rows.axis !== axis) {
    operation.touching(`runs along dimension ${rows.axis} as a sequence or its features, where the rows are`);
  }
  const states = [5, 6];
  const isPeephole = operation.node.operator === "LSTM" ? [7] : [];
  operation.withoutRowsBut(0, 4, ...(operation.node.operator === "LSTM" ? states : [5]));
  checkRows(operation, 4, rows && { ...rows, axis: 0 });
  for (const index of operation.node.operator === "LSTM" ? states : [5]) {
    checkRows(operation, index, rows && { ...rows, axis: isBatchFirst ? 0 : 1 });
  }
  if (isPeephole.some((index) => rowsOf(operation.inputs[index]) !== undefined)) {
    operation.undecided("is given weights that depend on the rows");
  }
  const directions = operation.string("direction", "forward") === "bidirectional" ? 2 : 1;
  const size = operation.int("hidden_size", 0);
  const [count, features] = [constant(directions), size > 0 ? constant(size) : operation.fresh()];
  const [first, second] = [
    operation.shape(0)?.[0] ?? operation.fresh(),
    operation.shape(0)?.[1] ?? operation.fresh(),
  ];
  const at = (place: number) => rows && { ...rows, axis: place };
  const sequence = isBatchFirst
    ? operation.output(at(0), [first, second, count, features])
    : operation.output(at(2), [first, count, second, features]);
  const state = isBatchFirst
    ? operation.output(at(0), [first, count, features])
    : operation.output(at(1), [count, second, features]);
  return [sequence, state, state];
}

/** Lengths and states must be of the same rows as the data. */
function checkRows(operation: Operation, index: number, rows: Rows | undefined): void {
  const input = operation.inputs[index];
  const own = rowsOf(input);
  if (input === undefined || (rows === undefined && own === undefined)) {
    return;
  }
  if (rows === undefined || own === undefined || !areSameRows(rows, own)) {
    operation.undecided(`is given input ${index} that is not of the same rows`);
  }
}

function reverseSequence(operation: Operation): Known {
  const rows = rowsOf(operation.input(0));
  const axis = operation.int("batch_axis", 1);
  if (rows !== undefined && rows.axis !== axis) {
    operation.touching(`reverses dimension ${rows.axis}, where the rows are`);
  }
  checkRows(operation, 1, rows && { ...rows, axis: rowsAt(0).axis });
  return operation.output(rows, operation.shape(0));
}
