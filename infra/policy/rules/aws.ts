import { at, type Fault, listAt, type Rule, textAt } from "../policy-rule.js";

const LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** The safeguards that AWS leaves off unless it is asked for them, by type. */
const checks: Record<string, (props: unknown) => [boolean, Fault][]> = {
  "aws:ecr/repository:Repository": (props) => [
    [textAt(props, "imageTagMutability") === "IMMUTABLE", "lets tags be moved"],
    [at(props, "imageScanningConfiguration", "scanOnPush") === true, "does not scan images"],
  ],
  "aws:eks/cluster:Cluster": (props) => [
    [
      listAt(props, "encryptionConfig", "resources").includes("secrets"),
      "does not encrypt Secrets with a key of its own",
    ],
    [
      LOGS.every((type) => listAt(props, "enabledClusterLogTypes").includes(type)),
      "does not write every kind of log",
    ],
    [
      textAt(props, "accessConfig", "authenticationMode") === "API",
      "grants access by more than access entries",
    ],
  ],
  "aws:kms/key:Key": (props) => [[at(props, "enableKeyRotation") === true, "is not rotated"]],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (props) => [
    [
      ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].every(
        (name) => at(props, name) === true,
      ),
      "leaves a bucket open to the public",
    ],
  ],
  "aws:s3/bucketVersioning:BucketVersioning": (props) => [
    [textAt(props, "versioningConfiguration", "status") === "Enabled", "does not keep what is replaced"],
  ],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (props) => [
    [
      listAt(props, "rules").every(
        (rule) => textAt(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm") === "aws:kms",
      ),
      "does not encrypt a bucket with a key of its own",
    ],
  ],
  "aws:cloudwatch/logGroup:LogGroup": (props) => [
    [
      Number(at(props, "retentionInDays")) > 0,
      { what: "keeps its logs forever", setting: "eks.logRetentionDays" },
    ],
  ],
  "kubernetes:storage.k8s.io/v1:StorageClass": (props) => [
    [
      textAt(props, "provisioner") !== "ebs.csi.eks.amazonaws.com" ||
        textAt(props, "parameters", "encrypted") === "true",
      "makes volumes that are not encrypted",
    ],
  ],
};

export const awsWithCare: Rule = {
  name: "aws-with-care",
  description: "Safeguards that AWS leaves off by default are turned on.",
  check: ({ type, props }) =>
    (checks[type]?.(props) ?? []).filter(([well]) => !well).map(([, fault]) => fault),
};
