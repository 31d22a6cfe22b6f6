import type * as k8s from "@pulumi/kubernetes";

import { PORT_NAME, SELECTOR } from "./names.js";

/** Anybody may call the model server on its port; it may connect to the named TCP ports, and ask DNS for their hosts. */
export function networkPolicySpec(
  egressPorts: readonly number[],
): k8s.types.input.networking.v1.NetworkPolicySpec {
  const dns = (["UDP", "TCP"] as const).map((protocol) => ({ protocol, port: 53 }));
  const named = egressPorts.map((port) => ({ protocol: "TCP", port }));
  return {
    podSelector: { matchLabels: SELECTOR },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ ports: [{ protocol: "TCP", port: PORT_NAME }] }],
    egress: named.length === 0 ? [] : [{ ports: [...dns, ...named] }],
  };
}
