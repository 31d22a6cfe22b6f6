import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type Checked, findings } from "#infra/policy/policy-rule.js";
import { settingsSchema } from "#infra/settings/settings.js";
import { rules } from "#infra/policy/rules/all-rules.js";
import type { FakeDaemon } from "../support/docker-daemon.js";
import { type Declared, runProgram } from "../support/program.js";
import { daemonWithCluster, type StackName, STACKS } from "../support/stacks.js";

let daemon: FakeDaemon;
const declared = {} as Record<StackName, Declared[]>;

beforeAll(async () => {
  daemon = await daemonWithCluster();
  vi.stubEnv("DOCKER_HOST", daemon.address);
  for (const stack of Object.keys(STACKS) as StackName[]) {
    declared[stack] = (await runProgram(STACKS[stack](), { stack })).resources;
  }
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await daemon.close();
});

function faults(resource: Checked): string[] {
  return rules.flatMap((rule) => findings(rule, resource).map((found) => `${rule.name}: ${found}`));
}

/** A resource of a stack, as the rules see it, with the value at a path replaced. */
function changed(
  stack: StackName,
  type: string,
  name: string,
  path: (string | number)[],
  value: unknown,
): Checked {
  const found = declared[stack].find((r) => r.name === name && r.type.split(/[:/]/).at(-1) === type);
  if (found === undefined) {
    throw new Error(`${stack} has no ${type} ${name}`);
  }
  return { type: found.type, name, props: replaced(found.inputs, path, value) };
}

function replaced(tree: unknown, [key, ...rest]: (string | number)[], value: unknown): unknown {
  if (key === undefined) {
    return value;
  }
  const copy = structuredClone(tree) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}

const container = ["spec", "template", "spec", "containers", 0];
const copier = ["spec", "template", "spec", "initContainers", 0];
const annotations = ["metadata", "annotations"];
const scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";

type Mutation = [rule: string, ...Parameters<typeof changed>];

const mutations: Mutation[] = [
  ["images-by-digest", "dev", "Deployment", "inference", [...container, "image"], "service:latest"],
  ["never-root", "dev", "Deployment", "inference", [...container, "securityContext", "capabilities"], {}],
  ["never-root", "dev", "Deployment", "inference", [...container, "securityContext", "privileged"], true],
  [
    "never-root",
    "dev",
    "Deployment",
    "inference",
    [...container, "securityContext", "allowPrivilegeEscalation"],
    undefined,
  ],
  ["never-root", "dev", "Deployment", "inference", [...container, "securityContext", "runAsNonRoot"], false],
  ["never-root", "dev", "Deployment", "inference", [...container, "securityContext", "runAsUser"], 0],
  ["bounded", "dev", "Deployment", "inference", [...container, "resources", "limits"], {}],
  ["bounded", "dev", "Deployment", "inference", [...container, "resources", "requests", "cpu"], undefined],
  [
    "no-plain-secrets",
    "dev",
    "Deployment",
    "inference",
    [...container, "env"],
    [{ name: "API_KEYS", value: "k" }],
  ],
  ["no-open-doors", "dev", "Container", "node", ["ports", 0, "ip"], "0.0.0.0"],
  ["no-open-doors", "dev", "Service", "inference", ["spec", "type"], "LoadBalancer"],
  ["no-open-doors", "dev", "Service", "public", ["spec", "ports", 0, "targetPort"], "admin"],
  ["no-open-doors", "dev", "Service", "public", ["spec", "ports", 0, "targetPort"], 8002],
  ["no-open-doors", "prod", "Service", "public", ["spec", "ports", 0, "targetPort"], "admin"],
  ["no-open-doors", "dev", "Service", "inference-admin", ["spec", "type"], "NodePort"],
  ["no-open-doors", "prod", "Service", "public", annotations, { [scheme]: "internet-facing" }],
  ["no-open-doors", "prod", "Service", "public", ["spec", "loadBalancerSourceRanges"], []],
  ["no-open-doors", "prod", "Cluster", "cluster", ["vpcConfig", "publicAccessCidrs"], ["0.0.0.0/0"]],
  ["no-open-doors", "prod", "Cluster", "cluster", ["vpcConfig", "publicAccessCidrs"], undefined],
  ["no-open-doors", "prod", "Subnet", "private-0", ["mapPublicIpOnLaunch"], true],
  ["aws-with-care", "prod", "Repository", "ai-model-service", ["imageTagMutability"], "MUTABLE"],
  ["aws-with-care", "prod", "Repository", "ai-model-service", ["imageScanningConfiguration"], undefined],
  ["aws-with-care", "prod", "Cluster", "cluster", ["encryptionConfig"], undefined],
  ["aws-with-care", "prod", "Cluster", "cluster", ["enabledClusterLogTypes"], ["api"]],
  ["aws-with-care", "prod", "Cluster", "cluster", ["accessConfig", "authenticationMode"], "CONFIG_MAP"],
  ["aws-with-care", "prod", "Key", "secrets", ["enableKeyRotation"], false],
  ["aws-with-care", "prod", "LogGroup", "control-plane", ["retentionInDays"], undefined],
  ["aws-with-care", "bucket", "BucketPublicAccessBlock", "models", ["blockPublicPolicy"], false],
  [
    "aws-with-care",
    "bucket",
    "BucketVersioning",
    "models",
    ["versioningConfiguration", "status"],
    "Suspended",
  ],
  [
    "aws-with-care",
    "bucket",
    "BucketServerSideEncryptionConfiguration",
    "models",
    ["rules", 0, "applyServerSideEncryptionByDefault", "sseAlgorithm"],
    "AES256",
  ],
  ["bounded", "folder", "Deployment", "inference", [...copier, "resources", "limits"], {}],
  ["images-by-digest", "folder", "Deployment", "inference", [...copier, "image"], "models:latest"],
  ["never-root", "folder", "Deployment", "inference", [...copier, "securityContext"], {}],
  ["aws-with-care", "prod", "StorageClass", "default", ["parameters", "encrypted"], "false"],
];

describe("the policy", () => {
  it.each(Object.keys(STACKS) as StackName[])("is kept by all that %s declares", (stack) => {
    const found = declared[stack].flatMap(({ type, name, inputs }) => faults({ type, name, props: inputs }));
    expect(found).toEqual([]);
  });

  it.each(mutations)("%s refuses a change: %s %s %s %j = %j", (rule, ...change) => {
    const found = faults(changed(...change));
    expect(found.length).toBeGreaterThan(0);
    for (const fault of found) {
      expect(fault).toMatch(new RegExp(`^${rule}: `));
    }
  });

  it.each<[string, ...Parameters<typeof changed>]>([
    ["image.reference", "dev", "Deployment", "inference", [...container, "image"], "service:latest"],
    ["resources", "dev", "Deployment", "inference", [...container, "resources"], {}],
    [
      "service.secretEnvironment",
      "dev",
      "Deployment",
      "inference",
      [...container, "env"],
      [{ name: "API_KEYS", value: "k" }],
    ],
    ["ingress.sourceRanges", "prod", "Service", "public", ["spec", "loadBalancerSourceRanges"], []],
    ["eks.apiAccess", "prod", "Cluster", "cluster", ["vpcConfig", "publicAccessCidrs"], undefined],
    ["eks.logRetentionDays", "prod", "LogGroup", "control-plane", ["retentionInDays"], undefined],
  ])("names the setting %s", (setting, ...change) => {
    const [found = ""] = faults(changed(...change));
    expect(found).toMatch(new RegExp(`: see ai-model-service:${setting.replaceAll(".", "\\.")}$`));
    const { shape } = settingsSchema as unknown as { shape: Record<string, unknown> };
    expect(Object.keys(shape)).toContain(setting.split(".")[0]);
  });

  it("shows each rule at work", () => {
    expect(new Set(mutations.map(([rule]) => rule))).toEqual(new Set(rules.map(({ name }) => name)));
  });

  it("refuses doors that no stack has yet", () => {
    const door = (type: string, props: object) => faults({ type, name: "door", props });
    const ingress = "kubernetes:networking.k8s.io/v1:Ingress";
    expect(door(ingress, { spec: {} })).toEqual([
      "no-open-doors: answers without TLS: see ai-model-service:ingress.tls",
    ]);
    const annotations = { "ai-model-service/tls": "elsewhere" };
    expect(door(ingress, { metadata: { annotations }, spec: {} })).toEqual([]);
    for (const port of [{ name: "admin" }, { number: 8002 }]) {
      const backend = { service: { name: "inference-admin", port } };
      const rules = [{ http: { paths: [{ backend }] } }];
      expect(door(ingress, { spec: { tls: [{}], rules } })).toHaveLength(1);
      expect(door(ingress, { spec: { tls: [{}], defaultBackend: backend } })).toHaveLength(1);
    }
    const rules = [{ backendRefs: [{ name: "inference-admin", port: 8002 }] }];
    expect(door("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", { spec: { rules } })).toHaveLength(1);
    expect(
      door("aws:ec2/securityGroup:SecurityGroup", { ingress: [{ cidrBlocks: ["0.0.0.0/0"] }] }),
    ).toHaveLength(1);
    expect(
      door("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { cidrIpv4: "0.0.0.0/0" }),
    ).toHaveLength(1);
  });

  it("looks into the pods of every kind of workload", () => {
    const pod = { containers: [{ name: "a", image: "a:1" }] };
    const job = { spec: { jobTemplate: { spec: { template: { spec: pod } } } } };
    expect(faults({ type: "kubernetes:batch/v1:CronJob", name: "job", props: job })[0]).toMatch(
      "images-by-digest",
    );
    expect(faults({ type: "kubernetes:core/v1:Pod", name: "pod", props: { spec: pod } })[0]).toMatch(
      "images-by-digest",
    );
  });
});
