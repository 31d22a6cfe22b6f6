/** Registries: where the image is pushed to and pulled from, one file a target, each with the same interface. */

import type { Settings } from "../settings/settings.js";
import { fault } from "../fault.js";
import { fullKey } from "../settings/keys.js";
import type { Registry } from "./registry.js";

/** The registry that the settings name, else the one that comes with the cluster. */
export async function createRegistry(
  settings: Pick<Settings, "registry" | "cluster">,
  ofCluster: (() => Promise<Registry>) | undefined,
): Promise<Registry> {
  const { address } = settings.registry;
  if (address !== undefined) {
    return (await import("./external.js")).externalRegistry(address, settings.registry);
  }
  if (ofCluster === undefined) {
    throw fault(
      `No registry comes with the cluster ${settings.cluster}: set ${fullKey("registry.address")}.`,
    );
  }
  return ofCluster();
}
