import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { SERVICE_PORT } from "@ai-model-service/contract";

import type { Cluster } from "./clusters/cluster.js";
import type { Settings } from "./config.js";

/** What the model server's component needs to know. */
export interface ModelServiceArgs {
  /** By digest. */
  image: pulumi.Input<string>;
  /** Name of a namespace that exists. */
  namespace: pulumi.Input<string>;
  settings: Settings;
}

/** Labels that select the model server's pods. */
export const LABELS = {
  "app.kubernetes.io/name": "ai-model-service",
  "app.kubernetes.io/component": "inference",
};

/** Name of the port in Service and pod. */
export const PORT_NAME = "http";

/** The model server on a cluster: everything that it needs to run, be reached, scale and be updated safely. */
export class ModelService extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;
  readonly service: k8s.core.v1.Service;

  constructor(name: string, args: ModelServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("ai-model-service:index:ModelService", name, {}, opts);
    const metadata = { name, namespace: args.namespace, labels: LABELS };
    this.deployment = new k8s.apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          selector: { matchLabels: LABELS },
          template: {
            metadata: { labels: LABELS },
            spec: {
              containers: [
                {
                  name: "server",
                  image: args.image,
                  ports: [{ name: PORT_NAME, containerPort: SERVICE_PORT }],
                },
              ],
            },
          },
        },
      },
      { parent: this },
    );
    this.service = new k8s.core.v1.Service(
      name,
      {
        metadata,
        spec: {
          type: args.settings.service.type,
          selector: LABELS,
          ports: [{ name: PORT_NAME, port: args.settings.service.port, targetPort: PORT_NAME }],
        },
      },
      { parent: this, dependsOn: this.deployment },
    );
    this.registerOutputs({});
  }
}

/** The namespace that the service lives in; pods that ask for more rights than it needs are refused. */
export function serviceNamespace(cluster: Cluster, name: string): k8s.core.v1.Namespace {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  return new k8s.core.v1.Namespace(
    name,
    { metadata: { name, labels } },
    { provider: cluster.provider, dependsOn: cluster.ready },
  );
}
