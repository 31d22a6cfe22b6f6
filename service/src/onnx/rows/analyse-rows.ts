/**
 * Whether the rows of a batch touch one another in a graph. Requests of different callers may be joined into one run, and
 * one request cut into several, only when every output's row depends on the inputs' same row alone, however many rows run
 * together. This folder proves it from the graph: it follows where the rows lie from the inputs' dimension 0 through each
 * operator to the outputs, with dimensions as polynomials over names, the number of rows among them.
 *
 * - `lengths.ts`, `symbols.ts`: dimensions and the names in them; `values.ts`: what is known of a value.
 * - `walk.ts`, `control-flow.ts`: graphs, functions, and bodies of If, Loop and Scan, node by node.
 * - `operation.ts` and `rules/`: what each operator does to rows. An operator without a rule is never proved.
 * - `layout.ts`, `broadcasting.ts`, `products.ts`, `fold.ts`, `arithmetic.ts`: what several rules share.
 *
 * It rests on what a server must see to: all inputs of a run have the same number of rows, and those of the requests that
 * are joined agree in all other dimensions. A default of an input is a constant, as long as nobody feeds it.
 */
import { messageOf } from "../../server/errors.js";
import type { OnnxModel, OnnxValue } from "../types.js";
import { BATCH, constant, ONE, isSame } from "./lengths.js";
import { Symbols } from "./symbols.js";
import { Scope } from "./scope.js";
import { rowsAt, type RefusedVerdict, type Value } from "./values.js";
import { Walk } from "./walk.js";

/** Whether rows are proved to stay apart; if not, the first output of which it is not known, and the node to blame. */
export type RowVerdict =
  | { readonly kind: "proved" }
  | (RefusedVerdict & {
      /** The output that the verdict is about; absent when it is about the whole graph. */
      readonly output?: string;
    });

/** Operator sets whose operators the rules know: older ones compute otherwise, newer ones may. */
const OLDEST_OPSET = 7;
const NEWEST_OPSETS: ReadonlyMap<string, number> = new Map([
  ["", 26],
  ["ai.onnx", 26],
  ["ai.onnx.ml", 5],
]);

/**
 * The verdict on a graph whose inputs have their rows in dimension 0. "touching" is an operator that certainly mixes
 * rows, "undecided" what cannot be told. A graph that fixes dimension 0 of all its inputs to one number is analysed as
 * one of that many rows; where it is 1, each run has a row of its own, so that it is proved if its outputs have one too.
 * Never throws.
 */
export function analyseRows(model: OnnxModel): RowVerdict {
  try {
    return analyse(model);
  } catch (cause) {
    const message = messageOf(cause);
    return undecided(`The graph could not be followed: ${message.slice(0, 200)}.`);
  }
}

function analyse(model: OnnxModel): RowVerdict {
  const { graph, opsets } = model;
  const unknown = opsets.find(({ domain, version }) => version > (NEWEST_OPSETS.get(domain) ?? Infinity));
  const standard = opsets.find(({ domain }) => domain === "" || domain === "ai.onnx");
  if (unknown !== undefined || (standard !== undefined && standard.version < OLDEST_OPSET)) {
    const { domain, version } = unknown ?? { domain: "", version: standard?.version ?? 0 };
    return undecided(`Version ${version} of the operator set '${domain || "ai.onnx"}' is not known.`);
  }
  const defaults = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !defaults.has(name));
  const fixed = new Set(inputs.map(({ shape }) => (typeof shape?.[0] === "number" ? shape[0] : undefined)));
  const fault = inputFault(inputs, fixed.size);
  if (fault !== undefined) {
    return fault;
  }
  const [fixedRows] = fixed;
  if (fixedRows === 1) {
    return singleRow(graph.outputs);
  }
  const setting = { symbols: new Symbols(), fixedRows };
  const scope = new Scope();
  for (const input of inputs) {
    scope.set(input.name, inputValue(input, setting.symbols));
  }
  new Walk(model, setting).graph(graph, scope, { opsets, attributes: undefined, depth: 0 });
  for (const { name } of graph.outputs) {
    const fault = outputFault(name, scope);
    if (fault !== undefined) {
      return { ...fault, output: name };
    }
  }
  return { kind: "proved" };
}

function inputFault(inputs: readonly OnnxValue[], kinds: number): RowVerdict | undefined {
  if (inputs.length === 0) {
    return undecided("The graph has no inputs.");
  }
  const other = inputs.find(({ kind }) => kind !== "tensor");
  if (other !== undefined) {
    return undecided(`Input '${other.name}' is no tensor.`);
  }
  const scalar = inputs.find(({ shape }) => shape?.length === 0);
  if (scalar !== undefined) {
    return undecided(`Input '${scalar.name}' is a single number, which has no rows.`);
  }
  return kinds > 1
    ? undecided("Some inputs fix dimension 0 to a number that others do not share.")
    : undefined;
}

/** Dimensions of one name are not taken to be of one length: nothing in the runtime sees to that. */
function inputValue({ shape }: OnnxValue, symbols: Symbols): Value {
  const dimensions = shape?.map((dimension, axis) => {
    if (axis === 0) {
      return BATCH;
    }
    return typeof dimension === "number" && dimension > 0 ? constant(dimension) : symbols.fresh();
  });
  return { kind: "rows", rows: rowsAt(0), shape: dimensions };
}

function singleRow(outputs: readonly OnnxValue[]): RowVerdict {
  const other = outputs.find(({ kind, shape }) => kind !== "tensor" || shape?.[0] !== 1);
  return other === undefined
    ? { kind: "proved" }
    : {
        ...undecided(`Each run has one row, but output '${other.name}' is not declared to have one.`),
        output: other.name,
      };
}

function outputFault(name: string, scope: Scope): RefusedVerdict | undefined {
  const value = scope.get(name);
  if (value?.kind === "refused") {
    return value.verdict;
  }
  const phrase = value === undefined ? "is given by nothing" : outputPhrase(value);
  const producer = scope.producerOf(name);
  return phrase === undefined
    ? undefined
    : {
        kind: "undecided",
        reason: `Output '${name}' ${phrase}.`,
        node: producer?.name ?? "",
        operator: producer?.operator ?? "",
      };
}

function outputPhrase(value: Exclude<Value, { kind: "refused" }>): string | undefined {
  if (value.kind === "free") {
    return "is the same whatever the rows hold, so that it has none";
  }
  if (value.kind === "sized") {
    return "depends on the number of rows, not on what they hold";
  }
  const { axis, outer, per } = value.rows;
  if (axis !== 0) {
    return `has the rows in dimension ${axis}, not in dimension 0`;
  }
  if (value.numbers === true) {
    return "numbers the rows";
  }
  return isSame(outer, ONE) && isSame(per, ONE)
    ? undefined
    : "has more than one place in dimension 0 for each row";
}

function undecided(reason: string): RefusedVerdict {
  return { kind: "undecided", reason, node: "", operator: "" };
}
