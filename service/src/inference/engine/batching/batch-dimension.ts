import type { DeclaredTensor } from "../session/session.js";

/** How a graph takes rows. */
export interface BatchDimension {
  /** Whether dimension 0 of every tensor is the batch. */
  readonly batched: boolean;
  /** The number of rows that every run must have, when the graph fixes it. */
  readonly fixedRows: number | undefined;
  /** What of the declaration or of config.json keeps requests apart, as a whole sentence; "" where nothing does. */
  readonly apart: string;
}

function unbatched(apart: string): BatchDimension {
  return { batched: false, fixedRows: undefined, apart };
}

/**
 * Reads the batch dimension off a graph's declaration. By itself it is taken as one when it is dynamic (under one name in
 * all inputs) or 1 in every tensor; a larger fixed one only when `configured` says so, for it may as well be a matrix.
 * Throws when `configured` is true and the tensors cannot have one.
 */
export function batchDimension(
  inputs: readonly DeclaredTensor[],
  outputs: readonly DeclaredTensor[],
  configured: boolean | undefined,
): BatchDimension {
  if (configured === false) {
    return unbatched("config.json says so.");
  }
  // Inputs that have a default have no rows.
  const withRows = inputs.filter((input) => input.default === undefined);
  const tensors = [...withRows, ...outputs];
  const sizes = new Set(tensors.map((tensor) => tensor.shape[0]));
  const symbols = new Set(withRows.map((input) => input.symbols[0]).filter((symbol) => symbol !== ""));
  const [size] = sizes;
  const problem = problemOf(sizes, symbols, withRows);
  if (problem !== undefined || size === undefined) {
    const reason = problem ?? "a tensor has no dimension";
    if (configured) {
      throw new Error(`config.json: batched is true, but ${reason}.`);
    }
    return unbatched(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`);
  }
  if (size === -1) {
    return { batched: true, fixedRows: undefined, apart: "" };
  }
  return size === 1 || configured
    ? { batched: true, fixedRows: size, apart: "" }
    : unbatched(`Dimension 0 is always ${size}, as that of a matrix may be.`);
}

function problemOf(
  sizes: ReadonlySet<number | undefined>,
  symbols: ReadonlySet<string | undefined>,
  inputs: readonly DeclaredTensor[],
): string | undefined {
  if (inputs.length === 0) {
    return "the graph has no input that must be given";
  }
  if (sizes.has(undefined)) {
    return "a tensor has no dimension";
  }
  if (sizes.size > 1) {
    return "dimension 0 differs between inputs and outputs";
  }
  if (symbols.size > 1) {
    return `dimension 0 has several names: ${[...symbols].join(", ")}`;
  }
  return undefined;
}
