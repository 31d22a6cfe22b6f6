import * as pulumi from "@pulumi/pulumi";

import { MODELS_IMAGE, PROJECT } from "../settings/keys.js";
import type { Settings } from "../settings/settings.js";
import type { Registry } from "./registry.js";

/** A registry that is there already, which the cluster's nodes can pull from. */
export function externalRegistry(address: string, settings: Settings["registry"]): Registry {
  const { username, password } = settings;
  const named = (image: string) => ({
    repository: `${address}/${image}`,
    ...(username !== undefined &&
      password !== undefined && { credentials: { username, password: pulumi.secret(password) } }),
    dependsOn: [],
  });
  return { service: () => named(PROJECT), models: () => named(MODELS_IMAGE) };
}
