import type { OnnxGraph, OnnxNode, OnnxTensor } from "./types.js";

/** A graph and the bodies of its nodes, and of the nodes in them. */
export function withBodies(graph: OnnxGraph): OnnxGraph[] {
  const attributes = graph.nodes.flatMap((node) => Object.values(node.attributes));
  return [graph, ...attributes.flatMap((each) => (each.kind === "graph" ? withBodies(each.value) : []))];
}

/** The tensors that a graph and the bodies in it hold. */
export function tensorsOf(graph: OnnxGraph): OnnxTensor[] {
  return withBodies(graph).flatMap(({ initializers, nodes }) => [
    ...initializers,
    ...nodes.flatMap(constants),
  ]);
}

/** The files beside the model that hold tensors, named from its folder, in order. */
export function externalFiles(graph: OnnxGraph): string[] {
  return [...new Set(tensorsOf(graph).flatMap(externalFile))].sort();
}

/** Some converters write every weight as a node. */
function constants({ operator, attributes }: OnnxNode): OnnxTensor[] {
  const value = operator === "Constant" ? attributes["value"] : undefined;
  return value?.kind === "tensor" ? [value.value] : [];
}

function externalFile({ data }: OnnxTensor): string[] {
  return data.kind === "external" && data.entries["location"] !== undefined ? [data.entries["location"]] : [];
}
