import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parse, stringify } from "yaml";

import { fullKey } from "../settings/keys.js";
import type { Settings } from "../settings/settings.js";
import { fault } from "../fault.js";
import type { Cluster } from "./cluster.js";
import { checkKubeconfig, selectContext, type SelectedContext } from "./existing/kubeconfig-file.js";

/** A cluster that is there already, from a kubeconfig on this machine. */
export function existingCluster(settings: Settings["existing"]): Cluster {
  const { server, kubeconfig } = readContext(settings);
  const secret = pulumi.secret(stringify(kubeconfig));
  const provider = new k8s.Provider("cluster", { kubeconfig: secret, clusterIdentifier: server });
  return { kubeconfig: secret, provider, ready: [] };
}

function readContext({ kubeconfig, context }: Settings["existing"]): SelectedContext {
  const candidates = kubeconfig === undefined ? kubectlPaths() : [kubeconfig];
  try {
    const path = candidates.find((candidate) => existsSync(candidate));
    if (path === undefined) {
      throw new Error(`The file ${candidates.join(" or ")} does not exist.`);
    }
    return selectContext(checkKubeconfig(parse(readFileSync(path, "utf8")), path), context);
  } catch (error) {
    throw fault(`${fullKey("existing.kubeconfig")}: ${(error as Error).message}`);
  }
}

/** Where kubectl looks. Of several files in `KUBECONFIG` the first that exists counts. */
function kubectlPaths(): string[] {
  const fromEnvironment = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  return fromEnvironment.length > 0 ? fromEnvironment : [join(homedir(), ".kube", "config")];
}
