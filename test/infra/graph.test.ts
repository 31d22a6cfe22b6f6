import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import type { FakeDaemon } from "./support/docker-daemon.js";
import { drawing, find, isSecret, ofPackage, outliving, valuesOf } from "./support/graph.js";
import { type Run, runProgram } from "./support/program.js";
import { daemonWithCluster, PREBUILT, type StackName, STACKS } from "./support/stacks.js";

let daemon: FakeDaemon;
const runs = {} as Record<StackName, { created: Run; previewed: Run }>;

beforeAll(async () => {
  daemon = await daemonWithCluster();
  vi.stubEnv("DOCKER_HOST", daemon.address);
  for (const stack of Object.keys(STACKS) as StackName[]) {
    const created = await runProgram(STACKS[stack](), { stack });
    runs[stack] = { created, previewed: await runProgram(STACKS[stack](), { stack, preview: true }) };
  }
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await daemon.close();
});

interface Labelled {
  metadata: { name: string; namespace: string; labels: Record<string, string> };
}

/** The ways by which Prometheus scrapes the pods of a Deployment, by the operator's rules: monitor, Service, port. */
function scrapesOf(
  { resources }: Run,
  pods: Labelled & {
    spec: { template: { metadata: Pick<Labelled["metadata"], "labels">; spec: unknown } };
  },
): string[] {
  const ofKind = <T>(kind: string) =>
    resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs as unknown as T);
  const has = (labels: Record<string, string>, wanted: object) =>
    Object.entries(wanted).every(([name, value]) => labels[name] === value);
  const ports = [valuesOf(pods, "containerPort"), valuesOf(pods.spec.template.spec, "name")].flat();
  type Service = Labelled & { spec: { selector: object; ports: { name: string; targetPort: string }[] } };
  type Monitor = Labelled & { spec: { selector: { matchLabels: object }; endpoints: { port: string }[] } };
  return ofKind<Monitor>("ServiceMonitor").flatMap((monitor) =>
    ofKind<Service>("Service")
      .filter(({ metadata }) => metadata.namespace === monitor.metadata.namespace)
      .filter(({ metadata }) => has(metadata.labels, monitor.spec.selector.matchLabels))
      .filter(({ metadata }) => metadata.namespace === pods.metadata.namespace)
      .filter(({ spec }) => has(pods.spec.template.metadata.labels, spec.selector))
      .flatMap(({ metadata, spec }) =>
        monitor.spec.endpoints.flatMap((endpoint) =>
          spec.ports
            .filter(({ name, targetPort }) => name === endpoint.port && ports.includes(targetPort))
            .map(
              ({ name }) =>
                `ServiceMonitor ${monitor.metadata.name} through Service ${metadata.name} port ${name}`,
            ),
        ),
      ),
  );
}

describe.each(Object.keys(STACKS) as StackName[])("the graph of %s", (stack) => {
  it("is the one that was reviewed", async () => {
    await expect(drawing(runs[stack].created)).toMatchFileSnapshot(`graph/${stack}.txt`);
  });

  it("is the same in a preview, when nothing that providers compute is known", () => {
    expect(drawing(runs[stack].previewed)).toBe(drawing(runs[stack].created));
  });

  it("leaves no resource to a default provider", () => {
    const { resources } = runs[stack].created;
    // The random provider has no setting and makes nothing outside of the state.
    const custom = resources.filter(({ type }) => !/^(ai-model-service|pulumi|random):/.test(type));
    expect(custom.filter(({ provider }) => provider === "").map(({ urn }) => urn)).toEqual([]);
  });

  it("runs every image by digest", () => {
    const { created } = runs[stack];
    const images = ofPackage(created, "kubernetes").flatMap(({ inputs }) => valuesOf(inputs, "image"));
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) {
      expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
    }
  });

  it("leaves the replicas of what is autoscaled to the autoscaler", () => {
    const { created } = runs[stack];
    const target = created.only("HorizontalPodAutoscaler").inputs;
    expect(target).toHaveProperty("spec.scaleTargetRef.name", "inference");
    expect(find(created, "Deployment", "inference").inputs).not.toHaveProperty("spec.replicas");
  });

  it("lets Pulumi wait for a rollout of as many replicas as there may be, and for the first behind each Service", () => {
    const { created } = runs[stack];
    const { inputs, timeouts } = find(created, "Deployment", "inference");
    const { progressDeadlineSeconds: deadline } = inputs["spec"] as { progressDeadlineSeconds: number };
    // Ten replicas, three at a time.
    expect(Number.parseInt(timeouts?.update ?? "")).toBeGreaterThan(4 * deadline);
    expect(timeouts?.create).toBe(timeouts?.update);
    const services = created.resources.filter(({ type }) => type.endsWith(":Service"));
    for (const service of services.filter(({ name }) => name !== "grafana")) {
      expect(Number.parseInt(service.timeouts?.create ?? ""), service.name).toBeGreaterThan(deadline);
    }
  });

  it("has each pod scraped once, whatever Services lead to it", () => {
    const { created } = runs[stack];
    const { inputs } = find(created, "Deployment", "inference");
    const scrapes = scrapesOf(created, inputs as never);
    expect(scrapes).toEqual(["ServiceMonitor inference through Service inference-admin port admin"]);
  });

  it("keeps the kubeconfig secret on its way to the provider and out", () => {
    const { created } = runs[stack];
    const provider = created.resources.find(({ type }) => type === "pulumi:providers:kubernetes");
    expect(isSecret(provider?.inputs["kubeconfig"])).toBe(true);
    expect(created.secrets).toContain("kubeconfig");
  });
});

describe("the graph of dev", () => {
  it("publishes ports on 127.0.0.1 alone", () => {
    const ports = ofPackage(runs.dev.created, "docker").flatMap(({ inputs }) => valuesOf(inputs, "ip"));
    expect(ports).toEqual(Array(4).fill("127.0.0.1"));
  });

  it("starts containers by their images' content", () => {
    const containers = runs.dev.created.resources.filter(({ type }) => type.endsWith(":Container"));
    expect(containers.map(({ inputs }) => inputs["image"])).toEqual(
      containers.map(() => expect.stringMatching(/^sha256:/) as string),
    );
  });

  it("makes the node wait until it is healthy, and the kubeconfig wait for the node", () => {
    const { created } = runs.dev;
    const node = find(created, "Container", "node");
    expect(node.inputs).toMatchObject({ wait: true, healthcheck: {} });
    expect(outliving(created, find(created, "Container", "kubeconfig"))).toContain(node);
  });

  it("pushes the image only to a registry that the node reaches", () => {
    const { created } = runs.dev;
    expect(outliving(created, find(created, "Image", "service"))).toContain(
      find(created, "Container", "node"),
    );
  });

  it("hides what the kubeconfig's reader prints", () => {
    expect(find(runs.dev.created, "Container", "kubeconfig").secretOutputs).toContain("containerLogs");
  });

  it("need not delete from a cluster that is deleted", () => {
    const { created } = runs.dev;
    const { urn } = find(created, "Volume", "data");
    for (const { deletedWith, name } of ofPackage(created, "kubernetes")) {
      expect(deletedWith, name).toBe(urn);
    }
  });

  it("names all that it makes in Docker after the stack", () => {
    const named = ofPackage(runs.dev.created, "docker").filter(({ type }) => !/Image$/.test(type));
    for (const { inputs } of named) {
      expect(inputs["name"]).toMatch(/^ai-model-service-dev/);
    }
  });
});

describe("the graph of prod", () => {
  it("deletes workloads before the cluster, and the cluster before its network and roles", () => {
    const { created } = runs.prod;
    const cluster = find(created, "Cluster", "cluster");
    for (const workload of ofPackage(created, "kubernetes")) {
      expect(outliving(created, workload), workload.name).toContain(cluster);
    }
    const below = [...outliving(created, cluster)].map(({ type }) => type.split(":").at(-1));
    expect(below).toEqual(
      expect.arrayContaining([
        "Subnet",
        "NatGateway",
        "Route",
        "RouteTableAssociation",
        "RolePolicyAttachment",
      ]),
    );
  });

  it("tags all that AWS can tag", () => {
    const { created } = runs.prod;
    const provider = find(created, "aws", "aws");
    const tags = JSON.parse(String(provider.inputs["defaultTags"])) as unknown;
    expect(tags).toEqual({ tags: { project: "ai-model-service", stack: "prod", "managed-by": "pulumi" } });
    for (const { provider: used, name } of ofPackage(created, "aws")) {
      expect(used, name).toContain(provider.urn);
    }
  });

  it("goes to AWS as the configuration of its provider says, and so does kubectl", async () => {
    const roleArn = "arn:aws:iam::123456789012:role/deployer";
    const run = await runProgram({
      ...STACKS.prod(),
      "aws:profile": "work",
      "aws:assumeRoles": [{ roleArn }],
      "aws:defaultTags": { tags: { team: "digits" } },
      "aws:endpoints": [{ ec2: "https://ec2.test" }],
    });
    const { inputs } = find(run, "aws", "aws");
    expect(inputs["profile"]).toBe("work");
    expect(JSON.parse(String(inputs["assumeRoles"]))).toEqual([{ roleArn }]);
    expect(JSON.parse(String(inputs["endpoints"]))).toEqual([{ ec2: "https://ec2.test" }]);
    expect(JSON.parse(String(inputs["defaultTags"]))).toMatchObject({
      tags: { team: "digits", stack: "test" },
    });
    expect(run.outputs["kubeconfig"]).toContain(`"--profile","work","--role-arn","${roleArn}"`);
  });

  it("keeps what is secret in that configuration so", async () => {
    const run = await runProgram(
      { ...STACKS.prod(), "aws:httpsProxy": "https://me:hidden@proxy.test" },
      { secret: ["aws:httpsProxy"] },
    );
    expect(isSecret(find(run, "aws", "aws").inputs["httpsProxy"])).toBe(true);
  });

  it("refuses credentials of another account than that of the settings", async () => {
    const settings = STACKS.prod();
    const run = await runProgram({ ...settings, eks: { ...settings.eks, account: "123456789012" } });
    const { inputs } = find(run, "aws", "aws");
    expect(JSON.parse(String(inputs["allowedAccountIds"]))).toEqual(["123456789012"]);
  });

  it("makes nothing where the configuration of its provider cannot be honoured", async () => {
    await expect(runProgram({ ...STACKS.prod(), "aws:accessKey": "AKIA" })).rejects.toThrow(
      "aws:accessKey is not taken",
    );
  });

  it("has an API server that few reach, that logs all and trusts access entries alone", () => {
    expect(find(runs.prod.created, "Cluster", "cluster").inputs).toMatchObject({
      accessConfig: { authenticationMode: "API" },
      vpcConfig: {
        endpointPrivateAccess: true,
        endpointPublicAccess: true,
        publicAccessCidrs: ["203.0.113.0/24"],
      },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      encryptionConfig: { resources: ["secrets"] },
    });
  });

  it("keeps the API server inside of the VPC if nobody reaches it from outside", async () => {
    const settings = STACKS.prod();
    const run = await runProgram({ ...settings, eks: { ...settings.eks, apiAccess: "nobody" } });
    expect(find(run, "Cluster", "cluster").inputs).toMatchObject({
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
    });
  });

  it("lets EKS run nodes, storage and load balancers", () => {
    expect(find(runs.prod.created, "Cluster", "cluster").inputs).toMatchObject({
      bootstrapSelfManagedAddons: false,
      computeConfig: { enabled: true },
      storageConfig: { blockStorage: { enabled: true } },
      kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
    });
  });

  it("lets EKS tag nodes, volumes and load balancers as everything else, in its own cluster alone", () => {
    const { policy } = find(runs.prod.created, "RolePolicy", "cluster-tags").inputs;
    const { Statement } = JSON.parse(String(policy)) as { Statement: { Action: string[] }[] };
    expect(Statement.flatMap(({ Action }) => Action)).toEqual(
      expect.arrayContaining([
        "ec2:RunInstances",
        "ec2:CreateVolume",
        "ec2:CreateNetworkInterface",
        "elasticloadbalancing:CreateLoadBalancer",
      ]),
    );
    const own = { "aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}" };
    for (const statement of Statement) {
      expect(statement).toHaveProperty("Condition.StringEquals", own);
    }
  });

  it("tags what Auto Mode makes: nodes, volumes and load balancers", async () => {
    const settings = STACKS.prod();
    const run = await runProgram({
      ...settings,
      eks: { ...settings.eks, tags: { team: "a=b" } },
      "aws:defaultTags": { tags: { cost: "7" } },
    });
    const tags = {
      cost: "7",
      team: "a=b",
      project: "ai-model-service",
      stack: "test",
      "managed-by": "pulumi",
    };
    const pairs = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
    expect(run.only("NodeClass").inputs).toHaveProperty("spec.tags", tags);
    const { parameters } = run.only("StorageClass").inputs as { parameters: Record<string, string> };
    const tagged = Object.entries(parameters).filter(([key]) => key.startsWith("tagSpecification_"));
    expect(tagged.map(([, pair]) => pair)).toEqual(pairs);
    expect(find(run, "Service", "public").inputs).toHaveProperty(
      ["metadata", "annotations", "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags"],
      pairs.join(","),
    );
    expect(find(run, "Cluster", "cluster").inputs).toHaveProperty("computeConfig.nodePools", ["system"]);
  });

  it.each(["amd64", "arm64"])(
    "has nodes of %s for an image of it, in the cluster's network",
    async (arch) => {
      const run = await runProgram({ ...STACKS.prod(), image: { platform: `linux/${arch}` } });
      const { spec } = run.only("NodePool").inputs as { spec: object };
      expect(spec).toHaveProperty(
        "template.spec.requirements",
        expect.arrayContaining([{ key: "kubernetes.io/arch", operator: "In", values: [arch] }]),
      );
      expect(spec).toHaveProperty("template.spec.nodeClassRef.name", "workloads");
      expect(run.only("NodeClass").inputs).toMatchObject({
        metadata: { name: "workloads" },
        spec: {
          role: "node",
          subnetSelectorTerms: [{ id: "private-0-id" }, { id: "private-1-id" }, { id: "private-2-id" }],
          securityGroupSelectorTerms: [{ id: "sg-cluster" }],
        },
      });
      expect(find(run, "Deployment", "inference").inputs).toHaveProperty("spec.template.spec.nodeSelector", {
        "kubernetes.io/arch": arch,
      });
    },
  );

  it("waits for the metrics of pods only once there are nodes to run them", () => {
    const { created } = runs.prod;
    const metrics = find(created, "Addon", "metrics-server");
    expect(outliving(created, metrics)).toContain(created.only("NodePool"));
    expect(outliving(created, find(created, "Deployment", "inference"))).toContain(metrics);
  });

  it("has network policies enforced before there are workloads", () => {
    const { created } = runs.prod;
    const enforced = find(created, "ConfigMap", "network-policies");
    expect(enforced.inputs).toMatchObject({
      metadata: { name: "amazon-vpc-cni", namespace: "kube-system" },
      data: { "enable-network-policy-controller": "true" },
    });
    expect(outliving(created, find(created, "Deployment", "inference"))).toContain(enforced);
  });

  it("counts a pod as ready when the load balancer reaches it", () => {
    const labels = (run: Run) =>
      JSON.stringify(find(run, "Namespace", "ai-model-service").inputs["metadata"]);
    expect(labels(runs.prod.created)).toContain('"eks.amazonaws.com/pod-readiness-gate-inject":"enabled"');
    expect(labels(runs.existing.created)).not.toContain("readiness-gate");
  });

  it("spreads over three zones and gives no node an address on the internet", () => {
    const subnets = runs.prod.created.resources.filter(({ type }) => type.endsWith(":Subnet"));
    expect(new Set(subnets.map(({ inputs }) => inputs["availabilityZone"]))).toEqual(
      new Set(["eu-central-1a", "eu-central-1b", "eu-central-1c"]),
    );
    for (const { inputs } of subnets) {
      expect(inputs["mapPublicIpOnLaunch"]).toBe(false);
    }
  });

  it("keeps the zones that it was made in, whatever the region has later", () => {
    const subnets = runs.prod.created.resources.filter(({ type }) => type.endsWith(":Subnet"));
    expect(subnets.map(({ ignoreChanges }) => ignoreChanges)).toEqual(Array(6).fill(["availabilityZone"]));
  });

  it.each([
    ["us-gov-west-1", "aws-us-gov", "ec2.amazonaws.com"],
    ["cn-north-1", "aws-cn", "ec2.amazonaws.com.cn"],
  ])("names what is AWS's own in %s by its partition", async (region, partition, ec2) => {
    const { resources } = await runProgram({
      ...STACKS.prod(),
      eks: { ...STACKS.prod().eks, region, admins: [`arn:${partition}:iam::123456789012:role/operators`] },
    });
    const arns = resources.flatMap(({ inputs }) => valuesOf(inputs, "policyArn")).map(String);
    expect(arns.length).toBeGreaterThan(7);
    expect(arns.filter((arn) => !arn.startsWith(`arn:${partition}:`))).toEqual([]);
    const trusted = resources.map(({ inputs }) => inputs["assumeRolePolicy"]);
    expect(JSON.stringify(trusted)).toContain(`\\"Service\\":\\"${ec2}\\"`);
  });

  it("goes out through one NAT gateway, or one a zone", async () => {
    const nats = ({ resources }: Run) => resources.filter(({ type }) => type.endsWith(":NatGateway")).length;
    const settings = STACKS.prod();
    const wide = await runProgram({ ...settings, eks: { ...settings.eks, natGateways: "per-zone" } });
    expect([nats(runs.prod.created), nats(wide)]).toEqual([1, 3]);
  });

  it("holds no token that expires", () => {
    const [provider] = runs.prod.created.resources.filter(
      ({ type }) => type === "pulumi:providers:kubernetes",
    );
    expect(JSON.stringify(provider?.inputs)).toMatch(/get-token/);
    expect(JSON.stringify(provider?.inputs)).not.toMatch(/k8s-aws-v1/);
  });

  it("has a registry whose tags cannot be moved, with scanned, encrypted and ageing images", () => {
    const { created } = runs.prod;
    expect(created.only("Repository").inputs).toMatchObject({
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS" }],
    });
    expect(created.only("LifecyclePolicy").inputs).toHaveProperty(
      "policy",
      expect.stringContaining("expire"),
    );
  });

  it("pushes each content under a tag of its own, which a step back to an earlier commit does not push again", () => {
    const { created } = runs.prod;
    const { inputs } = find(created, "RandomId", "image");
    const { content } = inputs["keepers"] as { content: string };
    const { imageName } = find(created, "Image", "service").inputs;
    expect(imageName).toMatch(new RegExp(`/ai-model-service[^:]*:${content}-[0-9a-f]{8}$`));
  });

  it("protects what holds data, and says how that is lifted", () => {
    const { resources, outputs } = runs.prod.created;
    const kept = resources.filter((resource) => resource.protect);
    expect(kept.map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`).sort()).toEqual([
      "Cluster cluster",
      "Key images",
      "Key secrets",
      "LogGroup control-plane",
      "Namespace ai-model-service",
      "Namespace monitoring",
      "Repository ai-model-service",
    ]);
    expect(outputs["protection"]).toContain("`pulumi config set --path ai-model-service:eks.protect false`");
  });

  it("protects nothing, nor says so, where the settings lift it", async () => {
    const settings = STACKS.prod();
    const run = await runProgram({ ...settings, eks: { ...settings.eks, protect: false } });
    expect(run.resources.filter((resource) => resource.protect)).toEqual([]);
    expect(run.outputs).not.toHaveProperty("protection");
  });

  it("deletes images with their repository only if the settings say so", async () => {
    const settings = STACKS.prod();
    const run = await runProgram({ ...settings, eks: { ...settings.eks, deleteImages: true } });
    expect(runs.prod.created.only("Repository").inputs).toHaveProperty("forceDelete", false);
    expect(run.only("Repository").inputs).toHaveProperty("forceDelete", true);
  });

  it("can be made again after a destroy, whatever names AWS keeps", () => {
    const { resources } = runs.prod.created;
    const named = ofPackage(runs.prod.created, "aws").filter(({ inputs }) => "name" in inputs);
    expect(
      Object.fromEntries(named.map(({ type, inputs }) => [type.split(":").at(-1), inputs["name"]])),
    ).toEqual({
      Cluster: "ai-model-service-prod-0a1b2c",
      LogGroup: "/aws/eks/ai-model-service-prod-0a1b2c/cluster",
    });
    expect(resources.filter(({ type }) => type.endsWith(":Alias"))).toEqual([]);
  });

  it("keeps the names that a stack has", () => {
    const { created } = runs.prod;
    for (const [type, name] of [
      ["Cluster", "cluster"],
      ["LogGroup", "control-plane"],
    ] as const) {
      expect(find(created, type, name).ignoreChanges).toEqual(["name"]);
    }
  });

  it("pushes the image to the repository that it made, under a name of that alone", () => {
    const { imageName } = runs.prod.created.only("Image").inputs;
    expect(imageName).toMatch(/\.amazonaws\.com\/ai-model-service-0123456:content-/);
  });

  it("is on the internet only if the settings say so", async () => {
    const scheme = (run: Run) =>
      find(run, "Service", "public").inputs as { metadata: { annotations: Record<string, string> } };
    const key = "service.beta.kubernetes.io/aws-load-balancer-scheme";
    const quiet = await runProgram({ ...STACKS.prod(), ingress: {} });
    expect(scheme(runs.prod.created).metadata.annotations[key]).toBe("internet-facing");
    expect(scheme(quiet).metadata.annotations[key]).toBe("internal");
  });

  it("is previewed without Docker when the image is given", async () => {
    const run = await runProgram({ ...STACKS.prod(), image: { reference: PREBUILT } }, { preview: true });
    expect(
      run.resources.filter(({ type }) => /^(docker|aws:ecr|pulumi:providers:docker)\b/.test(type)),
    ).toEqual([]);
    expect(find(run, "Deployment", "inference").inputs).toHaveProperty(
      "spec.template.spec.containers.0.image",
      PREBUILT,
    );
  });
});
