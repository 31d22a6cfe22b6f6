import type * as k8s from "@pulumi/kubernetes";

import type { Settings } from "../settings/settings.js";
import type { Workload } from "../workload/workload.js";

type ServiceSpec = k8s.types.input.core.v1.ServiceSpec;

/** A load balancer that sends straight to pods: https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html */
export function loadBalancerSpec(
  { certificateArn, sourceRanges }: Settings["ingress"],
  { selector, callers }: Workload,
): ServiceSpec {
  return {
    type: "LoadBalancer",
    loadBalancerClass: "eks.amazonaws.com/nlb",
    allocateLoadBalancerNodePorts: false,
    selector,
    ports: [{ name: callers, port: certificateArn === undefined ? 80 : 443, targetPort: callers }],
    ...(sourceRanges.length > 0 && { loadBalancerSourceRanges: sourceRanges }),
  };
}

const PREFIX = "service.beta.kubernetes.io/aws-load-balancer";

/** How the load balancer is made: internal unless the settings say public; TLS ends there if there is a certificate. */
export function loadBalancerAnnotations(
  { scheme, certificateArn }: Settings["ingress"],
  { callers, probes }: Workload,
  tags: Record<string, string>,
): Record<string, string> {
  return {
    [`${PREFIX}-scheme`]: scheme === "public" ? "internet-facing" : "internal",
    [`${PREFIX}-nlb-target-type`]: "ip",
    [`${PREFIX}-healthcheck-protocol`]: "http",
    [`${PREFIX}-healthcheck-path`]: probes.ready,
    [`${PREFIX}-additional-resource-tags`]: Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(","),
    ...(certificateArn !== undefined && {
      [`${PREFIX}-ssl-cert`]: certificateArn,
      [`${PREFIX}-ssl-ports`]: callers,
      [`${PREFIX}-ssl-negotiation-policy`]: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    }),
  };
}

/** URL of the load balancer: under the certificate's name if the settings give it. */
export function loadBalancerUrl({ certificateArn, hostname }: Settings["ingress"], address: string): string {
  return `${certificateArn === undefined ? "http" : "https"}://${hostname ?? address}`;
}
