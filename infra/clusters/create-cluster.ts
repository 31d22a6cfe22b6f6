import type { Settings } from "../settings/settings.js";
import type { Cluster } from "./cluster.js";

/** How each kind of cluster is had. Loaded only when chosen: providers' packages are large. */
const kinds: Record<Settings["cluster"], (settings: Settings) => Promise<Cluster>> = {
  existing: async ({ existing }) => (await import("./existing.js")).existingCluster(existing),
  local: async (settings) => (await import("./local.js")).localCluster(settings),
  eks: async ({ eks }) => (await import("./aws.js")).eksCluster(eks),
};

/** The cluster that the settings ask for. */
export function createCluster(settings: Settings): Promise<Cluster> {
  return kinds[settings.cluster](settings);
}
