import * as k8s from "@pulumi/kubernetes";

import type { Settings } from "../settings/settings.js";
import { type Cluster, onCluster } from "../clusters/cluster.js";

/** A pod is ready only when the load balancer sends to it, which takes it minutes: a rollout waits for that. */
const READY_BEHIND_LOAD_BALANCER = { "eks.amazonaws.com/pod-readiness-gate-inject": "enabled" };

/** The namespace of the workloads, made or, where the settings say so, found. In one that is made, pods that ask for more rights than they need are refused there. */
export function workloadNamespace(
  cluster: Cluster,
  { namespace: name, existing }: Pick<Settings, "namespace" | "existing">,
): k8s.core.v1.Namespace {
  if (!existing.createNamespace) {
    return k8s.core.v1.Namespace.get(name, name, onCluster(cluster));
  }
  const labels = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
    ...(cluster.exposure?.by === "network-load-balancer" && READY_BEHIND_LOAD_BALANCER),
  };
  return new k8s.core.v1.Namespace(name, { metadata: { name, labels } }, onCluster(cluster));
}
