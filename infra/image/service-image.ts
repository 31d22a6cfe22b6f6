/** Image: builds the one image of the services, pushes it, and names it by digest. */

import { fileURLToPath } from "node:url";

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { Settings } from "../settings/settings.js";
import { dockerProvider } from "../docker/provider.js";
import { fault } from "../fault.js";
import { layOutContext } from "./context.js";
import { contentTag, inputFiles } from "./inputs.js";
import { imagePlatform } from "./platform.js";
import type { Registry } from "../registries/registry.js";
import type { Platform } from "../settings/image.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The same as the provider writes it into the state: alike on every machine. */
const FROM_PROGRAM = "..";

/** The service image, always by digest: the prebuilt one of the settings, or built, pushed and named here. */
export async function serviceImage(
  { cluster, image }: Settings,
  registry: () => Promise<Registry>,
): Promise<pulumi.Output<string>> {
  return image.reference === undefined
    ? buildImage(image, imagePlatform(cluster, image), await registry()).repoDigest.apply(requireDigest)
    : pulumi.output(requireDigest(image.reference));
}

function buildImage(settings: Settings["image"], platform: Platform, registry: Registry): docker.Image {
  const { builder, base } = settings;
  const files = inputFiles(ROOT);
  const context = `${FROM_PROGRAM}/${layOutContext(ROOT, files, contentTag(ROOT, files))}`;
  // All that the provider builds anew for is in the tag, so that it never pushes another image under the same one.
  const tag = pulumi
    .output(registry.identity ?? "")
    .apply((identity) => contentTag(ROOT, files, platform, builder, base, identity));
  return new docker.Image(
    "service",
    {
      imageName: pulumi.interpolate`${registry.repository}:${registry.immutableTags === true ? pushedOnce(tag) : tag}`,
      build: {
        context,
        dockerfile: `${context}/service/Dockerfile`,
        platform,
        builderVersion: builder,
        args: { BASE: base },
      },
      registry: { server: registry.repository, ...registry.credentials },
      buildOnPreview: false,
    },
    { provider: dockerProvider(), dependsOn: registry.dependsOn },
  );
}

/**
 * A tag of its own for every time that the content changes, since a registry takes it once: after a step back to an earlier
 * commit the content's own would be refused. It is in the state, so that it is the same from every checkout.
 */
function pushedOnce(content: pulumi.Output<string>): pulumi.Output<string> {
  const { hex } = new random.RandomId("image", { byteLength: 4, keepers: { content } });
  return pulumi.interpolate`${content}-${hex}`;
}

/** Lets only a name with a digest through: a tag can be moved, and a rollout would not see it. */
export function requireDigest(reference: string): string {
  if (!/@sha256:[0-9a-f]{64}$/.test(reference)) {
    throw fault(`The image ${reference} has no @sha256: digest.`);
  }
  return reference;
}
