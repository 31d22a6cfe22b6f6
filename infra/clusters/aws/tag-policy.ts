import type { Partition } from "../../settings/partition.js";

/** Only on what Auto Mode makes for the cluster whose role this is. */
const OWN_CLUSTER = { "aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}" };

/**
 * Lets Auto Mode give our tags to nodes, volumes and load balancers: its managed policies allow no others than its own.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html#tag-prop
 */
export function tagPolicy(partition: Partition): string {
  const allowed = [
    allow("*", ["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate"], {
      "aws:RequestTag/eks:kubernetes-node-class-name": "*",
      "aws:RequestTag/eks:kubernetes-node-pool-name": "*",
    }),
    allow(
      ["volume", "snapshot"].map((kind) => `arn:${partition}:ec2:*:*:${kind}/*`),
      ["ec2:CreateVolume", "ec2:CreateSnapshot"],
    ),
    allow("*", ["ec2:CreateNetworkInterface"], { "aws:RequestTag/eks:kubernetes-cni-node-name": "*" }),
    allow("*", [
      "elasticloadbalancing:CreateLoadBalancer",
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateRule",
      "ec2:CreateSecurityGroup",
    ]),
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement: allowed });
}

function allow(resources: string | string[], actions: string[], like?: Record<string, string>): object {
  return {
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    Condition: { StringEquals: OWN_CLUSTER, ...(like !== undefined && { StringLike: like }) },
  };
}
