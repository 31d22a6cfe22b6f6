import { describe, expect, it } from "vitest";

import { firstZones } from "#infra/clusters/aws/zones.js";

describe("the zones of a new cluster", () => {
  it("are the first by name, however the region lists them", () => {
    expect(firstZones(["us-east-1f", "us-east-1a", "us-east-1d", "us-east-1b"])).toEqual([
      "us-east-1a",
      "us-east-1b",
      "us-east-1d",
    ]);
  });

  it("are reported by the setting that names the region where they are too few", () => {
    expect(() => firstZones(["us-west-1a", "us-west-1c"])).toThrow(
      "ai-model-service:eks.region: The region has 2 availability zones that EKS takes, but the cluster needs 3.",
    );
  });
});
