import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { PATHS } from "@ai-model-service/contract/http";

import { type Access, accessAt } from "./access.js";
import { type Cluster, onCluster } from "../clusters/cluster.js";
import type { Settings } from "../settings/settings.js";
import { LABELS, PORT_NAME, SELECTOR } from "../workload/names.js";

/** Name of the Service that the outside reaches. */
const NAME = "public";

/** Port of Grafana in its pods. */
const GRAFANA_PORT = 3000;

type ServiceSpec = k8s.types.input.core.v1.ServiceSpec;

/** Opens the model server to the outside in the way of its cluster; undefined where the program knows none. */
export function publicEndpoint(
  cluster: Cluster,
  settings: Settings["ingress"],
  namespace: pulumi.Input<string>,
): pulumi.Output<Access> | undefined {
  const { exposure } = cluster;
  const opts = onCluster(cluster);
  const open = (spec: ServiceSpec, annotations: Record<string, string>) =>
    new k8s.core.v1.Service(
      NAME,
      { metadata: { name: NAME, namespace, labels: LABELS, annotations }, spec },
      opts,
    );
  switch (exposure?.by) {
    case undefined:
      return undefined;
    case "node-port": {
      const { nodePort, hostPort } = exposure.ports.service;
      const service = open(nodePortSpec(nodePort), {});
      return service.metadata.apply(() => accessAt(`http://127.0.0.1:${hostPort}`));
    }
    case "network-load-balancer": {
      const service = open(loadBalancerSpec(settings), loadBalancerAnnotations(settings, exposure.tags));
      return service.status.apply(({ loadBalancer }) =>
        accessAt(loadBalancerUrl(settings, loadBalancer?.ingress?.[0]?.hostname ?? "")),
      );
    }
  }
}

/** Opens Grafana where the cluster has a way for it; its URL, undefined where there is none. */
export function grafanaEndpoint(
  cluster: Cluster,
  namespace: pulumi.Input<string>,
): pulumi.Output<string> | undefined {
  const { exposure } = cluster;
  if (exposure?.by !== "node-port") {
    return undefined;
  }
  const { nodePort, hostPort } = exposure.ports.grafana;
  const service = new k8s.core.v1.Service(
    "grafana",
    {
      metadata: { name: "grafana-public", namespace },
      spec: {
        type: "NodePort",
        selector: { "app.kubernetes.io/name": "grafana" },
        ports: [{ port: 80, targetPort: GRAFANA_PORT, nodePort }],
      },
    },
    onCluster(cluster),
  );
  return service.metadata.apply(() => `http://127.0.0.1:${hostPort}`);
}

function nodePortSpec(nodePort: number): ServiceSpec {
  return {
    type: "NodePort",
    selector: SELECTOR,
    ports: [{ name: PORT_NAME, port: 80, targetPort: PORT_NAME, nodePort }],
  };
}

/** A load balancer that sends straight to pods: https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html */
export function loadBalancerSpec({ certificateArn, sourceRanges }: Settings["ingress"]): ServiceSpec {
  return {
    type: "LoadBalancer",
    loadBalancerClass: "eks.amazonaws.com/nlb",
    allocateLoadBalancerNodePorts: false,
    selector: SELECTOR,
    ports: [{ name: PORT_NAME, port: certificateArn === undefined ? 80 : 443, targetPort: PORT_NAME }],
    ...(sourceRanges.length > 0 && { loadBalancerSourceRanges: sourceRanges }),
  };
}

const PREFIX = "service.beta.kubernetes.io/aws-load-balancer";

/** How the load balancer is made: internal unless the settings say public; TLS ends there if there is a certificate. */
export function loadBalancerAnnotations(
  { scheme, certificateArn }: Settings["ingress"],
  tags: Record<string, string>,
): Record<string, string> {
  return {
    [`${PREFIX}-scheme`]: scheme === "public" ? "internet-facing" : "internal",
    [`${PREFIX}-nlb-target-type`]: "ip",
    [`${PREFIX}-healthcheck-protocol`]: "http",
    [`${PREFIX}-healthcheck-path`]: PATHS.ready,
    [`${PREFIX}-additional-resource-tags`]: Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(","),
    ...(certificateArn !== undefined && {
      [`${PREFIX}-ssl-cert`]: certificateArn,
      [`${PREFIX}-ssl-ports`]: PORT_NAME,
      [`${PREFIX}-ssl-negotiation-policy`]: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    }),
  };
}

/** URL of the load balancer: under the certificate's name if the settings give it. */
export function loadBalancerUrl({ certificateArn, hostname }: Settings["ingress"], address: string): string {
  return `${certificateArn === undefined ? "http" : "https"}://${hostname ?? address}`;
}
