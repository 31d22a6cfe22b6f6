import type { OnnxFunction, OnnxGraph, OnnxModel, OnnxNode } from "../types.js";
import { constantIn, constantOf } from "./constants.js";
import { bodyRule } from "./control-flow.js";
import { Operation, Refusal, verdictOn, type Setting } from "./operation.js";
import { ruleOf } from "./rules/index.js";
import type { Rule } from "./rules/rule.js";
import { RANDOM } from "./rules/unfollowed.js";
import { Scope } from "./scope.js";
import type { GraphWalk, Surroundings } from "./surroundings.js";
import { normalized, type Known, type Value } from "./values.js";

/** Bounds on bodies within bodies and functions that call functions, and on all of them together. */
const DEEPEST = 24;
const MOST_NODES = 200_000;
/** Operators that keep the numbers of rows what they are, or take account of them. */
const KNOWS_NUMBERS = new Set([
  "Cast",
  "Expand",
  "Flatten",
  "Gather",
  "Identity",
  "Reshape",
  "Shape",
  "Squeeze",
  "Unsqueeze",
]);

/** Follows the rows through graphs, node by node in the order of the file. */
export class Walk implements GraphWalk {
  private readonly functions = new Map<string, OnnxFunction>();
  private nodes = 0;

  constructor(
    model: OnnxModel,
    readonly setting: Setting,
  ) {
    for (const definition of model.functions ?? []) {
      this.functions.set(keyOf(definition.domain, definition.name, definition.overload), definition);
    }
  }

  /** Adds the graph's constants and what its nodes give to `scope`, which holds its inputs. */
  graph(
    { initializers, nodes }: Pick<OnnxGraph, "initializers" | "nodes">,
    scope: Scope,
    around: Surroundings,
  ): void {
    for (const tensor of initializers) {
      scope.set(tensor.name, constantOf(tensor));
    }
    for (const node of nodes) {
      const values = this.node(node, scope, around);
      for (const [index, name] of node.outputs.entries()) {
        if (name !== "") {
          scope.set(
            name,
            values[index] ?? refused(node, `gives output ${index}, which is not followed`),
            node,
          );
        }
      }
    }
  }

  private node(original: OnnxNode, scope: Scope, around: Surroundings): readonly Value[] {
    this.nodes += 1;
    const node = withAttributes(original, around.attributes);
    const fail = (phrase: string) => node.outputs.map(() => refused(node, phrase));
    if (this.nodes > MOST_NODES || around.depth > DEEPEST) {
      return fail("lies in a graph that is too large to follow");
    }
    const inputs = node.inputs.map((name) => (name === "" ? undefined : scope.get(name)));
    const missing = node.inputs.find((name, index) => name !== "" && inputs[index] === undefined);
    if (missing !== undefined) {
      return fail(`reads '${missing}', which nothing before it gives`);
    }
    const unknown = inputs.find((input) => input?.kind === "refused");
    if (unknown !== undefined) {
      return node.outputs.map(() => unknown);
    }
    const version =
      around.opsets.find(({ domain }) => standard(domain) === standard(node.domain))?.version ?? 1;
    const operation = new Operation(node, version, inputs as (Known | undefined)[], this.setting);
    return this.apply(operation, scope, around);
  }

  private apply(operation: Operation, scope: Scope, around: Surroundings): readonly Value[] {
    const { node } = operation;
    const body = standard(node.domain) === "" ? bodyRule(node.operator) : undefined;
    try {
      if (node.operator === "Constant" && standard(node.domain) === "") {
        return [constantNode(operation)];
      }
      if (body !== undefined) {
        return body(operation, this, scope, { ...around, depth: around.depth + 1 });
      }
      const definition = this.functions.get(keyOf(node.domain, node.operator, node.overload ?? ""));
      const rule = ruleOf(node.domain, node.operator);
      if (definition !== undefined) {
        return rule === undefined
          ? this.call(operation, definition, around)
          : operation.undecided("is both the runtime's and the file's own");
      }
      return rule === undefined ? operation.undecided(unknownOperator(node)) : applied(operation, rule);
    } catch (cause) {
      if (cause instanceof Refusal) {
        return node.outputs.map(() => ({ kind: "refused", verdict: cause.verdict }));
      }
      throw cause;
    }
  }

  private call(
    { node, inputs }: Operation,
    definition: OnnxFunction,
    around: Surroundings,
  ): readonly Value[] {
    const scope = new Scope();
    for (const [index, name] of definition.inputs.entries()) {
      const input = inputs[index];
      if (input !== undefined) {
        scope.set(name, input);
      }
    }
    const attributes = { ...definition.attributes, ...node.attributes };
    const opsets = definition.opsets.length > 0 ? definition.opsets : around.opsets;
    this.graph({ initializers: [], nodes: definition.nodes }, scope, {
      opsets,
      attributes,
      depth: around.depth + 1,
    });
    return definition.outputs.map(
      (name) => scope.get(name) ?? refused(node, "has an output that nothing gives"),
    );
  }
}

/** What the rule tells; of constants alone, nothing but constants can come, whether or not it can tell more. */
function applied(operation: Operation, rule: Rule): readonly Value[] {
  const { node, inputs } = operation;
  const isNumbered = inputs.some((input) => input?.kind === "rows" && input.numbers === true);
  if (isNumbered && !KNOWS_NUMBERS.has(node.operator)) {
    operation.touching("computes with the number that each row has among all");
  }
  try {
    const result = rule(operation);
    const values = Array.isArray(result) ? (result as readonly Known[]) : [result as Known];
    return values.map(normalized);
  } catch (cause) {
    if (
      !(cause instanceof Refusal) ||
      RANDOM.has(node.operator) ||
      inputs.some((input) => input?.kind === "rows")
    ) {
      throw cause;
    }
    const kind = inputs.some((input) => input?.kind === "sized") ? "sized" : "free";
    return node.outputs.map(() => ({ kind, shape: undefined }));
  }
}

function constantNode(operation: Operation): Known {
  const [first] = Object.entries(operation.node.attributes);
  return (first && constantIn(...first)) ?? operation.undecided("has a value that is not read");
}

function unknownOperator({ domain }: OnnxNode): string {
  return standard(domain) === "" ? "is not followed" : `is of the domain '${domain}' and is not followed`;
}

function withAttributes(node: OnnxNode, given: Surroundings["attributes"]): OnnxNode {
  const attributes = Object.entries(node.attributes);
  if (given === undefined || !attributes.some(([, attribute]) => attribute.kind === "reference")) {
    return node;
  }
  const resolved = attributes.flatMap(([name, attribute]) => {
    const value = attribute.kind === "reference" ? given[attribute.name] : attribute;
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...node, attributes: Object.fromEntries(resolved) };
}

function refused(node: OnnxNode, phrase: string): Value {
  return { kind: "refused", verdict: verdictOn(node, "undecided", phrase) };
}

function standard(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain, name, overload]);
}
