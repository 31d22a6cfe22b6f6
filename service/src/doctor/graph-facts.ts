import { product } from "../tensors/shape.js";
import type { OnnxModel, OnnxTensor } from "../onnx/types.js";
import { externalFiles, tensorsOf, withBodies } from "../onnx/weights.js";

/** What a person wants to know of a graph before serving it. */
export interface GraphFacts {
  /** "" where the file does not say. */
  readonly producer: string;
  readonly opsets: string;
  readonly operators: readonly (readonly [operator: string, count: number])[];
  readonly parameters: number;
  /** Files beside the graph that hold weights. */
  readonly externalFiles: readonly string[];
  /** Inputs and outputs whose file says nothing of their rank. */
  readonly shapeless: readonly string[];
  readonly outputs: readonly string[];
}

export function graphFacts({ graph, opsets, producerName, producerVersion }: OnnxModel): GraphFacts {
  const nodes = withBodies(graph).flatMap((each) => each.nodes);
  return {
    producer: [producerName, producerVersion].filter(Boolean).join(" "),
    opsets: [...new Set(opsets.map(({ domain, version }) => `${domain || "ai.onnx"} ${version}`))].join(", "),
    operators: countOperators(nodes.map(({ operator }) => operator)),
    parameters: tensorsOf(graph).reduce((sum, tensor) => sum + elements(tensor), 0),
    externalFiles: externalFiles(graph),
    shapeless: [...graph.inputs, ...graph.outputs].filter(isShapeless).map(({ name }) => name),
    outputs: graph.outputs.map(({ name }) => name),
  };
}

function countOperators(operators: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const operator of operators) {
    counts.set(operator, (counts.get(operator) ?? 0) + 1);
  }
  return [...counts].sort(([, left], [, right]) => right - left);
}

function elements({ shape }: OnnxTensor): number {
  return product(shape);
}

function isShapeless({ kind, shape }: OnnxModel["graph"]["inputs"][number]): boolean {
  return kind === "tensor" && shape === undefined;
}
