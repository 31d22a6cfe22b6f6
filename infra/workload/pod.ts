import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import { PATHS, SERVICE_PORT } from "@ai-model-service/contract/http";
import { SERVICE_USER_ID } from "@ai-model-service/contract/image";

import type { Settings } from "../settings/settings.js";
import { PORT_NAME, SELECTOR } from "./names.js";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;
type Probe = k8s.types.input.core.v1.Probe;

/** What a replica of the model server is made of. */
export interface PodArgs {
  image: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
  service: Settings["service"];
  resources: Settings["resources"];
}

/** Seconds between the server's own end and the moment when the kubelet would kill it. */
const TERMINATION_MARGIN_SECONDS = 5;

/** A replica: one container without any right that it does not use, spread over nodes and zones. */
export function podSpec({ image, serviceAccountName, service, resources }: PodArgs): PodSpec {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: service.shutdownGraceSeconds + TERMINATION_MARGIN_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: SERVICE_USER_ID,
      runAsGroup: SERVICE_USER_ID,
      seccompProfile: { type: "RuntimeDefault" },
    },
    topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(spreadOver),
    containers: [{ ...serverContainer(image), resources, env: environment(service) }],
  };
}

function serverContainer(image: pulumi.Input<string>): Container {
  return {
    name: "server",
    image,
    ports: [{ name: PORT_NAME, containerPort: SERVICE_PORT }],
    // Until the process answers at all, nothing else is asked; then readiness is asked at once.
    startupProbe: { ...probe(PATHS.live), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...probe(PATHS.ready), periodSeconds: 1, failureThreshold: 3 },
    // Patient: a busy server is not a dead one.
    livenessProbe: { ...probe(PATHS.live), periodSeconds: 10, failureThreshold: 6 },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

function probe(path: string): Probe {
  return { httpGet: { path, port: PORT_NAME }, timeoutSeconds: 3 };
}

/** Replicas of one version keep apart where they can; where they cannot they still run. */
function spreadOver(topologyKey: string): k8s.types.input.core.v1.TopologySpreadConstraint {
  return {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: SELECTOR },
    matchLabelKeys: ["pod-template-hash"],
  };
}

/** The image itself sets port, host and model repository. Sorted, so that the order of settings is no change. */
function environment(service: Settings["service"]): k8s.types.input.core.v1.EnvVar[] {
  const all = {
    ...service.environment,
    [ENVIRONMENT.shutdownDelaySeconds]: String(service.shutdownDelaySeconds),
    [ENVIRONMENT.shutdownGraceSeconds]: String(service.shutdownGraceSeconds),
  };
  return Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }));
}
