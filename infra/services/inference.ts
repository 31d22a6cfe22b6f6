/** Services: one file a service, each a function from the settings to the plain description of its workload. */

import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import { ADMIN_PORT, PATHS, SERVICE_PORT } from "@ai-model-service/contract/http";
import { SERVICE_USER_ID } from "@ai-model-service/contract/image";

import { nodeArchitectures } from "../image/platform.js";
import { concurrencySignal } from "../monitoring/adapter-rule.js";
import { mebibytes, memoryBytes } from "../settings/quantity.js";
import type { Settings } from "../settings/settings.js";
import { type ModelSource, OF_IMAGE } from "../stores/model-source.js";
import { labelsOf } from "../workload/labels.js";
import type { Resources, Workload } from "../workload/workload.js";
import { existingSecret } from "./existing-secret.js";
import { KEYS } from "./inference-keys.js";
import { givenVolumes } from "./volumes.js";

/** Seconds until a replica can start and be reached: on eks a node is made for it, and the load balancer takes it in. */
const PLACE_SECONDS = { local: 0, existing: 0, eks: 300 } as const satisfies Record<
  Settings["cluster"],
  number
>;

/**
 * The service that answers predictions, as the settings of a stack describe it, with the variables that come from a
 * Secret, and where its models come from.
 */
export function inferenceWorkload(
  settings: Pick<
    Settings,
    "cluster" | "image" | "service" | "replicas" | "resources" | "pods" | "autoscaling" | "monitoring"
  >,
  secrets: Workload["secrets"] = {},
  models: ModelSource = OF_IMAGE,
): Workload {
  const { service, replicas, autoscaling } = settings;
  const port = "http";
  const administration = { port: "admin", scrapedFrom: scrapedFrom(settings.monitoring) };
  const keys = service.keys.length > 0;
  const given = existingSecret(service.existingSecret);
  return {
    name: "inference",
    ...labelsOf("inference"),
    architectures: nodeArchitectures(settings),
    ports: [
      { name: port, container: SERVICE_PORT, service: service.port },
      { name: administration.port, container: ADMIN_PORT, service: ADMIN_PORT },
    ],
    callers: port,
    administration,
    serviceType: service.type,
    probes: { port, live: PATHS.live, ready: PATHS.ready },
    metrics: { path: PATHS.metrics, ...(keys && { key: KEYS.ofPrometheus }) },
    // The image itself sets the ports, the host and the model repository.
    environment: {
      ...given.environment,
      ...models.environment,
      ...(settings.resources.gpu > 0 && { [ENVIRONMENT.executionProvider]: "cuda" }),
      ...service.environment,
      ...(keys && { [ENVIRONMENT.apiKeysFile]: KEYS.file }),
      [ENVIRONMENT.shutdownDelaySeconds]: String(service.shutdownDelaySeconds),
      [ENVIRONMENT.shutdownGraceSeconds]: String(service.shutdownGraceSeconds),
    },
    secrets: { ...secrets, ...given.secrets },
    ...(given.secretsInFull && { secretsInFull: given.secretsInFull }),
    volumes: [...(keys ? [KEYS.volume] : []), ...models.volumes, ...givenVolumes(settings.pods.volumes)],
    resources: withDisk(settings.resources, models.diskBytes),
    ...(settings.resources.gpu > 0 && { gpus: settings.resources.gpu }),
    placing: settings.pods,
    userId: SERVICE_USER_ID,
    scaling: {
      ...replicas,
      cpuPercent: autoscaling.cpuPercent,
      metrics: concurrencySignal(settings),
      scaleDownSeconds: autoscaling.scaleDownSeconds,
    },
    startSeconds: service.startSeconds + PLACE_SECONDS[settings.cluster],
    shutdownSeconds: service.shutdownGraceSeconds,
    egressPorts: [...new Set([...service.egressPorts, ...models.egressPorts])],
    egressTo: models.egressTo,
    oneNode: models.oneNode,
  };
}

/** What lies on the node's disk counts against a pod's share of it. */
function withDisk(resources: Settings["resources"], bytes: number): Workload["resources"] {
  const more = (own: Resources) => ({
    ...own,
    ephemeralStorage: mebibytes(memoryBytes(own.ephemeralStorage) + bytes),
  });
  const { requests, limits } = resources;
  return bytes === 0 ? resources : { requests: more(requests), limits: more(limits) };
}

/** Prometheus's namespace: the program's own, or that of whoever installed it. */
function scrapedFrom({ mode, namespace, prometheusNamespace }: Settings["monitoring"]): string | undefined {
  return mode === "stack" ? namespace : prometheusNamespace;
}
