import type { ErrorCode } from "../../server/errors.js";

/** What one worker asks of all, itself included. */
export type WorkerCommand = "load" | "unload" | "statistics" | "traffic" | "follows" | "metrics" | "id";

/** What came of an operation in one worker. */
export type AskResult =
  { readonly value: unknown } | { readonly fault: { readonly code: ErrorCode; readonly message: string } };

export interface Ask {
  readonly kind: "ask";
  readonly id: number;
  readonly operation: WorkerCommand;
  readonly argument: unknown;
}

/** What a worker serves once it has started. */
export interface Started {
  readonly port: number;
  /** Administrators', where they have one of their own. */
  readonly adminPort?: number | undefined;
  /** As `name/version`. */
  readonly models: readonly string[];
}

/** What a worker tells the process that started it. */
export type ToSupervisor =
  | Ask
  | { readonly kind: "outcome"; readonly id: number; readonly outcome: AskResult }
  /** Its models are loaded, as far as they can be. */
  | ({ readonly kind: "started" } & Started);

/** What a worker is told. */
export type ToWorker =
  | Ask
  | { readonly kind: "outcomes"; readonly id: number; readonly outcomes: readonly AskResult[] }
  | { readonly kind: "all-started" }
  | { readonly kind: "stop" };
