import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** A Kubernetes cluster that the rest of the program ships to, wherever it came from. */
export interface Cluster {
  kind: "local" | "existing" | "eks";
  name: pulumi.Output<string>;
  /** Secret. Holds no short-lived token: it goes into the state. */
  kubeconfig: pulumi.Output<string>;
  /** Used explicitly by every Kubernetes resource. */
  provider: k8s.Provider;
  /** What must exist before workloads do, and outlive them. */
  ready: pulumi.Resource[];
  /** Where the cluster's LoadBalancer Services are reached, if not at the address that their status gives. */
  loadBalancerHost?: pulumi.Input<string>;
}
