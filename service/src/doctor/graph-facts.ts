import { product } from "../tensors/shape.js";
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from "../onnx/types.js";

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
  const graphs = withBodies(graph);
  const nodes = graphs.flatMap((each) => each.nodes);
  const tensors = [...graphs.flatMap((each) => each.initializers), ...nodes.flatMap(constants)];
  return {
    producer: [producerName, producerVersion].filter(Boolean).join(" "),
    opsets: [...new Set(opsets.map(({ domain, version }) => `${domain || "ai.onnx"} ${version}`))].join(", "),
    operators: countOperators(nodes.map(({ operator }) => operator)),
    parameters: tensors.reduce((sum, tensor) => sum + elements(tensor), 0),
    externalFiles: [...new Set(tensors.flatMap(externalFile))].sort(),
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

/** A graph and the bodies of its nodes, and of the nodes in them. */
function withBodies(graph: OnnxGraph): OnnxGraph[] {
  const attributes = graph.nodes.flatMap((node) => Object.values(node.attributes));
  return [graph, ...attributes.flatMap((each) => (each.kind === "graph" ? withBodies(each.value) : []))];
}

/** Some converters write every weight as a node. */
function constants({ operator, attributes }: OnnxNode): OnnxTensor[] {
  const value = operator === "Constant" ? attributes["value"] : undefined;
  return value?.kind === "tensor" ? [value.value] : [];
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
