import { z } from "zod";

import { nodesSchema } from "./nodes.js";
import { partitionOf } from "./partition.js";
import { tagsSchema } from "./tags.js";

/** Number of an AWS account. `pulumi config set --path` makes a number of it unless it begins with 0. */
export const accountSchema = z.coerce
  .string()
  .regex(/^\d{12}$/, "must be the twelve digits of an AWS account");

const networks = z
  .array(z.cidrv4("must be a CIDR block such as 203.0.113.0/24"))
  .refine((list) => list.length > 0, "must name a network, or be nobody")
  .refine((list) => !list.includes("0.0.0.0/0"), "must not let everybody reach the API server");

export const eksSchema = z
  .strictObject({
    region: z
      .string()
      .regex(
        /^([a-z]{2}|us-gov)-[a-z]+-\d$/,
        "must be an AWS region such as eu-central-1, of AWS, GovCloud or China",
      )
      .optional()
      .describe("Region that everything is made in."),
    account: accountSchema
      .optional()
      .describe("Account that everything is made in; the program refuses credentials of any other."),
    kubernetesVersion: z
      .string()
      .regex(/^1\.\d\d$/, "must be a Kubernetes version such as 1.35")
      .default("1.35")
      .describe("Kubernetes version of the cluster."),
    apiAccess: z
      .union([z.literal("nobody"), networks], "must be nobody or a list of CIDR blocks")
      .optional()
      .describe(
        "Who may reach the API server from outside of the VPC: `nobody`, or networks. `pulumi up` runs in one of them.",
      ),
    admins: z
      .array(
        z
          .string()
          .regex(/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/.+$/, "must be the ARN of an IAM role or user"),
      )
      .default([])
      .describe("IAM users and roles, besides the one that makes the cluster, that administer it."),
    vpcCidr: z
      .cidrv4()
      .refine((block) => /\/(1[6-9]|20)$/.test(block), "must have a prefix of /16 to /20")
      .default("10.0.0.0/16")
      .describe("Addresses of the VPC that is made."),
    natGateways: z
      .enum(["single", "per-zone"])
      .default("single")
      .describe(
        "`single`: one NAT gateway for all zones, which costs a third and fails with its zone; `per-zone`: one in each.",
      ),
    logRetentionDays: z
      .literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731])
      .default(30)
      .describe("Days that the control plane's logs are kept."),
    protect: z
      .boolean()
      .default(true)
      .describe(
        "Whether Pulumi refuses to delete what holds data: the cluster, its keys, logs, images and namespaces.",
      ),
    deleteImages: z
      .boolean()
      .default(false)
      .describe(
        "Whether the images go with their repository; else AWS refuses to delete one that holds any.",
      ),
    nodes: nodesSchema.prefault({}),
    tags: tagsSchema
      .default({})
      .describe(
        "Tags of what is made on AWS, besides the program's own; [targets](targets.md#eks-aws) has the exceptions.",
      ),
  })
  .refine(({ region = "", admins }) => admins.every((arn) => arn.startsWith(`arn:${partitionOf(region)}:`)), {
    path: ["admins"],
    error: "must be of the partition that eks.region is in: aws, aws-us-gov or aws-cn",
  })
  .describe("A cluster and a registry on AWS.");
