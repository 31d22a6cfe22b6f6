import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Architecture } from "../../image/platform.js";

/** What the nodes of a cluster are made of. */
interface NodesArgs {
  /** Name of their IAM role. */
  role: pulumi.Input<string>;
  subnetIds: pulumi.Input<string>[];
  securityGroupId: pulumi.Input<string>;
  architecture: Architecture;
  /** Of instances, their volumes and network interfaces. */
  tags: Record<string, string>;
}

const NAME = "workloads";

/**
 * Nodes that Auto Mode runs, as in its pool `general-purpose`, but of the image's architecture, where that one knows amd64
 * alone, and with our tags. https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html
 */
export function makeNodes(args: NodesArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  // A node is drained before it goes, and its pool waits for the last one.
  const patient = { ...opts, customTimeouts: { delete: "30m" } };
  const nodeClass = new k8s.apiextensions.CustomResource(
    "node-class",
    {
      apiVersion: "eks.amazonaws.com/v1",
      kind: "NodeClass",
      metadata: { name: NAME },
      spec: classSpec(args),
    },
    patient,
  );
  const pool = new k8s.apiextensions.CustomResource(
    "node-pool",
    { apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata: { name: NAME }, spec: poolSpec(args) },
    { ...patient, dependsOn: nodeClass },
  );
  return [nodeClass, pool];
}

function classSpec({ role, subnetIds, securityGroupId, tags }: NodesArgs): object {
  return {
    role,
    subnetSelectorTerms: subnetIds.map((id) => ({ id })),
    securityGroupSelectorTerms: [{ id: securityGroupId }],
    tags,
  };
}

function poolSpec({ architecture }: NodesArgs): object {
  const requirement = (key: string, operator: string, ...values: string[]) => ({ key, operator, values });
  return {
    template: {
      spec: {
        nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: NAME },
        requirements: [
          requirement("karpenter.sh/capacity-type", "In", "on-demand"),
          requirement("eks.amazonaws.com/instance-category", "In", "c", "m", "r"),
          requirement("eks.amazonaws.com/instance-generation", "Gt", "4"),
          requirement("kubernetes.io/arch", "In", architecture),
        ],
        expireAfter: "336h",
      },
    },
    disruption: {
      consolidationPolicy: "WhenEmptyOrUnderutilized",
      consolidateAfter: "30s",
      budgets: [{ nodes: "10%" }],
    },
    // Before EKS's own pool `system`, whose nodes do not have our tags.
    weight: 10,
  };
}
