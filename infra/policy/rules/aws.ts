import { at, listAt, type Rule, textAt } from "../rule.js";

const LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** What AWS leaves off unless it is asked for, by type. */
const checks: Record<string, (props: unknown) => [boolean, string][]> = {
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
      "does not log all that it can",
    ],
    [textAt(props, "accessConfig", "authenticationMode") === "API", "trusts more than access entries"],
  ],
  "aws:kms/key:Key": (props) => [[at(props, "enableKeyRotation") === true, "does not rotate"]],
  "aws:cloudwatch/logGroup:LogGroup": (props) => [
    [Number(at(props, "retentionInDays")) > 0, "keeps logs for ever"],
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
  description: "What AWS offers for safety and leaves off by default is on.",
  check: ({ type, props }) =>
    (checks[type]?.(props) ?? []).filter(([well]) => !well).map(([, fault]) => fault),
};
