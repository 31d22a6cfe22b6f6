import { describe, expect, it } from "vitest";

import { networkPolicySpec } from "#infra/workload/network-policy.js";

describe("the network policy", () => {
  it("lets nothing out by default and requests in on the server's port", () => {
    expect(networkPolicySpec([])).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ ports: [{ port: "http" }] }],
      egress: [],
    });
  });

  it("opens DNS with the first port that the server may connect to", () => {
    expect(networkPolicySpec([4318]).egress).toEqual([
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
