import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { type Cluster, onCluster } from "../clusters/cluster.js";
import type { Settings } from "../settings/settings.js";
import { autoscalerSpec } from "./autoscaler.js";
import { deploymentSpec } from "./deployment.js";
import { LABELS, PORT_NAME, SELECTOR } from "./names.js";
import { networkPolicySpec } from "./network-policy.js";

/** What the model server's component needs to know. */
export interface ModelServiceArgs {
  /** By digest. */
  image: pulumi.Input<string>;
  /** Name of a namespace that exists. */
  namespace: pulumi.Input<string>;
  settings: Pick<Settings, "service" | "replicas" | "resources" | "autoscaling">;
  /** What the autoscaler looks at beside CPU. */
  metrics?: k8s.types.input.autoscaling.v2.MetricSpec[];
  /** For the Service: how a cloud's load balancer is to be made. */
  serviceAnnotations?: Record<string, pulumi.Input<string>>;
}

/** The model server on a cluster: everything that it needs to run, be reached, scale and be updated safely. */
export class ModelService extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;
  readonly service: k8s.core.v1.Service;

  constructor(name: string, args: ModelServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("ai-model-service:index:ModelService", name, {}, opts);
    const { service, replicas, resources, autoscaling } = args.settings;
    const metadata = { name, namespace: args.namespace, labels: LABELS };
    const child = { parent: this };

    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata, automountServiceAccountToken: false },
      child,
    );
    const policy = new k8s.networking.v1.NetworkPolicy(
      name,
      { metadata, spec: networkPolicySpec(service.egressPorts) },
      child,
    );
    const serviceAccountName = account.metadata.name;
    this.deployment = new k8s.apps.v1.Deployment(
      name,
      { metadata, spec: deploymentSpec({ image: args.image, serviceAccountName, service, resources }) },
      { ...child, dependsOn: policy },
    );
    this.service = new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadata, ...(args.serviceAnnotations && { annotations: args.serviceAnnotations }) },
        spec: {
          type: service.type,
          selector: SELECTOR,
          ports: [{ name: PORT_NAME, port: service.port, targetPort: PORT_NAME }],
        },
      },
      child,
    );
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata,
        spec: {
          selector: { matchLabels: SELECTOR },
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      child,
    );
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
      name,
      {
        metadata,
        spec: autoscalerSpec({ deploymentName: name, replicas, autoscaling, metrics: args.metrics ?? [] }),
      },
      child,
    );
    this.registerOutputs({});
  }
}

/** A pod is ready only when the load balancer sends to it, which takes it minutes: a rollout waits for that. */
const READY_BEHIND_LOAD_BALANCER = { "eks.amazonaws.com/pod-readiness-gate-inject": "enabled" };

/** The model server's namespace. Pods that ask for more rights than it needs are refused there. */
export function serviceNamespace(cluster: Cluster, name: string): k8s.core.v1.Namespace {
  const labels = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
    ...(cluster.exposure?.by === "network-load-balancer" && READY_BEHIND_LOAD_BALANCER),
  };
  return new k8s.core.v1.Namespace(name, { metadata: { name, labels } }, onCluster(cluster));
}
