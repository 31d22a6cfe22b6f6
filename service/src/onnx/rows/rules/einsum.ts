import { isSame, ONE, type Length } from "../lengths.js";
import type { Operation } from "../operation.js";
import { areSameRows, rowsOf, type Known, type Rows } from "../values.js";
import type { Rule } from "./rule.js";

/** Sums of products, written as an equation. */
export const EINSUM: readonly [string, Rule][] = [["Einsum", einsum]];

function einsum(operation: Operation): Known {
  const { terms, result } = parse(operation);
  const lengths = new Map<string, Length>();
  let batch: { readonly label: string; readonly rows: Rows } | undefined;
  for (const [index, labels] of terms.entries()) {
    const input = operation.input(index);
    const rows = rowsOf(input);
    const label = rows && labels[rows.axis];
    for (const [axis, name] of labels.entries()) {
      const length = input.shape?.[axis] ?? operation.fresh();
      const before = lengths.get(name);
      lengths.set(name, before === undefined || isSame(before, ONE) ? length : before);
    }
    if (rows === undefined) {
      continue;
    }
    if (label === undefined || labels.filter((name) => name === label).length > 1) {
      operation.undecided("takes the diagonal of the rows");
    }
    if (batch !== undefined && batch.label !== label) {
      operation.touching("pairs each row of one input with all rows of another");
    }
    if (batch !== undefined && !areSameRows({ ...rows, axis: 0 }, { ...batch.rows, axis: 0 })) {
      operation.undecided("pairs rows of different lengths");
    }
    batch = { label, rows };
  }
  const shape = result.map((name) => lengths.get(name) ?? operation.fresh());
  if (batch === undefined) {
    return operation.output(undefined, shape);
  }
  checkConstants(operation, terms, batch.label);
  const axis = result.indexOf(batch.label);
  if (axis < 0) {
    operation.touching("adds up over the rows");
  }
  return operation.output({ ...batch.rows, axis }, shape);
}

/** What has no rows is the same for every row only when it is 1 long where they lie. */
function checkConstants(operation: Operation, terms: readonly (readonly string[])[], label: string): void {
  for (const [index, labels] of terms.entries()) {
    const input = operation.input(index);
    const axis = labels.indexOf(label);
    if (input.kind !== "rows" && axis >= 0 && !isSame(input.shape?.[axis] ?? new Map(), ONE)) {
      operation.touching("gives each row values by its place");
    }
  }
}

/** Each operand's labels, one a dimension, and the result's; those that `...` stands for are numbered from the last. */
function parse(operation: Operation): {
  readonly terms: readonly (readonly string[])[];
  readonly result: readonly string[];
} {
  const equation = operation.string("equation", "").replaceAll(/\s/g, "");
  const [left = "", right] = equation.split("->");
  const terms = left.split(",").map((term, index) => labelsOf(operation, term, index));
  if (terms.length !== operation.inputs.length) {
    operation.undecided("has an equation for another number of inputs");
  }
  const dots = terms.reduce<readonly string[]>((longest, labels) => {
    const own = labels.filter((label) => label.startsWith("."));
    return own.length > longest.length ? own : longest;
  }, []);
  if (right !== undefined) {
    return { terms, result: splitTerm(right).flatMap((label) => (label === "..." ? dots : [label])) };
  }
  const all = terms.flat();
  const once = [...new Set(all)].filter((label) => all.indexOf(label) === all.lastIndexOf(label));
  return { terms, result: [...dots, ...once.filter((label) => !label.startsWith(".")).sort()] };
}

function labelsOf(operation: Operation, term: string, index: number): string[] {
  const parts = splitTerm(term);
  const named = parts.filter((part) => part !== "...").length;
  const rank = operation.input(index).shape?.length;
  if (rank === undefined && (parts.includes("...") || operation.input(index).kind !== "free")) {
    operation.undecided("is given a tensor whose number of dimensions is not known");
  }
  const missing = (rank ?? named) - named;
  if (missing < 0 || (missing > 0 && !parts.includes("..."))) {
    operation.undecided("has an equation for other dimensions");
  }
  const dots = Array.from({ length: missing }, (_, place) => `.${missing - place}`);
  return parts.flatMap((part) => (part === "..." ? dots : [part]));
}

function splitTerm(term: string): string[] {
  return term.match(/\.\.\.|[A-Za-z]/g) ?? [];
}
