/** Registries: where the image is pushed to and pulled from, one file a target, each with the same interface. */

import type { Settings } from "../settings/settings.js";
import { fault } from "../fault.js";
import { fullKey } from "../settings/keys.js";
import type { Registry } from "./registry.js";

type Named = Pick<Settings, "registry" | "cluster">;
type OfCluster = (() => Promise<Registry>) | undefined;

/** Makes the registry of a stack when it is first asked for, once: not every stack builds an image. */
export function registryOf(settings: Named, ofCluster: OfCluster): () => Promise<Registry> {
  let made: Promise<Registry> | undefined;
  return () => (made ??= createRegistry(settings, ofCluster));
}

/** The registry that the settings name, else the one that comes with the cluster. */
async function createRegistry(settings: Named, ofCluster: OfCluster): Promise<Registry> {
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
