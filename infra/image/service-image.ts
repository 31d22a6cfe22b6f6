/** Image: builds the one image of the services, pushes it, and names it by digest. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../settings/settings.js";
import { builtImage, requireDigest } from "./build.js";
import { layOutContext } from "./context.js";
import { contentTag, inputFiles } from "./inputs.js";
import { imagePlatform } from "./platform.js";
import type { Registry } from "../registries/registry.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The service image, always by digest: the prebuilt one of the settings, or built, pushed and named here. */
export async function serviceImage(
  { cluster, image, resources }: Settings,
  registry: () => Promise<Registry>,
): Promise<pulumi.Output<string>> {
  if (image.reference !== undefined) {
    return pulumi.output(requireDigest(image.reference));
  }
  const files = inputFiles(ROOT);
  const tag = (...others: string[]) => contentTag(ROOT, files, ...others);
  const context = layOutContext(ROOT, {
    of: "image",
    name: tag(),
    files: files.map((file) => ({ from: join(ROOT, file), to: file })),
  });
  return builtImage(
    {
      name: "service",
      tagName: "image",
      context,
      dockerfile: "service/Dockerfile",
      tag,
      platform: imagePlatform(cluster, image),
      settings: image,
      args: variantArguments(image, resources),
    },
    (await registry()).service(),
  );
}

/** What the Dockerfile is told for an image that computes on a GPU; nothing for any other. */
export function variantArguments(
  { cudaBase }: Pick<Settings["image"], "cudaBase">,
  { gpu }: Pick<Settings["resources"], "gpu">,
): Record<string, string> {
  return gpu > 0 ? { VARIANT: "cuda", CUDA_BASE: cudaBase } : {};
}
