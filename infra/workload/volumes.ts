import type * as k8s from "@pulumi/kubernetes";

import type { Volume } from "./workload.js";

/** A volume as a pod declares it. */
export function podVolume({ name, source }: Volume): k8s.types.input.core.v1.Volume {
  if ("emptyDir" in source) {
    return { name, emptyDir: source.emptyDir };
  }
  if ("copy" in source) {
    return { name, emptyDir: { sizeLimit: source.copy.sizeLimit } };
  }
  if ("claim" in source) {
    return { name, persistentVolumeClaim: { claimName: source.claim } };
  }
  return "secret" in source
    ? { name, secret: { secretName: source.secret } }
    : { name, configMap: { name: source.configMap } };
}

/** Where a volume is in the container. */
export function mount({ name, path, readOnly }: Volume): k8s.types.input.core.v1.VolumeMount {
  return { name, mountPath: path, ...(readOnly !== undefined && { readOnly }) };
}
