import type { Cluster } from "../clusters/cluster.js";
import type { Settings } from "../settings/settings.js";
import { fault } from "../fault.js";
import type { Registry } from "./registry.js";

/** The registry that the settings name, else the one that comes with the cluster. */
export async function createRegistry(settings: Settings, cluster: Cluster): Promise<Registry> {
  const { address } = settings.registry;
  if (address !== undefined) {
    return (await import("./external.js")).externalRegistry(address, settings.registry);
  }
  if (cluster.registry === undefined) {
    throw fault(`a ${cluster.kind} cluster brings no registry`);
  }
  return cluster.registry();
}
