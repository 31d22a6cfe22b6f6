import type { OnnxAttribute, OnnxGraph, OnnxOpset } from "../types.js";
import type { Scope } from "./scope.js";

/** What is around a node: whose operator sets hold, what a function's call gives, and how deep it lies. */
export interface Surroundings {
  readonly opsets: readonly OnnxOpset[];
  readonly attributes: Readonly<Record<string, OnnxAttribute | undefined>> | undefined;
  readonly depth: number;
}

/** Follows the rows through a graph: what operators with bodies need of the walk that they are part of. */
export interface GraphWalk {
  graph(graph: OnnxGraph, scope: Scope, around: Surroundings): void;
}
