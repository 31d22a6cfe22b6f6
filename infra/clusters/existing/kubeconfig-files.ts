import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

import { parse } from "yaml";

import { checkKubeconfig, merge, type Kubeconfig } from "./kubeconfig.js";

/**
 * The kubeconfig at a path, else the one that kubectl would take: all files of `KUBECONFIG` that exist, merged, or the one
 * in the home folder. Paths in a file are relative to it. Throws when there is no file or one is not a kubeconfig.
 * See https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
export function readKubeconfig(path: string | undefined): Kubeconfig {
  const candidates = path === undefined ? kubectlPaths() : [path];
  const files = candidates.filter((candidate) => existsSync(candidate));
  if (files.length === 0) {
    throw new Error(`The file ${candidates.join(" or ")} does not exist.`);
  }
  return merge(files.map(readFile));
}

function kubectlPaths(): string[] {
  const fromEnvironment = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  return fromEnvironment.length > 0 ? fromEnvironment : [join(homedir(), ".kube", "config")];
}

function readFile(path: string): Kubeconfig {
  const kubeconfig = checkKubeconfig(parse(readFileSync(path, "utf8")), path);
  const folder = dirname(resolve(path));
  return {
    ...kubeconfig,
    clusters: kubeconfig.clusters.map((entry) => ({
      ...entry,
      cluster: absolute(entry.cluster, ["certificate-authority"], folder),
    })),
    users: kubeconfig.users.map((entry) => ({ ...entry, user: absoluteUser(entry.user, folder) })),
  };
}

function absoluteUser(user: Kubeconfig["users"][number]["user"], folder: string): typeof user {
  const paths = absolute(user, ["client-certificate", "client-key", "tokenFile"], folder);
  const command = user.exec?.command;
  // A name alone is looked for on the PATH.
  return command?.includes("/") === true
    ? { ...paths, exec: { ...user.exec, command: resolve(folder, command) } }
    : paths;
}

function absolute<T extends Readonly<Record<string, unknown>>>(
  from: T,
  keys: readonly string[],
  folder: string,
): T {
  const paths = keys.flatMap((key) => {
    const path = from[key];
    return typeof path === "string" && path !== "" ? [[key, resolve(folder, path)] as const] : [];
  });
  return { ...from, ...Object.fromEntries(paths) };
}
