/** Services: one file a service, each a function from the settings to the plain description of its workload. */

import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import { PATHS, SERVICE_PORT } from "@ai-model-service/contract/http";
import { SERVICE_USER_ID } from "@ai-model-service/contract/image";

import { concurrencySignal } from "../monitoring/adapter-rule.js";
import type { Settings } from "../settings/settings.js";
import { labelsOf } from "../workload/labels.js";
import type { Workload } from "../workload/workload.js";

/** The service that answers predictions, as the settings of a stack describe it. */
export function inferenceWorkload(
  settings: Pick<Settings, "service" | "replicas" | "resources" | "autoscaling" | "monitoring">,
): Workload {
  const { service, replicas, resources, autoscaling } = settings;
  const port = "http";
  return {
    name: "inference",
    ...labelsOf("inference"),
    ports: [{ name: port, container: SERVICE_PORT, service: service.port }],
    callers: port,
    serviceType: service.type,
    probes: { port, live: PATHS.live, ready: PATHS.ready },
    metrics: { port, path: PATHS.metrics },
    // The image itself sets the port, the host and the model repository.
    environment: {
      ...service.environment,
      [ENVIRONMENT.shutdownDelaySeconds]: String(service.shutdownDelaySeconds),
      [ENVIRONMENT.shutdownGraceSeconds]: String(service.shutdownGraceSeconds),
    },
    secrets: {},
    volumes: [],
    resources,
    userId: SERVICE_USER_ID,
    scaling: {
      ...replicas,
      cpuPercent: autoscaling.cpuPercent,
      metrics: concurrencySignal(settings),
      scaleDownSeconds: autoscaling.scaleDownSeconds,
    },
    shutdownSeconds: service.shutdownGraceSeconds,
    egressPorts: service.egressPorts,
  };
}
