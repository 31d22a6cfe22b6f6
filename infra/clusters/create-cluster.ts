/** Clusters: where the services run, one file a target, each with the same interface to the rest of the program. */

import type { Settings } from "../settings/settings.js";
import type { Cluster, OtherChecks } from "./cluster.js";

/** How each kind of cluster is created or found. Loaded only when it is asked for: providers' packages are large. */
const kinds: Record<Settings["cluster"], (settings: Settings, otherChecks: OtherChecks) => Promise<Cluster>> =
  {
    existing: async (settings) => (await import("./existing.js")).existingCluster(settings),
    local: async ({ local }, otherChecks) => (await import("./local.js")).localCluster(local, otherChecks),
    eks: async (settings) => (await import("./aws.js")).awsCluster(settings),
  };

/** The cluster that the settings ask for. The local one reports what `otherChecks` finds together with its own faults. */
export function createCluster(settings: Settings, otherChecks: OtherChecks): Promise<Cluster> {
  return kinds[settings.cluster](settings, otherChecks);
}
