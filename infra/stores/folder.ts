import type * as pulumi from "@pulumi/pulumi";

import { MODEL_REPOSITORY } from "@ai-model-service/contract/image";

import type { ModelsFolder } from "../image/models-folder.js";
import { mebibytes } from "../settings/quantity.js";
import { type ModelSource, OF_IMAGE } from "./model-source.js";

/** What a file takes of a disk beyond its bytes, and what folders take. */
const BYTES_A_FILE = 8 << 10;
const BYTES_MORE = 16 << 20;

/**
 * Models from an image of their own, which is copied as a pod starts. Nothing can be changed in a replica: another one would
 * not have it.
 */
export function folderSource(folder: ModelsFolder, image: pulumi.Output<string>): ModelSource {
  const diskBytes = folder.bytes + folder.files.length * BYTES_A_FILE + BYTES_MORE;
  const copy = { image, folder: MODEL_REPOSITORY, sizeLimit: mebibytes(diskBytes) };
  return {
    ...OF_IMAGE,
    volumes: [{ name: "models", path: MODEL_REPOSITORY, readOnly: true, source: { copy } }],
    diskBytes,
    location: image,
  };
}
