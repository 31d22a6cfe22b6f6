import {
  BATCH_ROWS_BUCKETS,
  CLOSE_REASONS,
  INFERENCE_BUCKETS_SECONDS,
  OUTCOMES,
  type CloseReason,
  type Outcome,
} from "@ai-model-service/contract/metrics";
import type { Ran } from "../batching/batcher.js";
import type { ModelStatistics } from "../engine.js";
import { BucketCounts } from "../../../server/observe/bucket-counts.js";

interface CountAndTime {
  count: number;
  milliseconds: number;
}

/** What happened to one version's requests and batches since it was loaded. */
export class VersionStatistics {
  readonly duration = new BucketCounts(INFERENCE_BUCKETS_SECONDS);
  readonly queue = new BucketCounts(INFERENCE_BUCKETS_SECONDS);
  readonly compute = new BucketCounts(INFERENCE_BUCKETS_SECONDS);
  readonly rows = new BucketCounts(BATCH_ROWS_BUCKETS);
  readonly outcomes: Record<Outcome, number> = zeroes(OUTCOMES);
  readonly batches: Record<CloseReason, number> = zeroes(CLOSE_REASONS);
  private readonly batchSizes = new Map<number, CountAndTime>();
  private inferredRows = 0;
  private failedMilliseconds = 0;
  private lastInferenceAt = 0;

  onBatch(ran: Ran, reason: CloseReason): void {
    const milliseconds = ran.endedAt - ran.startedAt;
    this.compute.observe(milliseconds / 1000);
    this.rows.observe(ran.rows);
    this.batches[reason] += 1;
    this.lastInferenceAt = Date.now();
    const size = this.batchSizes.get(ran.rows);
    if (size) {
      size.count += 1;
      size.milliseconds += milliseconds;
    } else {
      this.batchSizes.set(ran.rows, { count: 1, milliseconds });
    }
  }

  onSuccess(rows: number, queueMilliseconds: number, totalMilliseconds: number): void {
    this.outcomes.success += 1;
    this.inferredRows += rows;
    this.queue.observe(queueMilliseconds / 1000);
    this.duration.observe(totalMilliseconds / 1000);
  }

  onFailure(outcome: Outcome, milliseconds: number): void {
    this.outcomes[outcome] += 1;
    this.failedMilliseconds += milliseconds;
  }

  /** As the statistics extension has them. */
  figures(name: string, version: string): ModelStatistics {
    const failures = OUTCOMES.reduce(
      (sum, outcome) => sum + (outcome === "success" ? 0 : this.outcomes[outcome]),
      0,
    );
    return {
      name,
      version,
      lastInferenceMilliseconds: this.lastInferenceAt,
      inferenceCount: this.inferredRows,
      executionCount: this.compute.count,
      success: { count: this.outcomes.success, ns: nanoseconds(this.duration.sum * 1000) },
      fail: { count: failures, ns: nanoseconds(this.failedMilliseconds) },
      queue: { count: this.queue.count, ns: nanoseconds(this.queue.sum * 1000) },
      computeInfer: { count: this.compute.count, ns: nanoseconds(this.compute.sum * 1000) },
      batches: [...this.batchSizes.entries()]
        .sort(([left], [right]) => left - right)
        .map(([batchSize, size]) => ({ batchSize, count: size.count, ns: nanoseconds(size.milliseconds) })),
    };
  }
}

function zeroes<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}

function nanoseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6);
}
