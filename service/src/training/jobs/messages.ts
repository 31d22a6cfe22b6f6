import type { DataSource } from "../recipes/recipe.js";
import type { Figures, Verdict } from "./job.js";

/** What a job's process is told first. */
export interface Assignment {
  readonly recipe: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly data: DataSource;
  /** Absolute paths. */
  readonly checkpoint: string;
  readonly artifacts: string;
  /** Of the version that serves, which the new one is compared with. */
  readonly serving: { readonly version: string; readonly path: string } | undefined;
}

/** What a job's process says. */
export type Message =
  | { readonly type: "progress"; readonly fraction: number; readonly epoch: number; readonly epochs: number }
  | { readonly type: "epoch"; readonly epoch: number; readonly epochs: number; readonly figures: Figures }
  | { readonly type: "failed"; readonly reason: string }
  | {
      readonly type: "trained";
      readonly gate: Verdict;
      readonly metrics: Readonly<Record<string, unknown>>;
      /** Of the data as it was read. */
      readonly data: { readonly source: string; readonly sha256: string };
      readonly config: Readonly<Record<string, unknown>> | undefined;
    };
