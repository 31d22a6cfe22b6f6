import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../settings/settings.js";
import type { Workload } from "../workload/workload.js";

/** ARN of the certificate with which it ends TLS; undefined where it does not. */
type Certificate = pulumi.Input<string> | undefined;

type ServiceSpec = k8s.types.input.core.v1.ServiceSpec;

/** A load balancer that sends straight to pods: https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html */
export function loadBalancerSpec(
  { sourceRanges }: Settings["ingress"],
  { selector, callers }: Workload,
  certificateArn: Certificate,
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
  { scheme }: Settings["ingress"],
  { callers, probes }: Workload,
  tags: Record<string, string>,
  certificateArn: Certificate,
): Record<string, pulumi.Input<string>> {
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
export function loadBalancerUrl(
  { hostname }: Settings["ingress"],
  address: string,
  certificateArn: Certificate,
): string {
  return `${certificateArn === undefined ? "http" : "https"}://${hostname ?? address}`;
}
