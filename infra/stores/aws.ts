import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Bucket } from "../clusters/cluster.js";
import type { BucketSettings } from "../settings/models.js";
import { partitionOf } from "../settings/partition.js";
import { makeBucket } from "./aws/bucket.js";
import { bucketRights, podTrust, type Pods } from "./aws/rights.js";

/** Where the agent of Pod Identity answers on every node: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html */
const AGENT = { cidr: "169.254.170.23/32", port: 80 };

/** The cluster whose pods are given the right. */
interface Reader {
  /** Name of the stack on AWS. */
  readonly name: string;
  readonly cluster: pulumi.Input<string>;
  readonly region: string;
  /** Whether Pulumi refuses to delete what holds data. */
  readonly protect: boolean;
}

/** The right of pods to the models in a bucket of AWS, which is made where the settings say so, and of nobody's else. */
export function awsBucket(
  settings: BucketSettings,
  { name, cluster, region, protect }: Reader,
  pods: Pods,
  opts: pulumi.CustomResourceOptions & { provider: aws.Provider },
): Bucket {
  const partition = partitionOf(region);
  const made = settings.name === undefined ? makeBucket(name, settings, { ...opts, protect }) : undefined;
  const bucket = made?.bucket.id ?? pulumi.output(settings.name ?? "");
  const role = new aws.iam.Role("models", { assumeRolePolicy: podTrust(pods) }, opts);
  const policy = pulumi
    .all([bucket, made?.key.arn])
    .apply(([named, key]) => bucketRights({ partition, bucket: named, prefix: settings.prefix, key }));
  const rights = new aws.iam.RolePolicy("models", { role: role.name, policy }, opts);
  const association = new aws.eks.PodIdentityAssociation(
    "models",
    {
      clusterName: cluster,
      namespace: pods.namespace,
      serviceAccount: pods.serviceAccount,
      roleArn: role.arn,
    },
    opts,
  );
  return {
    name: bucket,
    region,
    credentialsFrom: [AGENT],
    dependsOn: [rights, association, ...(made?.safeguards ?? [])],
  };
}
