import type { Sample } from "./samples.js";

/**
 * What the rows of an output are, as far as their numbers tell. `probabilities` are at least 0 and sum to 1, `directions`
 * have length 1 as embeddings do, `numbers` are anything else.
 */
export type RowKind = "probabilities" | "directions" | "numbers";

/** Rounding of half floats. */
const TOLERANCE = 1e-3;

/** Looks at every row that the samples give for `output`; undefined when there is nothing to look at. */
export function rowKind(output: string, samples: readonly Sample[]): RowKind | undefined {
  const random = samples.filter((sample) => sample.random);
  const rows = (random.length > 0 ? random : samples).flatMap((sample) => rowsOf(sample, output));
  if (rows.length === 0 || rows.some((row) => row.some((value) => !Number.isFinite(value)))) {
    return undefined;
  }
  const all = (holds: (row: readonly number[]) => boolean): boolean => rows.every(holds);
  if (all((row) => row.every((value) => value >= -TOLERANCE) && isOne(sum(row)))) {
    return "probabilities";
  }
  return all((row) => isOne(Math.sqrt(sum(row.map((value) => value * value))))) ? "directions" : "numbers";
}

/** The position of the highest score of each row of a sample. */
export function bestOfRows(sample: Sample, output: string): number[] {
  return rowsOf(sample, output).map((row) => row.indexOf(Math.max(...row)));
}

function rowsOf({ outputs }: Sample, output: string): number[][] {
  const { shape = [], data = [] } = outputs[output] ?? {};
  const [rows = 0, size = 0] = shape;
  if (shape.length !== 2) {
    return [];
  }
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: size }, (_each, index) => Number(data[row * size + index])),
  );
}

function isOne(value: number): boolean {
  return Math.abs(value - 1) <= TOLERANCE;
}

function sum(row: readonly number[]): number {
  return row.reduce((total, value) => total + value, 0);
}
