import type * as k8s from "@pulumi/kubernetes";

import { podSpec, type PodWorkload, type PodInputs } from "./pod.js";
import { ROLLING_UPDATE, roundSeconds } from "./rollout.js";
import type { Workload } from "./workload.js";

/** The number of replicas is not set: it is the autoscaler's. */
export function deploymentSpec(
  workload: PodWorkload & Pick<Workload, "labels" | "startSeconds">,
  inputs: PodInputs,
): k8s.types.input.apps.v1.DeploymentSpec {
  return {
    selector: { matchLabels: workload.selector },
    strategy: { type: "RollingUpdate", rollingUpdate: ROLLING_UPDATE },
    progressDeadlineSeconds: roundSeconds(workload),
    revisionHistoryLimit: 5,
    template: { metadata: podMetadata(workload), spec: podSpec(workload, inputs) },
  };
}

function podMetadata({ labels, placing }: Pick<Workload, "labels" | "placing">) {
  const annotations = placing?.annotations ?? {};
  return {
    labels: { ...placing?.labels, ...labels },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}
