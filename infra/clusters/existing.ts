import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parse, stringify } from "yaml";

import type { Settings } from "../config.js";
import type { Cluster } from "./cluster.js";
import { checkKubeconfig, selectContext } from "./kubeconfig.js";

/** A cluster that is there already, from a kubeconfig on this machine. */
export function existingCluster(settings: Settings["existing"]): Cluster {
  const path = kubeconfigPath(settings.kubeconfig);
  const { cluster, server, kubeconfig } = selectContext(
    checkKubeconfig(parse(readFileSync(path, "utf8")), path),
    settings.context,
  );
  const secret = pulumi.secret(stringify(kubeconfig));
  const provider = new k8s.Provider("cluster", { kubeconfig: secret, clusterIdentifier: server });
  return { kind: "existing", name: pulumi.output(cluster), kubeconfig: secret, provider, ready: [] };
}

/** Where the kubeconfig is: the setting, else the first existing file that kubectl would read. */
function kubeconfigPath(setting: string | undefined): string {
  const candidates = setting === undefined ? kubectlPaths() : [setting];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    throw new pulumi.RunError(`existing.kubeconfig: no kubeconfig at ${candidates.join(" or ")}`);
  }
  return found;
}

function kubectlPaths(): string[] {
  const fromEnvironment = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  return fromEnvironment.length > 0 ? fromEnvironment : [join(homedir(), ".kube", "config")];
}
