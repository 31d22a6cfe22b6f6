import type { ModelConfig } from "../../models/model-config.js";
import type { DeclaredTensor } from "./session/session.js";

/** A graph's inputs with the lengths that config.json allows their free dimensions. */
export interface DimensionBounds {
  readonly inputs: readonly DeclaredTensor[];
  /** What of `dimensions` names nothing: one sentence each, beginning with the field. */
  readonly faults: readonly string[];
}

/**
 * Applies config.json's `dimensions` to the inputs. A key is the name that the graph gives a free dimension, which may be
 * one of several inputs, or `INPUT.AXIS` for one without a name.
 */
export function dimensionBounds(
  { dimensions = {} }: Pick<ModelConfig, "dimensions">,
  declared: readonly DeclaredTensor[],
): DimensionBounds {
  const named = new Set<string>();
  const inputs = declared.map((input): DeclaredTensor => {
    const longest = input.shape.map((size, axis) => {
      const keys = [input.symbols[axis] ?? "", `${input.name}.${axis}`].filter((key) =>
        Object.hasOwn(dimensions, key),
      );
      const [key] = size === -1 ? keys : [];
      if (key === undefined) {
        return undefined;
      }
      named.add(key);
      return dimensions[key];
    });
    return longest.some((length) => length !== undefined) ? { ...input, longest } : input;
  });
  const unknown = Object.keys(dimensions).filter((key) => !named.has(key));
  return { inputs, faults: unknown.map((key) => `dimensions.${key}: ${none(declared)}`) };
}

function none(declared: readonly DeclaredTensor[]): string {
  const free = unbounded(declared, false);
  return free.length === 0
    ? "the graph has no free dimension."
    : `the graph has no such free dimension; it has ${free.join(", ")}.`;
}

/**
 * The dimensions that requests may make as long as they like, as keys of `dimensions`. With `batched`, dimension 0 is the
 * batch, whose end the server sets.
 */
export function unbounded(inputs: readonly DeclaredTensor[], batched: boolean): string[] {
  const keys = inputs.flatMap(({ name, shape, symbols, longest }) =>
    shape.flatMap((size, axis) =>
      size !== -1 || (batched && axis === 0) || longest?.[axis] !== undefined
        ? []
        : [/\w/.test(symbols[axis] ?? "") ? (symbols[axis] ?? "") : `${name}.${axis}`],
    ),
  );
  return [...new Set(keys)];
}
