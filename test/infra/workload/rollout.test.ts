import { describe, expect, it } from "vitest";

import { deploymentSpec } from "#infra/workload/deployment.js";
import { roundSeconds, rolloutTimeouts, serviceTimeouts } from "#infra/workload/rollout.js";
import { JOBS } from "../support/workload.js";

const inputs = { image: "i", serviceAccountName: "a" };

function deployment(changes: Partial<typeof JOBS> = {}) {
  return deploymentSpec({ ...JOBS, ...changes }, inputs);
}

/** Rounds of a rollout by the rules of Kubernetes: a surge in percent is rounded up. */
function rounds(replicas: number): number {
  const { strategy } = deployment() as { strategy: { rollingUpdate: { maxSurge: string } } };
  const surge = Math.ceil((replicas * Number.parseInt(strategy.rollingUpdate.maxSurge)) / 100);
  return Math.ceil(replicas / surge);
}

describe("a rollout", () => {
  it("adds a share of the replicas at once and takes none away before", () => {
    expect(deployment()).toMatchObject({
      strategy: { rollingUpdate: { maxSurge: expect.stringMatching(/^\d+%$/) as string, maxUnavailable: 0 } },
    });
  });

  it("has failed when a replica is not ready in its time, room that an old one leaves included", () => {
    expect(deployment().progressDeadlineSeconds).toBe(100 + 45);
    expect(deployment({ startSeconds: 1000, shutdownSeconds: 300 }).progressDeadlineSeconds).toBe(1305);
  });

  it.each([1, 2, 3, 4, 5, 10, 31, 400])("of %i replicas may take as long as all of its rounds", (max) => {
    const workload = { ...JOBS, startSeconds: 600, shutdownSeconds: 130, scaling: { ...JOBS.scaling, max } };
    const { create, update } = rolloutTimeouts(workload);
    expect(Number.parseInt(update)).toBeGreaterThan(rounds(max) * roundSeconds(workload));
    expect(Number.parseInt(update)).toBeLessThan(5 * roundSeconds(workload));
    expect(create).toBe(update);
  });

  it("never gets less than Pulumi gives by itself", () => {
    const quick = { ...JOBS, startSeconds: 30, shutdownSeconds: 1 };
    expect(rolloutTimeouts(quick)).toEqual({ create: "600s", update: "600s", delete: "600s" });
    expect(serviceTimeouts(quick)).toEqual({ create: "600s", update: "600s" });
  });

  it("leaves replicas that are removed the time that they may take to end", () => {
    expect(rolloutTimeouts({ ...JOBS, shutdownSeconds: 3600 }).delete).toBe("3665s");
  });

  it("lets a Service wait for the first replica", () => {
    expect(serviceTimeouts({ startSeconds: 3600, shutdownSeconds: 25 })).toEqual({
      create: "3690s",
      update: "3690s",
    });
  });
});
