import { product } from "../tensors/shape.js";
import type { OnnxModel, OnnxTensor } from "../onnx/types.js";

/** What a person wants to know of a graph before serving it. */
export interface GraphFacts {
  readonly producer: string;
  readonly opsets: string;
  readonly operators: readonly (readonly [operator: string, count: number])[];
  readonly parameters: number;
  /** Files beside the graph that hold weights. */
  readonly externalFiles: readonly string[];
  /** Inputs and outputs whose file says nothing of their rank. */
  readonly shapeless: readonly string[];
  /** The operator that gives each output. */
  readonly madeBy: Readonly<Record<string, string>>;
}

export function graphFacts({ graph, opsets, producerName, producerVersion }: OnnxModel): GraphFacts {
  return {
    producer: [producerName, producerVersion].filter(Boolean).join(" ") || "unknown",
    opsets: opsets.map(({ domain, version }) => `${domain || "ai.onnx"} ${version}`).join(", "),
    operators: countOperators(graph.nodes.map(({ operator }) => operator)),
    parameters: graph.initializers.reduce((sum, tensor) => sum + elements(tensor), 0),
    externalFiles: [...new Set(graph.initializers.flatMap(externalFile))].sort(),
    shapeless: [...graph.inputs, ...graph.outputs].filter(isShapeless).map(({ name }) => name),
    madeBy: Object.fromEntries(
      graph.nodes.flatMap(({ operator, outputs }) => outputs.map((output) => [output, operator])),
    ),
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

function externalFile({ data }: OnnxTensor): string[] {
  return data.kind === "external" && data.entries["location"] !== undefined ? [data.entries["location"]] : [];
}

function isShapeless({ kind, shape }: OnnxModel["graph"]["inputs"][number]): boolean {
  return kind === "tensor" && shape === undefined;
}
