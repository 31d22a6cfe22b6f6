import {
  DIFFERENCE_BUCKETS,
  DISTANCE_BUCKETS,
  INFERENCE_BUCKETS_SECONDS,
} from "@ai-model-service/contract/metrics";
import { BucketCounts } from "../../../server/observe/bucket-counts.js";
import { errorRow, type ErrorCode } from "../../../server/errors.js";
import type { ShadowFigures } from "../engine.js";
import type { Comparison } from "./compare-outputs.js";

/** What happened to the requests and the copies that a model's traffic meant for one version. */
export class VersionFigures {
  /** Requests that it was given as its share, and that it answered in the place of another version. */
  readonly requests = { share: 0, fallback: 0 };
  /** Requests that the stable version answered in its place, by why. */
  readonly fallbacks = new Map<ErrorCode, number>();
  /** Of those the ones whose fault its own statistics do not have, and how many they do not have at all. */
  unseenFaults = 0;
  unseenRequests = 0;
  readonly copies = { compared: 0, failed: 0, dropped: 0 };
  rows = 0;
  flippedRows = 0;
  largestDifference = 0;
  readonly difference = new BucketCounts(DIFFERENCE_BUCKETS);
  readonly distance = new BucketCounts(DISTANCE_BUCKETS);
  readonly copyDuration = new BucketCounts(INFERENCE_BUCKETS_SECONDS);

  /** `isSeen`: whether the version's own statistics count it as its failure. */
  onFallback(code: ErrorCode, isSeen: boolean): void {
    this.fallbacks.set(code, (this.fallbacks.get(code) ?? 0) + 1);
    if (!isSeen && code !== "model_not_ready") {
      this.unseenFaults += 1;
      this.unseenRequests += errorRow(code).outcome === "client_error" ? 1 : 0;
    }
  }

  onCompared({ rows, flippedRows, largest, mean, distances }: Comparison, milliseconds: number): void {
    this.copies.compared += 1;
    this.copyDuration.observe(milliseconds / 1000);
    this.rows += rows;
    this.flippedRows += flippedRows;
    this.largestDifference = Math.max(this.largestDifference, largest);
    if (mean !== undefined) {
      this.difference.observe(mean);
    }
    for (const distance of distances) {
      this.distance.observe(distance);
    }
  }

  get fallbackCount(): number {
    let count = 0;
    for (const each of this.fallbacks.values()) {
      count += each;
    }
    return count;
  }

  shadow(): ShadowFigures {
    const { copies, rows, flippedRows, largestDifference, difference, distance } = this;
    return {
      ...copies,
      rows,
      flippedRows,
      largestDifference,
      difference: { sum: difference.sum, count: difference.count },
      distance: { sum: distance.sum, count: distance.count },
    };
  }
}
