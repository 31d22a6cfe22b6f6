import type { OnnxNode } from "../types.js";
import type { Value } from "./values.js";

/** The values that nodes may read by name: a graph's own and, inside the body of If, Loop or Scan, those around it. */
export class Scope {
  private readonly values = new Map<string, Value>();
  private readonly producers = new Map<string, OnnxNode>();

  constructor(private readonly around?: Scope) {}

  get(name: string): Value | undefined {
    return this.values.get(name) ?? this.around?.get(name);
  }

  set(name: string, value: Value, producer?: OnnxNode): void {
    this.values.set(name, value);
    if (producer !== undefined) {
      this.producers.set(name, producer);
    }
  }

  producerOf(name: string): OnnxNode | undefined {
    return this.producers.get(name);
  }
}
