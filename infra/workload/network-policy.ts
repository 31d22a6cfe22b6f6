import type * as k8s from "@pulumi/kubernetes";

import type { Workload } from "./workload.js";

/** The label that every namespace has, with its own name. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/**
 * Anybody may call a workload on its ports, but for the administrators': there only Prometheus's namespace may connect, and
 * whoever has the right to forward a port. It may connect to the named TCP ports, and ask DNS for their hosts, and to single addresses.
 */
export function networkPolicySpec({
  selector,
  ports,
  administration,
  egressPorts,
  egressTo = [],
}: Pick<
  Workload,
  "selector" | "ports" | "administration" | "egressPorts" | "egressTo"
>): k8s.types.input.networking.v1.NetworkPolicySpec {
  const dns = (["UDP", "TCP"] as const).map((protocol) => ({ protocol, port: 53 }));
  const named = egressPorts.map((port) => ({ protocol: "TCP", port }));
  const open = ports.filter(({ name }) => name !== administration.port);
  return {
    podSelector: { matchLabels: selector },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      { ports: open.map(({ name }) => ({ protocol: "TCP", port: name })) },
      ...scrapes(administration),
    ],
    egress: [
      ...(named.length === 0 ? [] : [{ ports: [...dns, ...named] }]),
      ...egressTo.map(({ cidr, port }) => ({
        to: [{ ipBlock: { cidr } }],
        ports: [{ protocol: "TCP", port }],
      })),
    ],
  };
}

function scrapes({
  port,
  scrapedFrom,
}: Workload["administration"]): k8s.types.input.networking.v1.NetworkPolicyIngressRule[] {
  if (scrapedFrom === undefined) {
    return [];
  }
  const namespaceSelector = { matchLabels: { [NAMESPACE_NAME]: scrapedFrom } };
  return [{ ports: [{ protocol: "TCP", port }], from: [{ namespaceSelector }] }];
}
