import type { ErrorCode } from "../../../server/errors.js";

/** Why a request was refused at admission. */
export const REJECTION_REASONS = ["queue_full", "deadline", "not_ready", "draining"] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

const REASON_BY_CODE: Partial<Record<ErrorCode, RejectionReason>> = {
  queue_full: "queue_full",
  deadline_unreachable: "deadline",
  model_not_ready: "not_ready",
  shutting_down: "draining",
};

/** Requests for one model, of whatever version, that were refused at admission. */
export class Rejections {
  readonly counts: Record<RejectionReason, number> = {
    queue_full: 0,
    deadline: 0,
    not_ready: 0,
    draining: 0,
  };

  /** Counts an error that is a rejection; others are not. */
  count(code: ErrorCode): void {
    const reason = REASON_BY_CODE[code];
    if (reason) {
      this.counts[reason] += 1;
    }
  }
}
