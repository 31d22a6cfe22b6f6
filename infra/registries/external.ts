import * as pulumi from "@pulumi/pulumi";

import { PROJECT } from "../settings/keys.js";
import type { Settings } from "../settings/settings.js";
import type { Registry } from "./registry.js";

/** A registry that is there already, which the cluster's nodes can pull from. */
export function externalRegistry(address: string, settings: Settings["registry"]): Registry {
  const { username, password } = settings;
  return {
    repository: `${address}/${PROJECT}`,
    ...(username !== undefined &&
      password !== undefined && { credentials: { username, password: pulumi.secret(password) } }),
    dependsOn: [],
  };
}
