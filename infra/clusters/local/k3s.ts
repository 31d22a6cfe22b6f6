/** What k3s is told and what it answers, as text: https://docs.k3s.io/cli/server */

/** Where the node keeps its kubeconfig: on the volume that outlives its container. */
export const KUBECONFIG_PATH = "/var/lib/rancher/k3s/kubeconfig.yaml";

/** Where k3s looks for registries.yaml. */
export const REGISTRIES_PATH = "/etc/rancher/k3s/registries.yaml";

/** Port of the API server inside the node. */
export const API_PORT = 6443;

/**
 * What starts k3s: mounts of a container do not propagate into its pods until somebody says so, and node-exporter's
 * refuses to start then. k3s stays process 1, by which it knows that it has to arrange the container's cgroups.
 */
export const ENTRYPOINT = ["/bin/sh", "-c", 'mount --make-rshared / && exec /bin/k3s "$@"', "k3s"];

/** k3s's command line for a single server without what this program brings itself. */
export function serverCommand(nodeName: string): string[] {
  return [
    "server",
    `--node-name=${nodeName}`,
    `--https-listen-port=${API_PORT}`,
    "--tls-san=127.0.0.1",
    "--disable=traefik",
    "--disable=servicelb",
    "--disable-helm-controller",
    `--write-kubeconfig=${KUBECONFIG_PATH}`,
  ];
}

/**
 * Healthy when the node takes pods and reaches the registry. kubectl is the one HTTP client that is in the image for sure.
 * Run by a shell in the node's container.
 */
export function healthCommand(registryUrl: string): string {
  const node = `kubectl --kubeconfig=${KUBECONFIG_PATH} wait node --all --for=condition=Ready --timeout=1s`;
  return `${node} && kubectl --kubeconfig=/dev/null --server=${registryUrl} get --raw=/v2/`;
}

/**
 * registries.yaml that makes images pushed to `localhost:PORT` on the host pullable in the node under that same name:
 * https://docs.k3s.io/installation/private-registry
 */
export function registriesYaml(hostPort: number, registryUrl: string): string {
  return `mirrors:\n  "localhost:${hostPort}":\n    endpoint:\n      - "${registryUrl}"\n`;
}

/** The node's own kubeconfig as the host uses it, through the published port. Throws if the text is not k3s's kubeconfig. */
export function hostKubeconfig(nodeKubeconfig: string, hostPort: number): string {
  const server = /^(\s*server: )\S+$/m;
  if (!server.test(nodeKubeconfig)) {
    throw new Error("The node's kubeconfig does not name a server.");
  }
  return nodeKubeconfig.replace(server, `$1https://127.0.0.1:${hostPort}`);
}
