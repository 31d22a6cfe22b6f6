import { EVENT_METRICS } from "@ai-model-service/contract/metrics";
import { Counter, Gauge, type Registry } from "prom-client";
import type { EventSender } from "./event-sender.js";

/** Counts in `registry` what became of events. */
export function describeEvents(registry: Registry, sender: Pick<EventSender, "counts" | "waiting">): void {
  const counter: Counter = new Counter({
    name: EVENT_METRICS.told,
    help: "Answered requests that were to be told as events, by what became of them.",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      counter.reset();
      for (const [outcome, count] of Object.entries<number>({ ...sender.counts })) {
        counter.inc({ outcome }, count);
      }
    },
  });
  const gauge: Gauge = new Gauge({
    name: EVENT_METRICS.waiting,
    help: "Answered requests whose events have not been taken yet.",
    registers: [registry],
    collect: () => gauge.set(sender.waiting),
  });
}
