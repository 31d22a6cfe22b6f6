import { METRICS } from "@ai-model-service/contract/metrics";
import { Counter, type Registry } from "prom-client";
import type { KeyRing } from "./key-ring.js";

/** Shows in `registry` what the holders of keys do, by their names: never by a key. */
export function describeKeys(ring: KeyRing, registry: Registry): void {
  const counter: Counter = new Counter({
    name: METRICS.apiKeyRequests,
    help: "Requests that carried a known API key, by the key's name and the status of the answer.",
    labelNames: ["key", "code"],
    registers: [registry],
    collect() {
      counter.reset();
      for (const { name, ended } of ring.holders) {
        for (const [status, count] of ended) {
          counter.inc({ key: name, code: String(status) }, count);
        }
      }
    },
  });
}
