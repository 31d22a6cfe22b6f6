import * as docker from "@pulumi/docker";

import { thisDaemonAddress } from "./address.js";

let provider: docker.Provider | undefined;

/**
 * The Docker daemon of this machine. Made on first use only: the provider asks for the daemon as soon as it is
 * configured, and a stack that uses a prebuilt image on a cluster elsewhere needs none.
 */
export function dockerProvider(): docker.Provider {
  provider ??= new docker.Provider("docker", { host: thisDaemonAddress() });
  return provider;
}
