import { BATCH, dependsOnBatch, isSame, multiply, ONE, type Length } from "./lengths.js";

/** The dimensions of a tensor; undefined when not even their number is known. */
export type Shape = readonly Length[] | undefined;

/**
 * Where the rows of the batch lie: dimension `axis` is `outer` x B x `per` long, and what has index (o, b, p) in it
 * depends on row b alone. No other dimension depends on the batch.
 */
export interface Rows {
  readonly axis: number;
  readonly outer: Length;
  readonly per: Length;
}

/** The elements of a small tensor, row-major. */
export interface Elements {
  readonly values: readonly Length[];
  /** False for floating-point numbers, whose quotients are not cut to whole ones. */
  readonly integer: boolean;
}

/** Why an output is not shown to keep its rows apart. */
export interface RefusedVerdict {
  readonly kind: "undecided" | "touching";
  /** A whole sentence. */
  readonly reason: string;
  /** The node's name, or its first output's when it has none; "" when it is not about a node. */
  readonly node: string;
  readonly operator: string;
}

/** What is known of a value in the graph. */
export type Value =
  /** The same whatever rows are run and however many. */
  | { readonly kind: "free"; readonly shape: Shape; readonly elements?: Elements }
  /** Depends on how many rows are run, not on what they hold. */
  | { readonly kind: "sized"; readonly shape: Shape; readonly elements?: Elements }
  /** Made of rows that do not touch. `numbers`: each element is its row's number. */
  | { readonly kind: "rows"; readonly rows: Rows; readonly shape: Shape; readonly numbers?: boolean }
  /** Anything else: may depend on all rows. */
  | { readonly kind: "refused"; readonly verdict: RefusedVerdict };

/** A value that is known to some extent. */
export type Known = Exclude<Value, { readonly kind: "refused" }>;

export function rowsAt(axis: number, outer: Length = ONE, per: Length = ONE): Rows {
  return { axis, outer, per };
}

/** How long the dimension of the rows is. */
export function lengthOf({ outer, per }: Rows): Length {
  return multiply(multiply(outer, BATCH), per);
}

export function areSameRows(left: Rows, right: Rows): boolean {
  return left.axis === right.axis && isSame(left.outer, right.outer) && isSame(left.per, right.per);
}

export function rowsOf(value: Known | undefined): Rows | undefined {
  return value?.kind === "rows" ? value.rows : undefined;
}

export function elementsOf(value: Known | undefined): Elements | undefined {
  return value === undefined || value.kind === "rows" ? undefined : value.elements;
}

/** A value of known elements: free of the batch unless one of them depends on it. */
export function known(shape: readonly Length[], values: readonly Length[], integer = true): Known {
  const kind = values.some(dependsOnBatch) ? "sized" : "free";
  return { kind, shape, elements: { values, integer } };
}

/** A value without rows whose shape turns out to depend on their number depends on it. */
export function normalized(value: Known): Known {
  return value.kind === "free" && value.shape?.some(dependsOnBatch)
    ? { kind: "sized", shape: value.shape }
    : value;
}
