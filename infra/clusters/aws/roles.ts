import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import type { Partition } from "../../settings/partition.js";
import { tagPolicy } from "./tag-policy.js";

/** An IAM role whose policies are attached: depend on `attachments` before using it. */
interface Role {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  attachments: pulumi.Resource[];
}

/** What EKS Auto Mode acts with: https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html */
const CLUSTER_POLICIES = [
  "AmazonEKSClusterPolicy",
  "AmazonEKSComputePolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingPolicy",
];

/** What a node needs to join and to pull images: https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html */
const NODE_POLICIES = ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"];

/** What nodes are to IAM. EKS has one name everywhere. */
const EC2: Record<Partition, string> = {
  aws: "ec2.amazonaws.com",
  "aws-us-gov": "ec2.amazonaws.com",
  "aws-cn": "ec2.amazonaws.com.cn",
};

/** The control plane's role. Auto Mode tags the sessions in which it makes nodes, hence the second action. */
export function clusterRole(partition: Partition, opts: pulumi.CustomResourceOptions): Role {
  const made = role("cluster", "eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"], opts);
  const tags = new aws.iam.RolePolicy(
    "cluster-tags",
    { role: made.name, policy: tagPolicy(partition) },
    opts,
  );
  return {
    name: made.name,
    arn: made.arn,
    attachments: [...attach("cluster", made, policyArns(partition, CLUSTER_POLICIES), opts), tags],
  };
}

/** The nodes' role. Pods have none of it. */
export function nodeRole(partition: Partition, opts: pulumi.CustomResourceOptions): Role {
  const made = role("node", EC2[partition], ["sts:AssumeRole"], opts);
  return {
    name: made.name,
    arn: made.arn,
    attachments: attach("node", made, policyArns(partition, NODE_POLICIES), opts),
  };
}

function role(
  name: string,
  service: string,
  actions: string[],
  opts: pulumi.CustomResourceOptions,
): aws.iam.Role {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: actions }],
  };
  return new aws.iam.Role(name, { assumeRolePolicy: JSON.stringify(trust) }, opts);
}

/** ARNs of AWS's own policies, by their names. */
function policyArns(partition: Partition, names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `arn:${partition}:iam::aws:policy/${name}`]));
}

function attach(
  name: string,
  made: aws.iam.Role,
  policies: Record<string, string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return Object.entries(policies).map(
    ([policy, policyArn]) =>
      new aws.iam.RolePolicyAttachment(`${name}-${policy}`, { role: made.name, policyArn }, opts),
  );
}
