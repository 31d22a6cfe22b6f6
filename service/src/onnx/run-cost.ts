import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode } from "./types.js";

/**
 * What the work of a run depends on. `shapes`: on its inputs' shapes alone, so that a run of the same shapes takes the
 * same time whatever they hold. `values`: on what they hold as well. `endless`: on what they hold, without any bound.
 * `deadly`: the runtime may end its whole process over an input.
 */
export interface RunCost {
  readonly kind: "shapes" | "values" | "endless" | "deadly";
  /** The node or the input that makes it so, as a whole sentence; "" for `shapes`. */
  readonly reason: string;
}

/** The inputs of operators that say how large a result is, by operator. */
const SIZE_INPUTS: ReadonlyMap<string, readonly number[]> = new Map([
  ["AffineGrid", [1]],
  ["CenterCropPad", [1]],
  ["ConstantOfShape", [0]],
  ["Expand", [1]],
  ["Col2Im", [1]],
  ["DFT", [1]],
  ["MaxUnpool", [2]],
  ["OneHot", [1]],
  ["Pad", [1, 3]],
  ["Range", [0, 1, 2]],
  ["Reshape", [1]],
  ["Resize", [1, 2, 3]],
  ["STFT", [1, 3]],
  ["Slice", [1, 2, 3, 4]],
  ["Split", [1]],
  ["Tile", [1]],
  ["TopK", [1]],
  ["Upsample", [1]],
  ["BlackmanWindow", [0]],
  ["HammingWindow", [0]],
  ["HannWindow", [0]],
]);

/** Operators whose result is as large as what their inputs hold asks for, or that choose what to compute by it. */
const BY_VALUES = new Set(["Compress", "If", "NonMaxSuppression", "NonZero", "Unique", "StringSplit"]);

/** Operators that go on until a value tells them to stop. */
const UNTIL_TOLD = new Set(["Loop", "BeamSearch", "GreedySearch", "Sampling", "WhisperBeamSearch"]);

/**
 * What the work of the graph's runs depends on. What is not understood (sizes computed inside a function or a body) counts
 * as depending on values. Operators: https://onnx.ai/onnx/operators/
 */
export function runCost({ graph, functions = [] }: OnnxModel): RunCost {
  const loop = [graph.nodes, ...functions.map(({ nodes }) => nodes)]
    .flatMap(withBodies)
    .find(({ operator }) => UNTIL_TOLD.has(operator));
  if (loop !== undefined) {
    return { kind: "endless", reason: reasonOf(loop, "goes on until a value tells it to stop") };
  }
  const convolution = convolutionOfAnySize(graph);
  if (convolution !== undefined) {
    return {
      kind: "deadly",
      reason: reasonOf(
        convolution,
        "is given pictures of any size, and the runtime ends its process over one that is too small",
      ),
    };
  }
  const text = graph.inputs.find(({ elementType }) => elementType === "STRING");
  if (text !== undefined) {
    return { kind: "values", reason: `Input '${text.name}' takes texts, which are of any length.` };
  }
  const open = graph.inputs.find(({ kind, shape }) => kind === "tensor" && shape === undefined);
  if (open !== undefined) {
    return { kind: "values", reason: `Input '${open.name}' takes tensors of any shape.` };
  }
  const bodies = [...functions.flatMap(({ nodes }) => withBodies(nodes)), ...graph.nodes.flatMap(bodiesOf)];
  const hidden = bodies.find(({ operator }) => SIZE_INPUTS.has(operator) || BY_VALUES.has(operator));
  if (hidden !== undefined) {
    return { kind: "values", reason: reasonOf(hidden, "lies in a function or a body, and may choose sizes") };
  }
  return costOfNodes(graph);
}

/**
 * A convolution of pictures whose sides requests choose. ONNX Runtime 1.30 divides by 0 when a window before it has left
 * nothing of the picture.
 */
function convolutionOfAnySize({ inputs, nodes }: OnnxGraph): OnnxNode | undefined {
  const isFree = inputs.some(
    ({ shape = [] }) =>
      shape.length === 4 && shape.slice(1).some((dimension) => typeof dimension === "string"),
  );
  return isFree ? nodes.find(({ operator }) => operator === "Conv") : undefined;
}

/** Follows what depends on the values of the inputs, node by node. */
function costOfNodes({ inputs, initializers, nodes }: OnnxGraph): RunCost {
  const constants = new Set(initializers.map(({ name }) => name));
  const byValue = new Set(inputs.map(({ name }) => name).filter((name) => !constants.has(name)));
  for (const node of nodes) {
    const sizes = (SIZE_INPUTS.get(node.operator) ?? []).map((index) => node.inputs[index] ?? "");
    if (sizes.some((name) => byValue.has(name))) {
      return { kind: "values", reason: reasonOf(node, "takes a size from what the inputs hold") };
    }
    const dependent = node.inputs.some((name) => byValue.has(name));
    if (dependent && BY_VALUES.has(node.operator)) {
      return { kind: "values", reason: reasonOf(node, "works as what the inputs hold asks for") };
    }
    // Only shapes that depend on values would make these depend on them, and there are none up to here.
    if (dependent && node.operator !== "Shape" && node.operator !== "Size") {
      node.outputs.forEach((name) => byValue.add(name));
    }
  }
  return { kind: "shapes", reason: "" };
}

function withBodies(nodes: readonly OnnxNode[]): OnnxNode[] {
  return nodes.flatMap((node) => [node, ...bodiesOf(node)]);
}

/** The nodes of a node's bodies, and of the bodies in them. */
function bodiesOf({ attributes }: OnnxNode): OnnxNode[] {
  return Object.values(attributes).flatMap((attribute: OnnxAttribute) =>
    attribute.kind === "graph" ? withBodies(attribute.value.nodes) : [],
  );
}

function reasonOf({ operator, name, outputs }: OnnxNode, phrase: string): string {
  return `${operator} (node '${name || (outputs.find(Boolean) ?? "")}') ${phrase}.`;
}
