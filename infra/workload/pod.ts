import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { terminationSeconds } from "./rollout.js";
import type { Labels, Probes, Resources, Volume, Workload } from "./workload.js";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;
type EnvVar = k8s.types.input.core.v1.EnvVar;

/** The part of a workload that its pods follow from. */
export type PodWorkload = Pick<
  Workload,
  | "selector"
  | "architecture"
  | "placing"
  | "command"
  | "args"
  | "ports"
  | "probes"
  | "environment"
  | "secrets"
  | "secretsInFull"
  | "volumes"
  | "resources"
  | "userId"
  | "shutdownSeconds"
>;

/** What a pod needs that exists only once a stack is deployed. */
export interface PodInputs {
  /** By digest. */
  image: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
}

/** A replica: one container without any right that it does not use, spread over nodes and zones. */
export function podSpec(workload: PodWorkload, { image, serviceAccountName }: PodInputs): PodSpec {
  const { selector, userId, volumes } = workload;
  return {
    ...placed(workload),
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: terminationSeconds(workload),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: userId,
      seccompProfile: { type: "RuntimeDefault" },
      // Without it the process could not write to a volume that was claimed.
      ...(volumes.length > 0 && { fsGroup: userId }),
    },
    topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) =>
      spreadOver(topologyKey, selector),
    ),
    containers: [container(workload, image)],
    ...(volumes.length > 0 && { volumes: volumes.map(volume) }),
  };
}

/** Which nodes it may run on, and before whom. */
function placed({ architecture, placing }: PodWorkload): Partial<PodSpec> {
  const { nodeSelector = {}, tolerations = [], priorityClass } = placing ?? {};
  const nodes = {
    ...nodeSelector,
    ...(architecture !== undefined && { "kubernetes.io/arch": architecture }),
  };
  return {
    ...(Object.keys(nodes).length > 0 && { nodeSelector: nodes }),
    ...(tolerations.length > 0 && { tolerations }),
    ...(priorityClass !== undefined && { priorityClassName: priorityClass }),
  };
}

function container(workload: PodWorkload, image: pulumi.Input<string>): Container {
  const { command, args, ports, probes, resources, secretsInFull = [], volumes } = workload;
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
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: quantities(resources.requests), limits: quantities(resources.limits) },
    ...(secretsInFull.length > 0 && { envFrom: secretsInFull.map((name) => ({ secretRef: { name } })) }),
    env: environment(workload),
    ...(volumes.length > 0 && { volumeMounts: volumes.map(mount) }),
  };
}

function quantities({ cpu, memory, ephemeralStorage }: Resources) {
  return { cpu, memory, "ephemeral-storage": ephemeralStorage };
}

function probe(probes: Probes, question: "live" | "ready"): k8s.types.input.core.v1.Probe {
  return { httpGet: { path: probes[question], port: probes.port }, timeoutSeconds: 3 };
}

/** Replicas of one version keep apart where they can; where they cannot they still run. */
function spreadOver(topologyKey: string, selector: Labels): k8s.types.input.core.v1.TopologySpreadConstraint {
  return {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selector },
    matchLabelKeys: ["pod-template-hash"],
  };
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

function volume({ name, source }: Volume): k8s.types.input.core.v1.Volume {
  if ("emptyDir" in source) {
    return { name, emptyDir: source.emptyDir };
  }
  if ("claim" in source) {
    return { name, persistentVolumeClaim: { claimName: source.claim } };
  }
  return "secret" in source
    ? { name, secret: { secretName: source.secret } }
    : { name, configMap: { name: source.configMap } };
}

function mount({ name, path, readOnly }: Volume): k8s.types.input.core.v1.VolumeMount {
  return { name, mountPath: path, ...(readOnly !== undefined && { readOnly }) };
}
