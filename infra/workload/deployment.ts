import type * as k8s from "@pulumi/kubernetes";

import { LABELS, SELECTOR } from "./names.js";
import { podSpec, type PodArgs } from "./pod.js";

/**
 * Replicas are not set: they are the autoscaler's. A rollout first adds a replica, and takes an old one away only
 * when the new one is ready.
 */
export function deploymentSpec(args: PodArgs): k8s.types.input.apps.v1.DeploymentSpec {
  return {
    selector: { matchLabels: SELECTOR },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    progressDeadlineSeconds: 300,
    revisionHistoryLimit: 5,
    template: { metadata: { labels: LABELS }, spec: podSpec(args) },
  };
}
