import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { PodWorkload } from "./pod.js";
import { mount } from "./volumes.js";
import type { Probes, Resources, Workload } from "./workload.js";

type Container = k8s.types.input.core.v1.Container;
type EnvVar = k8s.types.input.core.v1.EnvVar;

/** The resource of NVIDIA's device plugin, and the taint that keeps other pods off its nodes. */
export const GPU = "nvidia.com/gpu";

/** A container may do nothing that it does not need. */
export const NO_RIGHTS = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** The container of a replica, in which the process runs. */
export function serverContainer(workload: PodWorkload, image: pulumi.Input<string>): Container {
  const { command, args, ports, probes, secretsInFull = [], volumes } = workload;
  return {
    name: "server",
    image,
    ...(command && { command }),
    ...(args && { args }),
    ports: ports.map(({ name, container: containerPort }) => ({ name, containerPort })),
    // Until the process answers at all, nothing else is asked; then readiness is asked at once.
    startupProbe: { ...probe(probes, "live"), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...probe(probes, "ready"), periodSeconds: 1, failureThreshold: 3 },
    // Patient: a busy server is not a dead one.
    livenessProbe: { ...probe(probes, "live"), periodSeconds: 10, failureThreshold: 6 },
    securityContext: NO_RIGHTS,
    resources: withGpus(workload),
    ...(secretsInFull.length > 0 && { envFrom: secretsInFull.map((name) => ({ secretRef: { name } })) }),
    env: environment(workload),
    ...(volumes.length > 0 && { volumeMounts: volumes.map(mount) }),
  };
}

/** Kubernetes takes the limit of a GPU for the request too. */
function withGpus({ resources, gpus = 0 }: PodWorkload): Container["resources"] {
  const { requests, limits } = resourcesOf(resources);
  return { requests, limits: { ...limits, ...(gpus > 0 && { [GPU]: String(gpus) }) } };
}

/** What a container is given and where it is stopped. */
export function resourcesOf({ requests, limits }: Workload["resources"]) {
  return { requests: quantities(requests), limits: quantities(limits) };
}

function quantities({ cpu, memory, ephemeralStorage }: Resources) {
  return { cpu, memory, "ephemeral-storage": ephemeralStorage };
}

function probe(probes: Probes, question: "live" | "ready"): k8s.types.input.core.v1.Probe {
  return { httpGet: { path: probes[question], port: probes.port }, timeoutSeconds: 3 };
}

/** Sorted, so that another order of the settings is not a change. */
function environment({ environment, secrets }: PodWorkload): EnvVar[] {
  const plain = Object.entries(environment).map(([name, value]): [string, EnvVar] => [name, { name, value }]);
  const secret = Object.entries(secrets).map(([name, { secret, key }]): [string, EnvVar] => [
    name,
    { name, valueFrom: { secretKeyRef: { name: secret, key } } },
  ]);
  return [...plain, ...secret].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, variable]) => variable);
}
