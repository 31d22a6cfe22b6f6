import { RESULTS_METRICS } from "@ai-model-service/contract/metrics";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Upper edges of the buckets of a commit, seconds: from an idle disk of memory to one that stalls. */
const COMMIT_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the results service counts, in a registry. */
export class ResultsMetrics {
  private readonly receivedCounter: Counter<"source">;
  private readonly storedCounter: Counter;
  private readonly deletedCounter: Counter<"reason">;
  private readonly commits: Histogram;

  /** `waiting`: how much waits to be written now. */
  constructor(registry: Registry, waiting: () => number) {
    const registers = [registry];
    this.receivedCounter = new Counter({
      name: RESULTS_METRICS.resultsReceived,
      help: "Results that came, by how.",
      labelNames: ["source"],
      registers,
    });
    this.storedCounter = new Counter({
      name: RESULTS_METRICS.resultsStored,
      help: "Results that were written, each id once.",
      registers,
    });
    this.deletedCounter = new Counter({
      name: RESULTS_METRICS.resultsDeleted,
      help: "Results that were deleted, because somebody asked for it or they were old.",
      labelNames: ["reason"],
      registers,
    });
    this.commits = new Histogram({
      name: RESULTS_METRICS.resultsCommitDuration,
      help: "Seconds of a commit, from its first statement until it is on the disk.",
      buckets: COMMIT_BUCKETS_SECONDS,
      registers,
    });
    const gauge: Gauge = new Gauge({
      name: RESULTS_METRICS.resultsWaiting,
      help: "Results and events that wait to be written.",
      registers,
      collect: () => gauge.set(waiting()),
    });
  }

  received(source: "api" | "events", count: number, stored: number): void {
    this.receivedCounter.inc({ source }, count);
    this.storedCounter.inc(stored);
  }

  deleted(reason: "request" | "retention", count: number): void {
    this.deletedCounter.inc({ reason }, count);
  }

  committed(milliseconds: number): void {
    this.commits.observe(milliseconds / 1000);
  }
}
