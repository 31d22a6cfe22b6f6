/** Stores: where models come from, one file a source, each with the same interface to the services that serve them. */

import type * as pulumi from "@pulumi/pulumi";

import type { Placement } from "../clusters/cluster.js";
import type { Place } from "../workload/place.js";
import type { Volume, Workload } from "../workload/workload.js";

/** What a service's pods need to serve the models of a stack. */
export interface ModelSource {
  readonly environment: Workload["environment"];
  readonly volumes: readonly Volume[];
  /** Of the node's disk, in each replica. */
  readonly diskBytes: number;
  readonly egressPorts: readonly number[];
  /** Single addresses that pods may connect to besides. */
  readonly egressTo: NonNullable<Workload["egressTo"]>;
  /** Whether the models are on a volume of one node, where all replicas must be. */
  readonly oneNode: boolean;
  /** What must exist before the pods do. */
  readonly dependsOn: readonly pulumi.Resource[];
  /** Where the models are, for people. Absent where they are in the service's image. */
  readonly location?: pulumi.Input<string>;
}

/** Where a source that makes objects on the cluster puts them. */
export interface SourcePlace {
  readonly place: Place;
  readonly placement: Placement;
}

/** The models of the service's own image. */
export const OF_IMAGE: ModelSource = {
  environment: {},
  volumes: [],
  diskBytes: 0,
  egressPorts: [],
  egressTo: [],
  oneNode: false,
  dependsOn: [],
};
