import { isSame, ONE } from "../lengths.js";
import type { Operation } from "../operation.js";
import { areSameRows, rowsAt, rowsOf, type Known, type Rows } from "../values.js";
import type { Rule } from "./rule.js";

/**
 * Attention as one operator. By each input's place: "rows" holds the rows in dimension 0 or is the same for all of them,
 * "key" holds them, "past" has them in dimension 1, "weight" is a constant.
 */
type Role = "rows" | "key" | "past" | "weight";

/** Attention and what is fused around it, operators of com.microsoft. */
export const ATTENTION: readonly [string, Rule][] = [
  ["Attention", attention(["key", "weight", "weight", "key", "past", "rows", "weight"], ["rows", "past"])],
  [
    "MultiHeadAttention",
    attention(
      ["key", "key", "key", "weight", "key", "rows", "key", "key", "weight", "weight"],
      ["rows", "rows", "rows"],
    ),
  ],
  [
    "QAttention",
    attention(
      ["key", "weight", "weight", "weight", "weight", "key", "weight", "weight", "past"],
      ["rows", "past"],
    ),
  ],
  [
    "EmbedLayerNormalization",
    attention(
      ["key", "key", "weight", "weight", "weight", "weight", "weight", "key", "rows"],
      ["rows", "rows", "rows"],
    ),
  ],
  [
    "GroupQueryAttention",
    attention(
      ["key", "key", "key", "key", "key", "key", "weight", "weight", "weight"],
      ["rows", "rows", "rows"],
    ),
  ],
  ["RotaryEmbedding", attention(["key", "rows", "weight", "weight"], ["rows"])],
];

function attention(roles: readonly Role[], outputs: readonly ("rows" | "past")[]): Rule {
  return (operation) => {
    const rows = rowsOf(operation.input(0));
    if (rows === undefined) {
      operation.withoutRowsBut();
      return outputs.map(() => operation.output(undefined, undefined));
    }
    if (!areSameRows(rows, rowsAt(0)) || operation.shape(0) === undefined) {
      operation.undecided("is followed only with the rows in dimension 0");
    }
    for (const [index, input] of operation.inputs.entries()) {
      check(operation, index, input, roles[index] ?? "weight");
    }
    // Of the first output the rank is the first input's; the others' are not needed.
    return outputs.map((output, index): Known => {
      const own = operation.shape(0)?.map((length, axis) => (axis === 0 ? length : operation.fresh()));
      const isEmbedding = operation.node.operator === "EmbedLayerNormalization";
      return operation.output(
        rowsAt(output === "past" ? 1 : 0),
        index > 0 || isEmbedding ? shapeLike(operation, index) : own,
      );
    });
  };
}

function shapeLike(operation: Operation, index: number): Known["shape"] {
  if (operation.node.operator !== "EmbedLayerNormalization" || index === 1) {
    return undefined;
  }
  const ids = operation.shape(0);
  return ids && [...ids, operation.fresh()];
}

function check(operation: Operation, index: number, input: Known | undefined, role: Role): void {
  if (input === undefined) {
    return;
  }
  const own = rowsOf(input);
  const expected: Rows = rowsAt(role === "past" ? 1 : 0);
  const isOfRows = own !== undefined && areSameRows(own, expected);
  if (role === "weight" ? own === undefined : isOfRows) {
    return;
  }
  const first = input.shape?.[0];
  if (role === "rows" && input.kind === "free" && first !== undefined && isSame(first, ONE)) {
    return;
  }
  operation.undecided(`is given input ${index} that is not shown to be of the same rows`);
}
