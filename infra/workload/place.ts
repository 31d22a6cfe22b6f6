import type * as pulumi from "@pulumi/pulumi";

import type { Labels } from "./workload.js";

/** Where the objects of a service belong, and what marks them as its own. */
export interface Place {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
}
