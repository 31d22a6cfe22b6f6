import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Placement } from "../clusters/cluster.js";
import type { Settings } from "../settings/settings.js";
import type { Place } from "../workload/place.js";

const NAME = "registry-credentials";

/** Docker Hub goes by this name in credentials, whatever it is called in an image's name. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/**
 * Name of the Secret with which nodes pull the image: the one that the settings name, else one made of the credentials
 * that the program pushes with. Undefined where there are none: then anybody may pull, or the nodes have rights of their own.
 */
export function pullSecret(
  { address, username, password, pullSecret: named }: Settings["registry"],
  { namespace, labels }: Place,
  placement: Placement,
): pulumi.Input<string> | undefined {
  if (named !== undefined || address === undefined || username === undefined || password === undefined) {
    return named;
  }
  const { metadata } = new k8s.core.v1.Secret(
    NAME,
    {
      metadata: { name: NAME, namespace, labels },
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": pulumi.secret(dockerConfig(address, { username, password })) },
    },
    placement,
  );
  return metadata.name;
}

/** As `docker login` writes it: https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/ */
function dockerConfig(
  address: string,
  { username, password }: { readonly username: string; readonly password: string },
): string {
  const [host = address] = address.split("/");
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  const name = host === "docker.io" ? DOCKER_HUB : host;
  return JSON.stringify({ auths: { [name]: { username, password, auth } } });
}
