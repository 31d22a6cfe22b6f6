import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { GPU, serverContainer } from "./container.js";
import { copies } from "./preparation.js";
import { terminationSeconds } from "./rollout.js";
import { podVolume } from "./volumes.js";
import type { Labels, Workload } from "./workload.js";

type PodSpec = k8s.types.input.core.v1.PodSpec;

/** The part of a workload that its pods follow from. */
export type PodWorkload = Pick<
  Workload,
  | "selector"
  | "architectures"
  | "placing"
  | "command"
  | "args"
  | "ports"
  | "probes"
  | "environment"
  | "secrets"
  | "secretsInFull"
  | "volumes"
  | "resources"
  | "gpus"
  | "userId"
  | "shutdownSeconds"
  | "oneNode"
>;

const GPU_TOLERATION = { key: GPU, operator: "Exists", effect: "NoSchedule" };

const ARCHITECTURE = "kubernetes.io/arch";

/** What a pod needs that exists only once a stack is deployed. */
export interface PodInputs {
  /** By digest. */
  image: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
}

/** A replica: one container without any right that it does not use, spread over nodes and zones. */
export function podSpec(workload: PodWorkload, { image, serviceAccountName }: PodInputs): PodSpec {
  const { selector, userId, volumes, oneNode = false } = workload;
  const preparation = copies(workload);
  return {
    ...placed(workload),
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: terminationSeconds(workload),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: userId,
      seccompProfile: { type: "RuntimeDefault" },
      // Without it the process could not write to a volume that was claimed.
      ...(volumes.length > 0 && { fsGroup: userId }),
      // Else each start would go through all files of a large volume.
      ...(volumes.some(({ source }) => "claim" in source) && { fsGroupChangePolicy: "OnRootMismatch" }),
    },
    ...(oneNode && { affinity: { podAffinity: together(selector) } }),
    topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) =>
      spreadOver(topologyKey, selector),
    ),
    ...(preparation.length > 0 && { initContainers: preparation }),
    containers: [serverContainer(workload, image)],
    ...(volumes.length > 0 && { volumes: volumes.map(podVolume) }),
  };
}

/** Which nodes it may run on, and before whom. */
function placed({ architectures, placing, gpus = 0 }: PodWorkload): Partial<PodSpec> {
  const { nodeSelector = {}, priorityClass } = placing ?? {};
  const tolerations = [...(placing?.tolerations ?? []), ...(gpus > 0 ? [GPU_TOLERATION] : [])];
  const nodes = {
    ...nodeSelector,
    ...(architectures.length === 1 && { [ARCHITECTURE]: architectures[0] ?? "" }),
  };
  return {
    ...(Object.keys(nodes).length > 0 && { nodeSelector: nodes }),
    ...(architectures !== "any" && architectures.length > 1 && { affinity: nodesOf(architectures) }),
    ...(tolerations.length > 0 && { tolerations }),
    ...(priorityClass !== undefined && { priorityClassName: priorityClass }),
  };
}

/** A selector names one architecture alone. */
function nodesOf(architectures: readonly string[]): k8s.types.input.core.v1.Affinity {
  const matchExpressions = [{ key: ARCHITECTURE, operator: "In", values: [...architectures] }];
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  };
}

/** Replicas of one version keep apart where they can; where they cannot they still run. */
function spreadOver(topologyKey: string, selector: Labels): k8s.types.input.core.v1.TopologySpreadConstraint {
  return {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selector },
    matchLabelKeys: ["pod-template-hash"],
  };
}

/** The first goes anywhere, since it matches itself; the others follow it. */
function together(selector: Labels): k8s.types.input.core.v1.PodAffinity {
  const term = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: selector } };
  return { requiredDuringSchedulingIgnoredDuringExecution: [term] };
}
