import { describe, expect, it } from "vitest";

import { networkPolicySpec } from "#infra/workload/network-policy.js";
import { JOBS } from "../support/workload.js";

describe("the network policy", () => {
  it("lets nothing out by default, requests in on the callers' ports, and Prometheus in on the administrators'", () => {
    expect(networkPolicySpec(JOBS)).toEqual({
      podSelector: { matchLabels: { app: "jobs" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { ports: [{ protocol: "TCP", port: "api" }] },
        {
          ports: [{ protocol: "TCP", port: "admin" }],
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "numbers" } } }],
        },
      ],
      egress: [],
    });
  });

  it("lets nobody in on the administrators' port where nobody scrapes", () => {
    const { ingress } = networkPolicySpec({ ...JOBS, administration: { port: "admin" } });
    expect(ingress).toEqual([{ ports: [{ protocol: "TCP", port: "api" }] }]);
  });

  it("opens DNS with the first port that the workload may connect to", () => {
    expect(networkPolicySpec({ ...JOBS, egressPorts: [4318] }).egress).toEqual([
      {
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
          { protocol: "TCP", port: 4318 },
        ],
      },
    ]);
  });

  it("lets out to single addresses", () => {
    const egressTo = [{ cidr: "169.254.170.23/32", port: 80 }];
    expect(networkPolicySpec({ ...JOBS, egressTo }).egress).toEqual([
      { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [{ protocol: "TCP", port: 80 }] },
    ]);
  });
});
