import type { Cluster } from "../clusters/cluster.js";
import type { Settings } from "../config.js";
import type { Registry } from "./registry.js";

/** How the registry is had that comes with each kind of cluster. */
const kinds: Record<string, (settings: Settings, cluster: Cluster) => Promise<Registry>> = {};

/** The registry that the settings name, else the one that comes with the cluster. */
export async function chooseRegistry(settings: Settings, cluster: Cluster): Promise<Registry> {
  const { address } = settings.registry;
  if (address !== undefined) {
    return (await import("./external.js")).externalRegistry(address, settings.registry);
  }
  const choose = kinds[cluster.kind];
  if (choose === undefined) throw new Error(`a ${cluster.kind} cluster brings no registry`);
  return choose(settings, cluster);
}
