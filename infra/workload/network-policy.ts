import type * as k8s from "@pulumi/kubernetes";

import type { Workload } from "./workload.js";

/** Anybody may call a workload on its ports; it may connect to the named TCP ports, and ask DNS for their hosts. */
export function networkPolicySpec({
  selector,
  ports,
  egressPorts,
}: Pick<Workload, "selector" | "ports" | "egressPorts">): k8s.types.input.networking.v1.NetworkPolicySpec {
  const dns = (["UDP", "TCP"] as const).map((protocol) => ({ protocol, port: 53 }));
  const named = egressPorts.map((port) => ({ protocol: "TCP", port }));
  return {
    podSelector: { matchLabels: selector },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ ports: ports.map(({ name }) => ({ protocol: "TCP", port: name })) }],
    egress: named.length === 0 ? [] : [{ ports: [...dns, ...named] }],
  };
}
