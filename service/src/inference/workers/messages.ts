import type { ErrorCode } from "../../server/errors.js";

/** What one worker asks of all, itself included. */
export type Operation = "load" | "unload" | "statistics" | "metrics";

/** What came of an operation in one worker. */
export type Outcome =
  { readonly value: unknown } | { readonly fault: { readonly code: ErrorCode; readonly message: string } };

export interface Ask {
  readonly kind: "ask";
  readonly id: number;
  readonly operation: Operation;
  readonly argument: unknown;
}

/** What a worker serves once it has started. */
export interface Serving {
  readonly port: number;
  /** As `name/version`. */
  readonly models: readonly string[];
}

/** What a worker tells the process that started it. */
export type ToSupervisor =
  | Ask
  | { readonly kind: "outcome"; readonly id: number; readonly outcome: Outcome }
  /** Its models are loaded, as far as they can be. */
  | ({ readonly kind: "started" } & Serving);

/** What a worker is told. */
export type ToWorker =
  | Ask
  | { readonly kind: "outcomes"; readonly id: number; readonly outcomes: readonly Outcome[] }
  | { readonly kind: "all-started" }
  | { readonly kind: "stop" };
