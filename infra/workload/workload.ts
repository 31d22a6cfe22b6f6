/** Workload: from the plain description of a service, below, to the Kubernetes objects that run it. */

import type * as pulumi from "@pulumi/pulumi";

/** A service as plain data: all that its Kubernetes objects follow from, besides the image and the namespace. */
export interface Workload {
  /** Name of its Deployment, Service, autoscaler and so on, and of the Pulumi resources. */
  name: string;
  /** Labels that select its pods, and nothing else. */
  selector: Labels;
  /** Labels of everything that belongs to it, the selector's among them. */
  labels: Labels;
  /** What nodes may be to run its image, as `kubernetes.io/arch` names them. */
  architectures: readonly string[] | "any";
  /** Replaces the image's entry point. */
  command?: string[];
  /** Replaces the image's arguments. */
  args?: string[];
  ports: Port[];
  /** Name of the port that callers use: the one that is opened to the outside. */
  callers: string;
  /** The port that is for administrators and Prometheus: never opened to the outside. */
  administration: Administration;
  /** How its Service is reached. */
  serviceType: "ClusterIP" | "NodePort" | "LoadBalancer";
  probes: Probes;
  /** Where Prometheus finds its metrics, on the administrators' port, and the key that it sends. */
  metrics: { path: string; key?: SecretKey | undefined };
  environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Environment variables that come from Kubernetes Secrets. */
  secrets: Record<string, SecretVariable>;
  /** Names of Kubernetes Secrets whose every key is an environment variable; those above win over them. */
  secretsInFull?: string[];
  volumes: Volume[];
  resources: Record<"requests" | "limits", Resources>;
  /** GPUs of NVIDIA that a replica has to itself. */
  gpus?: number;
  /** Where its pods run and what marks them beside the labels above. */
  placing?: Placing;
  /** User and group that its process runs as. */
  userId: number;
  scaling: Scaling;
  /** Seconds that a new replica may take until it is ready, its place on a node and behind a load balancer included. */
  startSeconds: number;
  /** Seconds that its process takes at most to end after SIGTERM. */
  shutdownSeconds: number;
  /** TCP ports that its pods may connect to. */
  egressPorts: number[];
  /** Single addresses that they may connect to besides. */
  egressTo?: readonly { readonly cidr: string; readonly port: number }[];
  /** Whether all replicas must be on one node, being bound to a volume of it. */
  oneNode?: boolean;
}

export type Labels = Record<string, string>;

/** What a cluster's own rules ask of pods. */
export interface Placing {
  nodeSelector: Labels;
  tolerations: {
    key?: string | undefined;
    operator?: string | undefined;
    value?: string | undefined;
    effect?: string | undefined;
    tolerationSeconds?: number | undefined;
  }[];
  priorityClass?: string | undefined;
  labels: Labels;
  annotations: Record<string, string>;
}

/** A port of the container, and the port of the Service that leads to it. */
export interface Port {
  name: string;
  container: number;
  service: number;
}

/** Who reaches a port that changes what is served and tells how. */
export interface Administration {
  /** Name of the port; a Service of its own inside of the cluster leads to it. */
  port: string;
  /** Namespace of the Prometheus that reads the metrics there. Nobody else in the cluster may connect. */
  scrapedFrom?: string | undefined;
}

/** HTTP paths, on one port, at which the process tells how it is. */
export interface Probes {
  port: string;
  /** Answers while the process works at all. */
  live: string;
  /** Answers while the process can take requests. */
  ready: string;
}

/** A value in a Kubernetes Secret of the same namespace. */
export interface SecretKey {
  secret: string;
  key: string;
}

/** The same, of a Secret whose name is known once it is there. */
export interface SecretVariable {
  secret: pulumi.Input<string>;
  key: string;
}

/** A folder in the container, and where its content comes from. */
export interface Volume {
  name: string;
  path: string;
  readOnly?: boolean;
  source:
    | { emptyDir: { sizeLimit?: string } }
    | { claim: pulumi.Input<string> }
    | { secret: string }
    | { configMap: string }
    /** A folder of an image, copied before the process starts. */
    | { copy: ImageFolder };
}

/** A folder in an image, and how large its copy may be. */
export interface ImageFolder {
  /** By digest. */
  image: pulumi.Input<string>;
  folder: string;
  sizeLimit: string;
}

/** What a replica uses of its node, as quantities of Kubernetes. */
export interface Resources {
  cpu: string;
  memory: string;
  /** Of the node's disk: logs, what the container writes, volumes that go with the pod. */
  ephemeralStorage: string;
}

/** The range that the autoscaler moves in, and what it holds the replicas to. */
interface Scaling {
  min: number;
  max: number;
  /** Mean CPU use over the replicas, in percent of their request. */
  cpuPercent: number;
  /** Metrics beside CPU; the one that asks for the most replicas wins. */
  metrics: PodMetric[];
  /** Seconds of less load before replicas are taken away. */
  scaleDownSeconds: number;
}

/** A metric that the custom metrics API serves for pods, and its target: the mean over the replicas. */
export interface PodMetric {
  name: string;
  perPod: number;
}
