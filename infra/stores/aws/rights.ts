import type { Partition } from "../../settings/partition.js";

/** The pods of a service account. */
export interface Pods {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Lets EKS act for these pods, and for no others: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html */
export function podTrust({ namespace, serviceAccount }: Pods): string {
  return policy([
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:RequestTag/kubernetes-namespace": namespace,
          "aws:RequestTag/kubernetes-service-account": serviceAccount,
        },
      },
    },
  ]);
}

/** Where models are, and the key that they are encrypted with, where it is the program's. */
interface Models {
  readonly partition: Partition;
  readonly bucket: string;
  readonly prefix?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * What a server may do with models: read all of them, and write what says which version serves and why, beside each model.
 * A version's own files nobody changes.
 */
export function bucketRights({ partition, bucket, prefix, key }: Models): string {
  const arn = `arn:${partition}:s3:::${bucket}`;
  const below = prefix === undefined ? arn : `${arn}/${prefix}`;
  const written = ["config.json", ".events/*", ".promotion.json", ".replicas/*"];
  return policy([
    {
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: arn,
      ...(prefix !== undefined && { Condition: { StringLike: { "s3:prefix": [prefix, `${prefix}/*`] } } }),
    },
    { Effect: "Allow", Action: "s3:GetObject", Resource: `${below}/*` },
    { Effect: "Allow", Action: "s3:PutObject", Resource: written.map((name) => `${below}/*/${name}`) },
    // A server that stops takes its own report away.
    { Effect: "Allow", Action: "s3:DeleteObject", Resource: `${below}/*/.replicas/*` },
    // An asterisk takes slashes too: what has the pointer's name in a version's folder is a file of the version.
    { Effect: "Deny", Action: "s3:PutObject", Resource: `${below}/*/*/config.json` },
    ...(key === undefined
      ? []
      : [{ Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: key }]),
  ]);
}

/** A policy of IAM as it is sent. */
export function policy(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
