import type { Cluster } from "../clusters/cluster.js";
import type { ModelsFolder } from "../image/models-folder.js";
import { modelsImage } from "../image/models-image.js";
import type { Registry } from "../registries/registry.js";
import type { Settings } from "../settings/settings.js";
import { bucketSource } from "./bucket.js";
import { folderSource } from "./folder.js";
import { type ModelSource, OF_IMAGE, type SourcePlace } from "./model-source.js";
import { volumeSource } from "./volume.js";

interface Found {
  /** The folder that the settings name, where they name one. */
  readonly folder: ModelsFolder | undefined;
  readonly cluster: Pick<Cluster, "bucket">;
  readonly registry: () => Promise<Registry>;
}

/** Where the services of a stack have their models from, as its settings say. */
export async function createModelSource(
  settings: Pick<Settings, "cluster" | "image" | "models" | "namespace">,
  { folder, cluster, registry }: Found,
  where: SourcePlace,
): Promise<ModelSource> {
  const { volume, bucket } = settings.models;
  if (folder !== undefined) {
    return folderSource(folder, modelsImage(settings, folder, await registry()));
  }
  if (volume !== undefined) {
    return volumeSource(volume, settings.cluster, where);
  }
  return bucket === undefined ? OF_IMAGE : bucketSource(bucket, cluster, settings.namespace);
}
