import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Registry } from "../registries/registry.js";
import type { BucketSettings } from "../settings/models.js";

/** One way from outside to a Service of the cluster. */
export type Exposure =
  /** A port of every node, published on this machine under another. */
  | { by: "node-port"; ports: Record<"service" | "grafana", { nodePort: number; hostPort: number }> }
  /** A load balancer of AWS with these tags, as `ingress` describes it. */
  | { by: "network-load-balancer"; tags: Record<string, string>; domain?: Domain }
  /** A controller of Ingresses, or a Gateway, that is there already. */
  | { by: "ingress" | "gateway" };

/** Where the names of a service are kept, and who vouches for them. */
export interface Domain {
  /** ARN of a certificate of those names, once it is valid; absent where none is made. */
  certificateArn?: pulumi.Output<string>;
  /** Has the names lead to a load balancer. */
  leadTo: (loadBalancer: pulumi.Output<string>) => void;
}

/** A bucket of models, and how pods come to their right to it. */
export interface Bucket {
  readonly name: pulumi.Input<string>;
  /** Where the cluster's own buckets are; undefined where it has none. */
  readonly region?: string | undefined;
  /** Addresses that give pods their credentials. */
  readonly credentialsFrom: readonly { readonly cidr: string; readonly port: number }[];
  /** What must exist before pods that use the right. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** A Kubernetes cluster that the rest of the program ships to, wherever it came from. */
export interface Cluster {
  /** Secret. Holds no short-lived token: it goes into the state. */
  kubeconfig: pulumi.Output<string>;
  /** Used explicitly by every Kubernetes resource. */
  provider: k8s.Provider;
  /** What must exist before workloads do, and outlive them. */
  ready: pulumi.Resource[];
  /** With whose end every object of the cluster is gone, so that none needs to be deleted for itself. */
  volume?: pulumi.Resource;
  /** Makes the registry that comes with the cluster; absent where none does. */
  registry?: () => Promise<Registry>;
  /** Gives pods of a service account a right to a bucket of models, which is made where the settings say so; absent where rights are not the cluster's. */
  bucket?: (
    settings: BucketSettings,
    pods: { readonly namespace: string; readonly serviceAccount: string },
  ) => Promise<Bucket>;
  /** How its protection from being deleted is lifted, if it has one: namespaces then share it. */
  protection?: string;
  /** How the cluster's Services are reached from outside; absent where the program does not know. */
  exposure?: Exposure;
}

/** Finds what else would stop a deployment, before anything is made: a sentence for each fault. */
export type OtherChecks = () => Promise<string[]>;

/** The options of everything that lives on a cluster; what needs more before it adds to `dependsOn`. */
export interface Placement {
  provider: k8s.Provider;
  dependsOn: pulumi.Resource[];
  transformations: pulumi.ResourceTransformation[];
}

/** Where everything that lives on a cluster belongs. */
export function onCluster({ provider, ready, volume, protection }: Cluster): Placement {
  const goneWithVolume: pulumi.ResourceTransformation = ({ type, props, opts }) =>
    type.startsWith("kubernetes:") ? { props, opts: { ...opts, deletedWith: volume } } : undefined;
  return {
    provider,
    dependsOn: ready,
    transformations: [
      ...(volume === undefined ? [] : [goneWithVolume]),
      ...(protection === undefined ? [] : [protectData]),
    ],
  };
}

/** Claims hold data, and a namespace takes those with it that are in it. */
const HOLD_DATA = ["Namespace", "PersistentVolumeClaim"].map((kind) => `kubernetes:core/v1:${kind}`);

function protectData({
  type,
  props,
  opts,
}: pulumi.ResourceTransformationArgs): pulumi.ResourceTransformationResult | undefined {
  return HOLD_DATA.includes(type) ? { props, opts: { ...opts, protect: true } } : undefined;
}
