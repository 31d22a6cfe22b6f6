/** Image: builds the one image of the services, pushes it, and names it by digest. */

import { fileURLToPath } from "node:url";

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../settings/settings.js";
import { dockerProvider } from "../docker/provider.js";
import { fault } from "../fault.js";
import { contentTag, inputFiles } from "./inputs.js";
import type { Registry } from "../registries/registry.js";
import type { Platform } from "../settings/image.js";

/** The repository's root, and the same as the provider writes it into the state: alike on every machine. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONTEXT = "..";

/** The service image, always by digest: the prebuilt one of the settings, or built, pushed and named here. */
export async function serviceImage(
  { cluster, image }: Settings,
  registry: () => Promise<Registry>,
): Promise<pulumi.Output<string>> {
  return image.reference === undefined
    ? buildImage(image, imagePlatform(cluster, image), await registry()).repoDigest.apply(requireDigest)
    : pulumi.output(requireDigest(image.reference));
}

/** What the image is built for: the setting; else a cluster on this machine decides, and others are taken for amd64. */
export function imagePlatform(
  cluster: Settings["cluster"],
  { platform }: Pick<Settings["image"], "platform">,
  architecture: NodeJS.Architecture = process.arch,
): Platform {
  return platform ?? (cluster === "local" && architecture === "arm64" ? "linux/arm64" : "linux/amd64");
}

function buildImage(settings: Settings["image"], platform: Platform, registry: Registry): docker.Image {
  const { builder, base } = settings;
  const tag = pulumi
    .output(registry.identity ?? "")
    .apply((identity) => contentTag(ROOT, inputFiles(ROOT), platform, base, identity));
  return new docker.Image(
    "service",
    {
      imageName: pulumi.interpolate`${registry.repository}:${tag}`,
      build: {
        context: CONTEXT,
        dockerfile: `${CONTEXT}/service/Dockerfile`,
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

/** Lets only a name with a digest through: a tag can be moved, and a rollout would not see it. */
export function requireDigest(reference: string): string {
  if (!/@sha256:[0-9a-f]{64}$/.test(reference)) {
    throw fault(`The image ${reference} has no @sha256: digest.`);
  }
  return reference;
}
