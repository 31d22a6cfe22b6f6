import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import type { Partition } from "../../settings/partition.js";

/** An IAM role whose policies are attached: depend on `attachments` before using it. */
interface Role {
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

const OWN_CLUSTER = {
  StringEquals: { "aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}" },
};

/**
 * Lets Auto Mode give load balancers our tags: its managed policies allow no others than its own.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html#tag-prop
 */
const TAGGED_LOAD_BALANCERS = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: [
        "elasticloadbalancing:CreateLoadBalancer",
        "elasticloadbalancing:CreateTargetGroup",
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:CreateRule",
        "ec2:CreateSecurityGroup",
      ],
      Resource: "*",
      Condition: OWN_CLUSTER,
    },
  ],
};

/** The control plane's role. Auto Mode tags the sessions in which it makes nodes, hence the second action. */
export function clusterRole(partition: Partition, opts: pulumi.CustomResourceOptions): Role {
  const made = role("cluster", "eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"], opts);
  const tags = new aws.iam.RolePolicy(
    "cluster-tags",
    { role: made.name, policy: JSON.stringify(TAGGED_LOAD_BALANCERS) },
    opts,
  );
  return {
    arn: made.arn,
    attachments: [...attach("cluster", made, policyArns(partition, CLUSTER_POLICIES), opts), tags],
  };
}

/** The nodes' role. Pods have none of it. */
export function nodeRole(partition: Partition, opts: pulumi.CustomResourceOptions): Role {
  const made = role("node", EC2[partition], ["sts:AssumeRole"], opts);
  return { arn: made.arn, attachments: attach("node", made, policyArns(partition, NODE_POLICIES), opts) };
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
