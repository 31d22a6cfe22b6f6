import type * as k8s from "@pulumi/kubernetes";

import type { Workload } from "./workload.js";

/** Drained nodes may take one replica at a time. A replica that does not work may always be evicted. */
export function disruptionBudgetSpec({
  selector,
}: Pick<Workload, "selector">): k8s.types.input.policy.v1.PodDisruptionBudgetSpec {
  return {
    selector: { matchLabels: selector },
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: "AlwaysAllow",
  };
}
