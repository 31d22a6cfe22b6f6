import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../../settings/settings.js";
import { REGISTRY_URL } from "../../registries/local.js";
import {
  API_PORT,
  ENTRYPOINT,
  healthCommand,
  hostKubeconfig,
  KUBECONFIG_PATH,
  REGISTRIES_PATH,
  registriesYaml,
  serverCommand,
} from "./k3s.js";
import { containerLabels } from "./container-labels.js";

/** Ports that NodePort Services of this cluster take, by what they serve. */
export const NODE_PORTS = { service: 30080, grafana: 30081 } as const;

/** What the node's containers are made of. */
interface NodeArgs {
  name: string;
  settings: Settings["local"];
  image: docker.RemoteImage;
  network: docker.Network;
  data: docker.Volume;
}

/** k3s in a container, as k3d runs it. */
export function nodeContainer(
  { name, settings, image, network, data }: NodeArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const { ports } = settings;
  // k3s refuses a node that comes back under its name without its password, which is outside of the data folder.
  const identity = new docker.Volume("identity", { name: `${name}-identity` }, opts);
  return new docker.Container(
    "node",
    {
      name: `${name}-node`,
      hostname: name,
      image: image.imageId,
      entrypoints: ENTRYPOINT,
      command: serverCommand(name),
      privileged: true,
      usernsMode: "host",
      tmpfs: { "/run": "", "/var/run": "" },
      restart: "unless-stopped",
      ports: [
        { internal: API_PORT, external: ports.api, ip: "127.0.0.1" },
        { internal: NODE_PORTS.service, external: ports.service, ip: "127.0.0.1" },
        { internal: NODE_PORTS.grafana, external: ports.grafana, ip: "127.0.0.1" },
      ],
      networksAdvanced: [{ name: network.name }],
      volumes: [
        { volumeName: data.name, containerPath: "/var/lib/rancher/k3s" },
        { volumeName: identity.name, containerPath: "/etc/rancher/node" },
      ],
      uploads: [{ file: REGISTRIES_PATH, content: registriesYaml(ports.registry, REGISTRY_URL) }],
      // Durations as Docker writes them: "60s" would come back as "1m0s" and differ each time.
      healthcheck: {
        tests: ["CMD-SHELL", healthCommand(REGISTRY_URL)],
        interval: "5s",
        timeout: "5s",
        startPeriod: "1m0s",
        retries: 3,
      },
      wait: true,
      waitTimeout: 300,
      labels: containerLabels(name, "server"),
    },
    opts,
  );
}

/** Reads the kubeconfig that the node wrote on its volume: a container prints it and ends. */
export function readKubeconfig(
  args: Omit<NodeArgs, "network"> & { node: docker.Container },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const reader = new docker.Container(
    "kubeconfig",
    {
      name: `${args.name}-kubeconfig`,
      image: args.image.imageId,
      entrypoints: ["cat"],
      command: [KUBECONFIG_PATH],
      usernsMode: "host",
      networkMode: "none",
      volumes: [{ volumeName: args.data.name, containerPath: "/var/lib/rancher/k3s", readOnly: true }],
      // Another node may have written another kubeconfig: it is read again then.
      labels: [
        ...containerLabels(args.name, "task"),
        { label: "ai-model-service.node", value: args.node.id },
      ],
      logDriver: "json-file",
      attach: true,
      logs: true,
      mustRun: false,
    },
    { ...opts, additionalSecretOutputs: ["containerLogs"] },
  );
  return pulumi.secret(reader.containerLogs.apply((text) => hostKubeconfig(text, args.settings.ports.api)));
}
