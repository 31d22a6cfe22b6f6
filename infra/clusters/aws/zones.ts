import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { fault } from "../../fault.js";
import { fullKey } from "../../settings/keys.js";
import { ZONES } from "./subnets.js";

/** Zones in which EKS has no control planes: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html */
const EXCLUDED = ["use1-az3", "usw1-az2", "cac1-az3"];

/**
 * The region's first zones by name, in which a new cluster is made. Those that are out of order count too: otherwise an outage
 * would keep a cluster that is there from being updated.
 */
export function zoneNames(provider: aws.Provider): pulumi.Output<string[]> {
  const found = aws.getAvailabilityZonesOutput(
    {
      excludeZoneIds: EXCLUDED,
      filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
    },
    { provider },
  );
  return found.names.apply(firstZones);
}

/** The zones of a new cluster, out of those that EKS takes. Throws if they are too few. */
export function firstZones(names: string[]): string[] {
  if (names.length < ZONES) {
    throw fault(
      `${fullKey("eks.region")}: The region has ${names.length} availability zones that EKS takes, but the cluster needs ${ZONES}.`,
    );
  }
  return [...names].sort().slice(0, ZONES);
}
