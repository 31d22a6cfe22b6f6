import { TRAINING_METRICS } from "@ai-model-service/contract/metrics";
import { Gauge, type Registry } from "prom-client";
import { stateOf, STATES } from "./job.js";
import type { EventStreams } from "./event-stream.js";
import type { Jobs } from "./jobs.js";

/** Shows in `registry` how many jobs there are in each state, how long one has waited, and who follows them. */
export function describeJobs(jobs: Jobs, streams: EventStreams, registry: Registry): void {
  const byState: Gauge = new Gauge({
    name: TRAINING_METRICS.jobs,
    help: "Jobs that are kept, by state.",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      const states = jobs.table.all().map((job) => stateOf(job).state);
      for (const state of STATES) {
        byState.set({ state }, states.filter((each) => each === state).length);
      }
    },
  });
  const waiting: Gauge = new Gauge({
    name: TRAINING_METRICS.queueSeconds,
    help: "Seconds that the job at the head of the queue has waited; 0 when none waits.",
    registers: [registry],
    collect() {
      const first = jobs.table.all().find((job) => stateOf(job).state === "queued");
      waiting.set(first ? Math.max(0, Date.now() - Date.parse(stateOf(first).at)) / 1000 : 0);
    },
  });
  const open: Gauge = new Gauge({
    name: TRAINING_METRICS.eventStreams,
    help: "Clients that follow a job's events.",
    registers: [registry],
    collect: () => open.set(streams.count),
  });
}
