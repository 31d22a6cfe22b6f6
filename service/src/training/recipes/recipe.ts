import type { z } from "zod";
import type { Figures } from "../jobs/job.js";

/** Where the rows of a job come from, as its process finds them. */
export type DataSource =
  | { readonly kind: "example"; readonly name: string }
  /** `path` is absolute; `name` is what people know it by. */
  | { readonly kind: "file"; readonly path: string; readonly name: string };

/** A kind of training: what can be asked of it, and where its code is. */
export interface Recipe {
  /** For people, one sentence. */
  readonly summary: string;
  /** What a job may set, with defaults. */
  readonly parameters: z.ZodObject;
  /** Names of the data that ship; the first is taken when a job names none. */
  readonly examples: readonly string[];
  /** Whether it trains on a file or a folder: what else is said of the data is refused. */
  readonly takes: "file" | "folder";
  /** Its code and libraries, which only a job's own process loads. */
  readonly load: () => Promise<Train>;
}

/** Trains, measures and exports. Throws DataError for what the person who asked can mend. */
export type Train = (work: Work) => Promise<Trained>;

export interface Work {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly data: DataSource;
  readonly checkpoints: Checkpoints;
  /** `fraction` of the whole, 0 to 1. To be awaited: the process looks up from its work meanwhile. */
  readonly progress: (fraction: number, epoch: number, epochs: number) => Promise<void>;
  readonly epoch: (epoch: number, epochs: number, figures: Figures) => void;
}

/** Where a job keeps what it needs to go on after an epoch. */
export interface Checkpoints {
  /** What was kept last, under the same `digest` of data and parameters. */
  read<T>(digest: string): Promise<T | undefined>;
  write(digest: string, state: unknown): Promise<void>;
}

export interface Trained {
  readonly onnx: Uint8Array;
  /** What `metrics.json` holds, and of it the numbers that a list of jobs and the manifest show. */
  readonly metrics: object;
  readonly summary: Readonly<Record<string, number>>;
  /** Pictures, as PNG, by name. */
  readonly pictures: Readonly<Record<string, Uint8Array>>;
  /** For a model that has no config.json yet. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly data: { readonly source: string; readonly sha256: string };
  readonly exam: Exam;
}

/** The held-out rows, for any version of the model. */
export interface Exam {
  /** What is measured, such as "error rate". */
  readonly measure: string;
  readonly rows: number;
  readonly inputs: readonly ExamInput[];
  /** The output that is looked at. */
  readonly output: string;
  /** One loss a row, from the output's values and, where the file has them, its labels. */
  readonly losses: (output: Float32Array, labels: readonly string[] | undefined) => Float64Array;
}

/** One input of the graph: its rows, `width` values each. */
export interface ExamInput {
  readonly name: string;
  readonly values: Float32Array | readonly string[];
  readonly width: number;
}
