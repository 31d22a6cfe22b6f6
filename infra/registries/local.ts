import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

import { MODELS_IMAGE, PROJECT } from "../settings/keys.js";
import type { Registry } from "./registry.js";

/** Port of a registry inside its container. */
const REGISTRY_PORT = 5000;

/** Name of the registry on its network. */
const ALIAS = "registry";

/** Address at which other containers of its network reach the registry. */
export const REGISTRY_URL = `http://${ALIAS}:${REGISTRY_PORT}`;

/** What a registry container needs. */
interface LocalRegistryArgs {
  /** Name of the container and its volume. */
  name: string;
  image: string;
  /** Port on 127.0.0.1. */
  port: number;
  network: docker.Network;
  labels: docker.types.input.ContainerLabel[];
}

/** A registry in a container on this machine, reached as `localhost:PORT` from here. */
export function registryContainer(
  args: LocalRegistryArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const image = new docker.RemoteImage("registry", { name: args.image, keepLocally: true }, opts);
  const volume = new docker.Volume("registry", { name: args.name }, opts);
  return new docker.Container(
    "registry",
    {
      name: args.name,
      image: image.imageId,
      restart: "unless-stopped",
      ports: [{ internal: REGISTRY_PORT, external: args.port, ip: "127.0.0.1" }],
      networksAdvanced: [{ name: args.network.name, aliases: [ALIAS] }],
      volumes: [{ volumeName: volume.name, containerPath: "/var/lib/registry" }],
      labels: args.labels,
    },
    opts,
  );
}

/** The registry as images are pushed to it; `ready` is what proves that the cluster reaches it. */
export function localRegistry(container: docker.Container, port: number, ready: pulumi.Resource): Registry {
  const named = (image: string) => ({
    repository: `localhost:${port}/${image}`,
    identity: container.id,
    dependsOn: [ready],
  });
  return { service: () => named(PROJECT), models: () => named(MODELS_IMAGE) };
}
