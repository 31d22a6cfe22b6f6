import type { Settings } from "../settings/settings.js";
import type { Volume } from "../workload/workload.js";

/** The volumes that the settings give to pods beside the program's own. */
export function givenVolumes(volumes: Settings["pods"]["volumes"]): Volume[] {
  return volumes.map(({ name, path, claim, secret, configMap, emptyDir, readOnly = false }) => {
    if (claim !== undefined) {
      return { name, path, readOnly, source: { claim } };
    }
    if (emptyDir !== undefined) {
      return { name, path, source: { emptyDir } };
    }
    return {
      name,
      path,
      readOnly: true,
      source: secret === undefined ? { configMap: configMap ?? "" } : { secret },
    };
  });
}
