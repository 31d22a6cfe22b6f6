import { setImmediate } from "node:timers/promises";
import { add, constant, numberIn, ONE, productOf, textOf, type Length } from "./rows/lengths.js";
import { Scope } from "./rows/scope.js";
import { Symbols } from "./rows/symbols.js";
import { Walk } from "./rows/walk.js";
import type { OnnxModel, OnnxNode } from "./types.js";

/** Most of what grows is 32-bit floats; half floats are widened on a CPU. */
const BYTES_PER_ELEMENT = 4;

/** Operators that give their input under another shape, and copy nothing. */
const SAME_MEMORY = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout"]);

/** How much memory a run takes at least, by the shapes of its inputs in the order of the graph. */
export interface RunMemory {
  /** Bytes that must be there at once: those of what one operator reads and gives, for the largest of all. */
  bytes(shapes: readonly (readonly number[])[]): number;
}

/** A dimension of an input that requests choose. */
interface Chosen {
  readonly input: number;
  readonly axis: number;
}

/**
 * Follows the shapes of all tensors of the graph from those of its inputs: as polynomials over the dimensions that
 * requests choose and, since strides and roundings have none, as numbers for two sizes that the rest is reckoned from.
 * What cannot be followed counts as nothing, so that no run is thought larger than it is. `names` are the graph's inputs
 * in the order in which `bytes` is given their shapes. Following a large graph takes a tenth of a second, after which the
 * event loop has a turn. Never rejects.
 */
export async function runMemory(model: OnnxModel, names: readonly string[]): Promise<RunMemory> {
  try {
    const polynomials = polynomialsOf(model, names);
    const growth = await growthOf(model, names);
    return { bytes: (shapes) => BYTES_PER_ELEMENT * Math.max(polynomials(shapes), growth(shapes)) };
  } catch {
    return { bytes: () => 0 };
  }
}

/** Elements for the inputs' shapes. */
type Elements = (shapes: readonly (readonly number[])[]) => number;

/** The length that dimension `axis` of input number `input`, which requests choose, has while the graph is followed. */
type Choose = (input: number, axis: number) => Length;

/** What each node reads and gives, in elements. */
function follow(
  model: OnnxModel,
  names: readonly string[],
  choose: Choose,
  symbols: Symbols = new Symbols(),
): Length[] {
  const { graph, opsets } = model;
  const scope = new Scope();
  for (const { name, shape } of graph.inputs) {
    const dimensions = shape?.map((dimension, axis) =>
      typeof dimension === "number" && dimension > 0
        ? constant(dimension)
        : choose(names.indexOf(name), axis),
    );
    scope.set(name, { kind: "free", shape: dimensions });
  }
  new Walk(model, { symbols, fixedRows: undefined }).graph(graph, scope, {
    opsets,
    attributes: undefined,
    depth: 0,
  });
  const constants = new Set(graph.initializers.map(({ name }) => name));
  return graph.nodes.map((node) => sizeOf(node, scope, constants));
}

/** The sides that a graph is followed with: large enough for every window, and small enough for fixed tables. */
const [SMALL_SIDE, LARGE_SIDE] = [256, 512];

/**
 * From what the graph takes with all free dimensions (but the first, which counts rows) of one length, then of double
 * that: more of it grows as that did. Pictures of twice the sides take four times as much.
 */
async function growthOf(model: OnnxModel, names: readonly string[]): Promise<Elements> {
  const free: Chosen[] = [];
  const peak = async (side: number): Promise<number> => {
    await setImmediate();
    free.length = 0;
    const choose: Choose = (input, axis) => {
      if (axis === 0) {
        return ONE;
      }
      free.push({ input, axis });
      return constant(side);
    };
    return Math.max(0, ...follow(model, names, choose).map((size) => numberIn(size) ?? 0));
  };
  const small = await peak(SMALL_SIDE);
  const large = await peak(LARGE_SIDE);
  if (small === 0 || free.length === 0) {
    return () => 0;
  }
  const power = Math.log2(large / small) / free.length;
  return (shapes) => {
    const sides = free.reduce((product, { input, axis }) => product * (shapes[input]?.[axis] ?? 1), 1);
    return (shapes[0]?.[0] ?? 1) * small * (sides / SMALL_SIDE ** free.length) ** power;
  };
}

function polynomialsOf(model: OnnxModel, names: readonly string[]): Elements {
  const symbols = new Symbols();
  const chosen = new Map<string, Chosen>();
  const choose: Choose = (input, axis) => {
    const length = symbols.fresh();
    const [name = ""] = length.keys();
    chosen.set(name, { input, axis });
    return length;
  };
  return evaluator(largest(follow(model, names, choose, symbols), chosen), chosen);
}

/** The elements that a node reads and gives, as far as they are known; weights are there before any run. */
function sizeOf(node: OnnxNode, scope: Scope, constants: ReadonlySet<string>): Length {
  const names = SAME_MEMORY.has(node.operator) ? node.outputs : [...node.inputs, ...node.outputs];
  const read = new Set(names.filter((name) => name !== "" && !constants.has(name)));
  let sum: Length = new Map();
  for (const name of read) {
    const value = scope.get(name);
    const shape = value === undefined || value.kind === "refused" ? undefined : value.shape;
    sum = shape === undefined ? sum : add(sum, productOf(shape));
  }
  return sum;
}

/** The sizes that may be the largest for some input: those that no other is at least as large as, term by term. */
function largest(sizes: readonly Length[], chosen: ReadonlyMap<string, Chosen>): Length[] {
  const known = sizes.filter(
    (size) => size.size > 0 && [...size.keys()].every((names) => isChosen(names, chosen)),
  );
  const unique = [...new Map(known.map((size) => [textOf(size), size])).values()];
  return unique.filter((size) => !unique.some((other) => other !== size && covers(other, size)));
}

function isChosen(names: string, chosen: ReadonlyMap<string, Chosen>): boolean {
  return names === "" || names.split("*").every((name) => chosen.has(name));
}

function covers(large: Length, small: Length): boolean {
  return (
    [...small].every(([names, count]) => (large.get(names) ?? 0) >= count) && textOf(large) !== textOf(small)
  );
}

/** A product of lengths that requests choose, and how often it counts. */
interface Term {
  readonly count: number;
  readonly chosen: readonly Chosen[];
}

function evaluator(sizes: readonly Length[], chosen: ReadonlyMap<string, Chosen>): Elements {
  const polynomials = sizes
    .filter((size) => numberIn(size) === undefined)
    .map((size) => [...size].map(([names, count]) => termOf(names, count, chosen)));
  return (shapes) => {
    let most = 0;
    for (const terms of polynomials) {
      let elements = 0;
      for (const { count, chosen } of terms) {
        elements += chosen.reduce(
          (product, { input, axis }) => product * (shapes[input]?.[axis] ?? 1),
          count,
        );
      }
      most = Math.max(most, elements);
    }
    return most;
  };
}

function termOf(names: string, count: number, chosen: ReadonlyMap<string, Chosen>): Term {
  return { count, chosen: names === "" ? [] : names.split("*").flatMap((name) => chosen.get(name) ?? []) };
}
