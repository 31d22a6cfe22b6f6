import type { Rejection } from "@ai-model-service/contract/metrics";
import { errorRow, type ErrorCode } from "../../../server/errors.js";

/** Requests for one model, of whatever version, that were refused at admission. */
export class Rejections {
  readonly counts: Record<Rejection, number> = { queue_full: 0, deadline: 0, not_ready: 0, draining: 0 };

  /** Counts an error that is a rejection; others are not. */
  count(code: ErrorCode): void {
    const { rejection } = errorRow(code);
    if (rejection) {
      this.counts[rejection] += 1;
    }
  }
}
