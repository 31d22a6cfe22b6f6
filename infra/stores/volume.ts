import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { MODEL_REPOSITORY } from "@ai-model-service/contract/image";

import type { VolumeSettings } from "../settings/models.js";
import type { Settings } from "../settings/settings.js";
import { type ModelSource, OF_IMAGE, type SourcePlace } from "./model-source.js";

/** Of the claim that is made. */
const NAME = "models";

/** Models on a volume that the services of a stack share, by a claim that is there or is made. */
export function volumeSource(
  settings: VolumeSettings,
  cluster: Settings["cluster"],
  where: SourcePlace,
): ModelSource {
  const { readOnly, accessMode = cluster === "local" ? "ReadWriteOnce" : "ReadWriteMany" } = settings;
  const claim = settings.claim ?? makeClaim({ ...settings, accessMode }, where);
  return {
    ...OF_IMAGE,
    volumes: [{ name: "models", path: MODEL_REPOSITORY, readOnly, source: { claim } }],
    oneNode: accessMode === "ReadWriteOnce",
    location: claim,
  };
}

function makeClaim(
  { size, storageClass, accessMode }: VolumeSettings,
  { place: { namespace, labels }, placement }: SourcePlace,
): pulumi.Output<string> {
  // Many classes make a volume only for a pod that asks for it, which comes later.
  const annotations = { "pulumi.com/skipAwait": "true" };
  const claim = new k8s.core.v1.PersistentVolumeClaim(
    NAME,
    {
      metadata: { name: NAME, namespace, labels, annotations },
      spec: {
        accessModes: accessMode === undefined ? [] : [accessMode],
        resources: { requests: size === undefined ? {} : { storage: size } },
        ...(storageClass !== undefined && { storageClassName: storageClass }),
      },
    },
    placement,
  );
  return claim.metadata.name;
}
