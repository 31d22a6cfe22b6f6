import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";

import { fault } from "../fault.js";
import { fullKey } from "../settings/keys.js";
import type { Settings } from "../settings/settings.js";
import type { Cluster, Exposure } from "./cluster.js";
import { readKubeconfig } from "./existing/kubeconfig-files.js";
import { selectContext, type Kubeconfig } from "./existing/kubeconfig.js";

/** The namespace that every cluster has from its first day to its last. */
const OLDEST = "kube-system";

/** A cluster that is there already, from a kubeconfig on this machine. */
export function existingCluster({
  existing: settings,
  ingress,
}: Pick<Settings, "existing" | "ingress">): Cluster {
  const kubeconfig = pulumi.secret(stringify(readContext(settings)));
  const clusterIdentifier = settings.name ?? identity(kubeconfig);
  const provider = new k8s.Provider("cluster", { kubeconfig, clusterIdentifier });
  const exposure = exposureOf(ingress);
  return { kubeconfig, provider, ready: [], ...(exposure && { exposure }) };
}

/** What leads into the cluster, as far as the settings say. */
function exposureOf({ class: ofClass, gateway }: Settings["ingress"]): Exposure | undefined {
  if (ofClass !== undefined) {
    return { by: "ingress" };
  }
  return gateway === undefined ? undefined : { by: "gateway" };
}

function readContext({ kubeconfig, context }: Settings["existing"]): Kubeconfig {
  try {
    return selectContext(readKubeconfig(kubeconfig), context);
  } catch (error) {
    throw fault(`${fullKey("existing.kubeconfig")}: ${(error as Error).message}`);
  }
}

/**
 * What tells one cluster from another: with another identity every object would be made anew. An address is none, since it
 * changes with a restart of minikube or another tunnel. Read by a provider of its own, which nothing else depends on.
 */
function identity(kubeconfig: pulumi.Output<string>): pulumi.Output<string> {
  // Given one itself, so that another address is no more than an update to it.
  const provider = new k8s.Provider("identity", { kubeconfig, clusterIdentifier: "identity" });
  return k8s.core.v1.Namespace.get("identity", OLDEST, { provider }).metadata.uid;
}
