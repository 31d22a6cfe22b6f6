import type { CloseReason } from "@ai-model-service/contract/metrics";
import type { Tensor } from "../../../tensors/tensor.js";

/** What the batcher looks at of a request that waits. */
export interface Waiting {
  readonly rows: number;
  /** Rows of this shape that may run at once; less than `maxRows` where they would need too much memory. */
  readonly mostRows: number;
  /** In the order of the model's inputs. */
  readonly inputs: readonly Tensor[];
  /** Whether it must not be joined with others, for it gives what they share another value. */
  readonly alone?: boolean;
  /** On a monotonic clock, milliseconds. */
  readonly arrivedAt: number;
  /** Whether a run was under way when it arrived; one that arrived at an idle model waits for nobody. */
  readonly arrivedDuringRun: boolean;
}

export interface WaitingLine<T extends Waiting = Waiting> {
  readonly length: number;
  at(index: number): T | undefined;
}

export interface BatchPolicy {
  readonly maxRows: number;
  readonly maxDelayMilliseconds: number;
  /** False when every dimension but the batch is fixed, so that shapes need no look. */
  readonly shapesDiffer: boolean;
}

/** A batch to run now (`requests` from the head of the line), or until when to wait for more. */
export type Decision =
  | { readonly kind: "run"; readonly requests: number; readonly rows: number; readonly reason: CloseReason }
  | { readonly kind: "wait"; readonly until: number };

/**
 * Decides on the batch at the head of a line that is not empty, for a model that is free to run one.
 * `now` is on the clock of `arrivedAt`.
 */
export function closeBatch(line: WaitingLine, policy: BatchPolicy, now: number, draining: boolean): Decision {
  const head = line.at(0);
  if (!head) {
    return { kind: "wait", until: Infinity };
  }
  // Those that are joined are of one shape, so that the head's limit is every one's.
  const maxRows = Math.min(policy.maxRows, head.mostRows);
  let requests = 1;
  let rows = head.rows;
  for (; rows < maxRows; requests += 1) {
    const next = line.at(requests);
    if (!next) {
      break;
    }
    if (rows + next.rows > maxRows) {
      return { kind: "run", requests, rows, reason: "full" };
    }
    if (head.alone || next.alone || (policy.shapesDiffer && !joinable(head.inputs, next.inputs))) {
      return { kind: "run", requests, rows, reason: "shape" };
    }
    rows += next.rows;
  }
  if (rows >= maxRows) {
    return { kind: "run", requests, rows, reason: "full" };
  }
  if (draining) {
    return { kind: "run", requests, rows, reason: "drain" };
  }
  if (!head.arrivedDuringRun || policy.maxDelayMilliseconds === 0) {
    return { kind: "run", requests, rows, reason: "idle" };
  }
  const until = head.arrivedAt + policy.maxDelayMilliseconds;
  return now >= until ? { kind: "run", requests, rows, reason: "delay" } : { kind: "wait", until };
}

/** Whether two requests' tensors differ at most in their number of rows. */
export function joinable(left: readonly Tensor[], right: readonly Tensor[]): boolean {
  for (let index = 0; index < left.length; index += 1) {
    const a = left[index]?.shape;
    const b = right[index]?.shape;
    if (!a || !b || a.length !== b.length) {
      return false;
    }
    for (let dimension = 1; dimension < a.length; dimension += 1) {
      if (a[dimension] !== b[dimension]) {
        return false;
      }
    }
  }
  return true;
}
