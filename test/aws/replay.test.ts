import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { ofPackage } from "../infra/support/graph.js";
import { type Declared, runProgram } from "../infra/support/program.js";
import { STACKS } from "../infra/support/stacks.js";

const SCRIPT = fileURLToPath(new URL("replay.py", import.meta.url));

/** What came of one resource. */
interface Outcome {
  kind: string;
  name: string;
  problem: string | null;
}

/** What moto does not know: there the SDK's own model alone was asked. */
const UNKNOWN_TO_MOTO = ["AccessEntry", "AccessPolicyAssociation", "Addon", "PodIdentityAssociation"];

/** Makes resources in moto, by boto3, in the order in which Pulumi would. */
function problems(region: string, resources: Declared[]): Outcome[] {
  const input = JSON.stringify(
    ordered(resources).map(({ type, name, inputs }) => ({ kind: type.split(":").at(-1), name, inputs })),
  );
  const python = process.env["PYTHON"] ?? "python3";
  const { stdout, stderr } = spawnSync(python, [SCRIPT, region], { input, encoding: "utf8" });
  const lines = stdout.split("\n").filter((line) => line !== "");
  expect(lines.length, stderr).toBe(resources.length);
  return lines
    .map((line) => JSON.parse(line) as Outcome)
    .filter(({ kind, problem }) => problem !== null && !isUnknown(kind, problem));
}

function isUnknown(kind: string, problem: string): boolean {
  return UNKNOWN_TO_MOTO.includes(kind) && problem.endsWith("Not yet implemented");
}

/** Each after all that it needs. */
function ordered(resources: Declared[]): Declared[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const done = new Set<Declared>();
  const visit = (resource: Declared) => {
    for (const urn of resource.dependencies) {
      const needed = byUrn.get(urn);
      if (needed !== undefined && !done.has(needed)) {
        visit(needed);
      }
    }
    done.add(resource);
  };
  resources.forEach(visit);
  return [...done];
}

/** Names in a zone that is there, with a certificate that is made of them. */
const IN_ZONE = {
  scheme: "public",
  sourceRanges: ["0.0.0.0/0"],
  withoutKeys: true,
  zone: "example.com",
  hostname: "predict.example.com",
  otherHostnames: ["example.com"],
};

/** A bucket of models that the program makes. */
const MODELS = { bucket: { create: true, prefix: "team/a" } };

async function declaredIn(
  region: string,
  partition: string,
  eks: object = {},
  ingress: object = STACKS.prod().ingress,
): Promise<Declared[]> {
  const admins = [`arn:${partition}:iam::123456789012:role/operators`];
  const settings = STACKS.prod();
  const run = await runProgram({
    ...settings,
    eks: { ...settings.eks, region, admins, ...eks },
    ingress,
    models: MODELS,
  });
  return ofPackage(run, "aws");
}

/** Mistakes of every kind that is to be caught, by the resource that gets it: its type, inputs, and what is said. */
const MISTAKES: Record<string, [kind: string, inputs: object, message: string]> = {
  "ai-model-service": [
    "Repository",
    { imageTagMutability: "FIXED" },
    "imageTagMutability is FIXED, not one of",
  ],
  "public-1": ["Subnet", { cidrBlock: "10.1.0.0/18" }, "InvalidSubnet.Range"],
  "public-2": ["Subnet", { cidrBlock: "10.0.0.0/18" }, "InvalidSubnet.Conflict"],
  "node-AmazonEKSWorkerNodeMinimalPolicy": [
    "RolePolicyAttachment",
    { policyArn: "arn:aws:iam::aws:policy/AmazonEKSNobody" },
    "NoSuchEntity",
  ],
  "cluster-tags": ["RolePolicy", { policy: policy({ Action: "everything" }) }, "MalformedPolicyDocument"],
  models: ["BucketVersioning", { versioningConfiguration: { status: "On" } }, "Status is On, not one of"],
  cluster: ["Cluster", { upgradePolicy: { supportType: "LONG" } }, "supportType is LONG, not one of"],
};

const IN_ZONE_MISTAKES: Record<string, object> = {
  "validation-predict.example.com": { ttl: "300s" },
  "example.com": { type: "ALIAS" },
};

function policy(statement: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

describe("what the program declares on AWS", () => {
  // moto takes GovCloud's IAM for that of `aws`: its regions are held to their ARNs by the graph's tests alone.
  it.each([
    ["eu-central-1", "aws", {}],
    ["eu-west-1", "aws", { natGateways: "per-zone", vpcCidr: "172.31.16.0/20", apiAccess: "nobody" }],
    ["cn-north-1", "aws-cn", {}],
  ])("can be made in %s, partition %s, with %j", async (region, partition, eks) => {
    expect(problems(region, await declaredIn(region, partition, eks))).toEqual([]);
  });

  it("can be made with names in a hosted zone and a certificate of them", async () => {
    const declared = await declaredIn("eu-central-1", "aws", {}, IN_ZONE);
    expect(problems("eu-central-1", declared)).toEqual([]);
    const mistaken = declared.map((resource) => ({
      ...resource,
      inputs: { ...resource.inputs, ...IN_ZONE_MISTAKES[resource.name] },
    }));
    const found = problems("eu-central-1", mistaken).map(({ name, problem }) => `${name} ${problem ?? ""}`);
    expect(found).toEqual([
      expect.stringContaining("validation-predict.example.com ParamValidationError") as string,
      expect.stringContaining("Type is ALIAS, not one of"),
    ]);
  });

  it("would be refused with a mistake in it", async () => {
    const declared = await declaredIn("eu-central-1", "aws");
    const mistaken = declared.map((resource) => {
      const [kind = "", mistake] = MISTAKES[resource.name] ?? [];
      return resource.type.endsWith(`:${kind}`)
        ? { ...resource, inputs: { ...resource.inputs, ...mistake } }
        : resource;
    });
    const found = problems("eu-central-1", mistaken);
    for (const [name, [kind, , message]] of Object.entries(MISTAKES)) {
      const outcome = found.find((one) => one.name === name && one.kind === kind);
      expect(outcome?.problem, name).toContain(message);
    }
  });
});
