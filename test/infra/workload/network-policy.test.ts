import { describe, expect, it } from "vitest";

import { networkPolicySpec } from "#infra/workload/network-policy.js";
import { JOBS } from "../support/workload.js";

describe("the network policy", () => {
  it("lets nothing out by default and requests in on the workload's ports", () => {
    expect(networkPolicySpec(JOBS)).toEqual({
      podSelector: { matchLabels: { app: "jobs" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          ports: [
            { protocol: "TCP", port: "api" },
            { protocol: "TCP", port: "admin" },
          ],
        },
      ],
      egress: [],
    });
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
});
