import type { OnnxGraph } from "../types.js";
import { isSameValue, join, type Widened } from "./join.js";
import { numberIn, type Length } from "./lengths.js";
import { inserted } from "./layout.js";
import { verdictOn, type Operation } from "./operation.js";
import { Scope } from "./scope.js";
import { elementsOf, rowsOf, type Known, type Value } from "./values.js";
import type { GraphWalk, Surroundings } from "./surroundings.js";

/** What an operator with a body makes of its inputs and of the values around it. Throws Refusal. */
type BodyRule = (
  operation: Operation,
  walk: GraphWalk,
  scope: Scope,
  around: Surroundings,
) => readonly Value[];

const RULES: ReadonlyMap<string, BodyRule> = new Map<string, BodyRule>([
  ["If", choose],
  ["Loop", loop],
  ["Scan", scan],
]);
/** What is known of a loop's values gets less at each turn, in a few steps at most. */
const MOST_TURNS = 8;

export function bodyRule(operator: string): BodyRule | undefined {
  return RULES.get(operator);
}

function choose(operation: Operation, walk: GraphWalk, scope: Scope, around: Surroundings): readonly Value[] {
  const condition = operation.input(0);
  const known = numberIn(elementsOf(condition)?.values[0] ?? new Map([["?", 1]]));
  if (condition.kind === "rows") {
    operation.touching("chooses for all rows by what they hold");
  }
  if (known === undefined && condition.kind === "sized") {
    operation.undecided("chooses by the number of rows");
  }
  const run = (name: string) => walkBody(walk, bodyOf(operation, name), [], scope, around);
  if (known !== undefined) {
    return run(known === 0 ? "else_branch" : "then_branch");
  }
  const [yes, no] = [run("then_branch"), run("else_branch")];
  const apart = verdictOn(operation.node, "undecided", "keeps rows in different places in its two branches");
  return yes.map((value, index) =>
    join(value, no[index] ?? { kind: "refused", verdict: apart }, operation.symbols, new Set(), apart),
  );
}

function loop(operation: Operation, walk: GraphWalk, scope: Scope, around: Surroundings): readonly Value[] {
  for (const input of [operation.inputs[0], operation.inputs[1]]) {
    if (input?.kind === "rows") {
      operation.touching("turns for all rows as often as they ask for");
    }
    if (input?.kind === "sized") {
      operation.undecided("turns as often as there are rows");
    }
  }
  const body = bodyOf(operation, "body");
  const initial = operation.inputs
    .slice(2)
    .map((input) => input ?? operation.undecided("lacks a value to start with"));
  const turn: Known = { kind: "free", shape: [] };
  const { carried, results } = settle(operation, initial, (values) => {
    const [condition, ...rest] = walkBody(walk, body, [turn, turn, ...values], scope, around);
    if (condition?.kind !== "free") {
      operation.undecided("may turn as often as the rows ask for");
    }
    return rest;
  });
  return [...carried, ...results.map((value) => stacked(operation, value, 0))];
}

function scan(operation: Operation, walk: GraphWalk, scope: Scope, around: Surroundings): readonly Value[] {
  if (operation.version < 9) {
    operation.undecided("is of an operator set that is not followed");
  }
  const body = bodyOf(operation, "body");
  const count = operation.int("num_scan_inputs", 0);
  const inputs = operation.inputs.map((_, index) => operation.input(index));
  const initial = inputs.slice(0, inputs.length - count);
  const axes = operation.ints("scan_input_axes") ?? [];
  const slices = inputs
    .slice(inputs.length - count)
    .map((value, index) => slice(operation, value, axes[index] ?? 0));
  const { carried, results } = settle(operation, initial, (values) =>
    walkBody(walk, body, [...values, ...slices], scope, around),
  );
  const places = operation.ints("scan_output_axes") ?? [];
  return [...carried, ...results.map((value, index) => stacked(operation, value, places[index] ?? 0))];
}

/** Turns until nothing new comes: what is carried on holds before and after every turn. */
function settle(
  operation: Operation,
  initial: readonly Known[],
  turn: (values: readonly Known[]) => readonly Value[],
): { carried: readonly Value[]; results: readonly Value[] } {
  const widened: Widened = new Set<Length>();
  const apart = verdictOn(operation.node, "undecided", "moves rows from turn to turn");
  let values: readonly Known[] = initial;
  for (let count = 0; count < MOST_TURNS; count += 1) {
    const next = turn(values);
    const joined = values.map((value, index) =>
      join(value, next[index] ?? { kind: "refused", verdict: apart }, operation.symbols, widened, apart),
    );
    const lost = joined.find((value) => value.kind === "refused");
    if (lost !== undefined) {
      return { carried: joined.map(() => lost), results: next.slice(initial.length).map(() => lost) };
    }
    if (joined.every((value, index) => isSameValue(value, values[index] ?? value))) {
      return { carried: joined, results: next.slice(initial.length) };
    }
    values = joined as readonly Known[];
  }
  return operation.undecided("does not come to rest");
}

/** One of the values that are taken along dimension `given`, turn by turn. */
function slice(operation: Operation, value: Known, given: number): Known {
  const rows = rowsOf(value);
  const axis = given < 0 && value.shape !== undefined ? given + value.shape.length : given;
  if (axis < 0) {
    operation.undecided(
      "counts dimensions from the last of a tensor whose number of dimensions is not known",
    );
  }
  if (rows?.axis === axis) {
    operation.touching(`turns along dimension ${axis}, where the rows are`);
  }
  const shape = value.shape?.filter((_, at) => at !== axis);
  return value.kind === "rows"
    ? {
        kind: "rows",
        rows: { ...value.rows, axis: value.rows.axis - (axis < value.rows.axis ? 1 : 0) },
        shape,
      }
    : { kind: value.kind, shape };
}

/** The values of all turns, put together along a new dimension. */
function stacked(operation: Operation, value: Value, axis: number): Value {
  if (value.kind === "refused") {
    return value;
  }
  if (axis < 0) {
    operation.undecided("puts results together along a dimension counted from the last");
  }
  const turns = operation.symbols.fresh(value.kind === "sized");
  const shape =
    value.shape && inserted(value.shape, [axis]).map((length, at) => (at === axis ? turns : length));
  if (value.kind !== "rows") {
    return { kind: value.kind, shape };
  }
  return {
    kind: "rows",
    rows: { ...value.rows, axis: value.rows.axis + (axis <= value.rows.axis ? 1 : 0) },
    shape,
  };
}

function bodyOf(operation: Operation, name: string): OnnxGraph {
  const attribute = operation.node.attributes[name];
  return attribute?.kind === "graph" ? attribute.value : operation.undecided("has no body");
}

function walkBody(
  walk: GraphWalk,
  body: OnnxGraph,
  inputs: readonly Known[],
  around: Scope,
  surroundings: Surroundings,
): readonly Value[] {
  const scope = new Scope(around);
  for (const [index, { name }] of body.inputs.entries()) {
    const value = inputs[index];
    if (value !== undefined) {
      scope.set(name, value);
    }
  }
  walk.graph(body, scope, surroundings);
  return body.outputs.map(
    ({ name }): Value => scope.get(name) ?? { kind: "refused", verdict: missing(name) },
  );
}

function missing(name: string) {
  return {
    kind: "undecided",
    reason: `Nothing gives '${name}', the result of a body.`,
    node: "",
    operator: "",
  } as const;
}
