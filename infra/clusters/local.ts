import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../settings/settings.js";
import { thisDaemonAddress } from "../docker/address.js";
import { daemonAt } from "../docker/daemon.js";
import { dockerProvider } from "../docker/provider.js";
import { fault } from "../fault.js";
import { localRegistry, registryContainer } from "../registries/local.js";
import type { Cluster, Exposure, OtherChecks } from "./cluster.js";
import { containerLabels } from "./local/container-labels.js";
import { NODE_PORTS, nodeContainer, readKubeconfig } from "./local/node.js";
import { preflight } from "./local/preflight.js";

/** A cluster in a container on this machine with a registry beside it. Rejects if the machine cannot carry one. */
export async function localCluster(settings: Settings["local"], otherChecks: OtherChecks): Promise<Cluster> {
  const name = `${pulumi.getProject()}-${pulumi.getStack()}`;
  await check(name, settings, otherChecks);

  const opts = { provider: dockerProvider() };
  const network = new docker.Network("cluster", { name }, opts);
  const registry = registryContainer(
    {
      name: `${name}-registry`,
      image: settings.registryImage,
      port: settings.ports.registry,
      network,
      labels: containerLabels(name, "server"),
    },
    opts,
  );
  const image = new docker.RemoteImage("node", { name: settings.k3sImage, keepLocally: true }, opts);
  const data = new docker.Volume("data", { name: `${name}-data` }, opts);
  const node = nodeContainer({ name, settings, image, network, data }, { ...opts, dependsOn: registry });
  const kubeconfig = readKubeconfig({ name, settings, image, data, node }, opts);
  return {
    kubeconfig,
    provider: new k8s.Provider("cluster", { kubeconfig, clusterIdentifier: name }, { dependsOn: node }),
    ready: [node],
    volume: data,
    registry: () => Promise.resolve(localRegistry(registry, settings.ports.registry, node)),
    exposure: exposure(settings.ports),
  };
}

function exposure({ service, grafana }: Settings["local"]["ports"]): Exposure {
  return {
    by: "node-port",
    ports: {
      service: { nodePort: NODE_PORTS.service, hostPort: service },
      grafana: { nodePort: NODE_PORTS.grafana, hostPort: grafana },
    },
  };
}

async function check(
  name: string,
  { ports, k3sImage, registryImage }: Settings["local"],
  otherChecks: OtherChecks,
): Promise<void> {
  const needs = {
    name,
    ports: byPath("local.ports.", ports),
    images: byPath("local.", { k3sImage, registryImage }),
    otherFaults: await otherChecks(),
  };
  try {
    await preflight(daemonAt(thisDaemonAddress()), needs);
  } catch (error) {
    throw fault(error instanceof Error ? error.message : String(error));
  }
}

/** Values by the paths of their settings. */
function byPath<T>(prefix: string, values: Record<string, T>): Record<string, T> {
  const named = Object.entries(values).map(([key, value]) => [`${prefix}${key}`, value]);
  return Object.fromEntries(named) as Record<string, T>;
}
