import type * as k8s from "@pulumi/kubernetes";

import { podSpec, type PodWorkload, type PodInputs } from "./pod.js";
import type { Workload } from "./workload.js";

/**
 * The number of replicas is not set: it is the autoscaler's. A rollout first adds a replica, and takes an old one away
 * only when the new one is ready.
 */
export function deploymentSpec(
  workload: PodWorkload & Pick<Workload, "labels">,
  inputs: PodInputs,
): k8s.types.input.apps.v1.DeploymentSpec {
  return {
    selector: { matchLabels: workload.selector },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    progressDeadlineSeconds: 300,
    revisionHistoryLimit: 5,
    template: { metadata: { labels: workload.labels }, spec: podSpec(workload, inputs) },
  };
}
