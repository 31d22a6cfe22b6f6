import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { dockerProvider } from "../docker/provider.js";
import { fault } from "../fault.js";
import type { ImageRepository } from "../registries/registry.js";
import type { Platform } from "../settings/image.js";
import type { Settings } from "../settings/settings.js";

/** The same as the provider writes it into the state: alike on every machine. */
const FROM_PROGRAM = "..";

/** An image that the program builds. */
interface BuildArgs {
  /** Of its resource. */
  name: string;
  /** Of the resource that tells its tags apart where each is taken once. */
  tagName: string;
  /** The folder of what it is built from, from the repository's root. */
  context: string;
  /** Path in that folder. */
  dockerfile: string;
  /** A tag that follows from what is in it, and from what else decides the outcome. */
  tag: (...others: string[]) => string;
  platform: Platform;
  settings: Pick<Settings["image"], "builder" | "base">;
  /** What the Dockerfile is told besides its base. */
  args?: Record<string, string>;
}

/** Builds an image, pushes it, and names it by digest. */
export function builtImage(build: BuildArgs, repository: ImageRepository): pulumi.Output<string> {
  const { context, platform, settings, args = {} } = build;
  const { builder, base } = settings;
  // All that the provider builds anew for is in the tag, so that it never pushes another image under the same one.
  const content = pulumi
    .output(repository.identity ?? "")
    .apply((identity) => build.tag(platform, builder, base, identity, ...Object.values(args)));
  const tag = repository.immutableTags === true ? pushedOnce(build.tagName, content) : content;
  const image = new docker.Image(
    build.name,
    {
      imageName: pulumi.interpolate`${repository.repository}:${tag}`,
      build: {
        context: `${FROM_PROGRAM}/${context}`,
        dockerfile: `${FROM_PROGRAM}/${context}/${build.dockerfile}`,
        platform,
        builderVersion: builder,
        args: { BASE: base, ...args },
      },
      registry: { server: repository.repository, ...repository.credentials },
      buildOnPreview: false,
    },
    { provider: dockerProvider(), dependsOn: repository.dependsOn },
  );
  return image.repoDigest.apply(requireDigest);
}

/**
 * A tag of its own for every time that the content changes, since a registry takes it once: after a step back to an earlier
 * commit the content's own would be refused. It is in the state, so that it is the same from every checkout.
 */
function pushedOnce(name: string, content: pulumi.Output<string>): pulumi.Output<string> {
  const { hex } = new random.RandomId(name, { byteLength: 4, keepers: { content } });
  return pulumi.interpolate`${content}-${hex}`;
}

/** Lets only a name with a digest through: a tag can be moved, and a rollout would not see it. */
export function requireDigest(reference: string): string {
  if (!/@sha256:[0-9a-f]{64}$/.test(reference)) {
    throw fault(`The image ${reference} has no @sha256: digest.`);
  }
  return reference;
}
