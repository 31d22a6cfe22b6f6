import type { OnnxNode } from "../types.js";
import { dependsOnBatch, numberIn, type Length } from "./lengths.js";
import type { Symbols } from "./symbols.js";
import { elementsOf, lengthOf, type Known, type RefusedVerdict, type Rows, type Shape } from "./values.js";

/** Thrown inside a rule, caught where rules are applied: the node's outputs are not shown to keep rows apart. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(readonly verdict: RefusedVerdict) {
    super(verdict.reason);
  }
}

/** What the analysis of one model shares among its nodes. */
export interface Setting {
  readonly symbols: Symbols;
  /** The number of rows when the model fixes it. */
  readonly fixedRows: number | undefined;
}

/** What a rule is given: a node, its operator set's version and what is known of its inputs. */
export class Operation {
  constructor(
    readonly node: OnnxNode,
    readonly version: number,
    readonly inputs: readonly (Known | undefined)[],
    readonly setting: Setting,
  ) {}

  /** The same node with other inputs, for a rule that is another operator's with inputs in other places. */
  given(inputs: readonly (Known | undefined)[]): Operation {
    return new Operation(this.node, this.version, inputs, this.setting);
  }

  get symbols(): Symbols {
    return this.setting.symbols;
  }

  /** Input number `index`, which must be there. */
  input(index: number): Known {
    return this.inputs[index] ?? this.fail("lacks an input");
  }

  shape(index: number): Shape {
    return this.inputs[index]?.shape;
  }

  int(name: string, fallback: number): number {
    const attribute = this.node.attributes[name];
    return attribute?.kind === "int" ? attribute.value : fallback;
  }

  ints(name: string): readonly number[] | undefined {
    const attribute = this.node.attributes[name];
    return attribute?.kind === "ints" ? attribute.value : undefined;
  }

  string(name: string, fallback: string): string {
    const attribute = this.node.attributes[name];
    return attribute?.kind === "string" ? attribute.value : fallback;
  }

  has(name: string): boolean {
    return this.node.attributes[name] !== undefined;
  }

  /** A dimension of an output that nothing is known of. */
  fresh(): Length {
    return this.symbols.fresh(this.inputs.some((input) => input?.kind === "sized"));
  }

  /**
   * An output of the node: of rows when `rows` are given. An input that depends on the number of rows makes an output
   * without rows depend on it too, and refuses one with rows; `read` are inputs that the rule has accounted for.
   */
  output(rows: Rows | undefined, shape: Shape, read: readonly number[] = []): Known {
    const isSized = this.inputs.some((input, index) => input?.kind === "sized" && !read.includes(index));
    if (rows === undefined) {
      this.withoutRowsBut(...read);
      return { kind: isSized || shape?.some(dependsOnBatch) ? "sized" : "free", shape };
    }
    if (isSized) {
      return this.touching("takes the number of rows into what it computes from them");
    }
    if (shape?.some((length, axis) => axis !== rows.axis && dependsOnBatch(length))) {
      return this.undecided("makes a second dimension that grows with the number of rows");
    }
    return {
      kind: "rows",
      rows,
      shape: shape?.map((length, axis) => (axis === rows.axis ? lengthOf(rows) : length)),
    };
  }

  /** Refuses the node when an input other than those of `allowed` has rows. */
  withoutRowsBut(...allowed: readonly number[]): void {
    const index = this.inputs.findIndex((input, at) => input?.kind === "rows" && !allowed.includes(at));
    if (index >= 0) {
      this.undecided(`is given rows as input ${index}, where it is only followed with constants`);
    }
  }

  /** The values of input `index` as plain numbers; undefined when they are not all known. */
  numbers(index: number): readonly number[] | undefined {
    const values = elementsOf(this.inputs[index])?.values.map(numberIn);
    if (values === undefined || values.includes(undefined)) {
      return undefined;
    }
    return values as number[];
  }

  touching(phrase: string): never {
    return this.refuse("touching", phrase);
  }

  undecided(phrase: string): never {
    return this.refuse("undecided", phrase);
  }

  private fail(phrase: string): never {
    return this.refuse("undecided", phrase);
  }

  private refuse(kind: RefusedVerdict["kind"], phrase: string): never {
    throw new Refusal(verdictOn(this.node, kind, phrase));
  }
}

/** A verdict whose reason is a sentence that begins with the operator and its node. */
export function verdictOn(node: OnnxNode, kind: RefusedVerdict["kind"], phrase: string): RefusedVerdict {
  const name = node.name || (node.outputs.find(Boolean) ?? "");
  return {
    kind,
    reason: `${node.operator} (node '${name}') ${phrase}.`,
    node: name,
    operator: node.operator,
  };
}
