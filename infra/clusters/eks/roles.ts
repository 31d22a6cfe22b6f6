import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** An IAM role whose policies are attached: depend on `attachments` before using it. */
export interface Role {
  arn: pulumi.Output<string>;
  attachments: pulumi.Resource[];
}

/** What EKS Auto Mode acts with: https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html */
export const CLUSTER_POLICIES = [
  "AmazonEKSClusterPolicy",
  "AmazonEKSComputePolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingPolicy",
];

/** What a node needs to join and to pull images: https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html */
export const NODE_POLICIES = ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"];

/** The control plane's role. Auto Mode tags the sessions in which it makes nodes, hence the second action. */
export function clusterRole(opts: pulumi.CustomResourceOptions): Role {
  return role("cluster", "eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"], CLUSTER_POLICIES, opts);
}

/** The nodes' role. Pods have none of it. */
export function nodeRole(opts: pulumi.CustomResourceOptions): Role {
  return role("node", "ec2.amazonaws.com", ["sts:AssumeRole"], NODE_POLICIES, opts);
}

function role(
  name: string,
  service: string,
  actions: string[],
  policies: string[],
  opts: pulumi.CustomResourceOptions,
): Role {
  const made = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: actions }],
      }),
    },
    opts,
  );
  const attachments = policies.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-${policy}`,
        { role: made.name, policyArn: `arn:aws:iam::aws:policy/${policy}` },
        opts,
      ),
  );
  return { arn: made.arn, attachments };
}
