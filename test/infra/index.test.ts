import { describe, expect, it } from "vitest";

import { find } from "./support/graph.js";
import { kubeconfigFile } from "./support/kubeconfig.js";
import { DIGEST, runProgram, type Run, type StackSettings } from "./support/program.js";

const PREBUILT = `registry.test/service@sha256:${"1".repeat(64)}`;

function onExistingCluster(
  settings: StackSettings = {},
  options?: { preview?: boolean; secret?: readonly string[] },
): Promise<Run> {
  const existing = { kubeconfig: kubeconfigFile() };
  return runProgram(
    {
      cluster: "existing",
      existing,
      registry: { address: "registry.test/team" },
      monitoring: { mode: "none" },
      ...settings,
    },
    options,
  );
}

describe("the program on an existing cluster", () => {
  it("declares nothing but what the service needs", async () => {
    const run = await onExistingCluster();
    expect(run.resources.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "ai-model-service:workload:Workload inference",
      "docker:index/image:Image service",
      "kubernetes:apps/v1:Deployment inference",
      "kubernetes:autoscaling/v2:HorizontalPodAutoscaler inference",
      "kubernetes:core/v1:Namespace ai-model-service",
      "kubernetes:core/v1:Service inference",
      "kubernetes:core/v1:Service inference-admin",
      "kubernetes:core/v1:ServiceAccount inference",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy inference",
      "kubernetes:policy/v1:PodDisruptionBudget inference",
      "pulumi:providers:docker docker",
      "pulumi:providers:kubernetes cluster",
      "pulumi:providers:kubernetes identity",
    ]);
  });

  it("takes a stack over in which the component had another type", async () => {
    const run = await onExistingCluster();
    expect(run.only("Workload").formerTypes).toEqual(["ai-model-service:index:ModelService"]);
  });

  it("deploys the image that it built by the digest that the registry gave", async () => {
    const run = await onExistingCluster();
    const reference = `registry.test/team/ai-model-service@${DIGEST}`;
    expect(run.only("Deployment").inputs).toHaveProperty("spec.template.spec.containers.0.image", reference);
    expect(run.outputs["image"]).toBe(reference);
  });

  it("builds from files that are laid out alike everywhere, under a tag that has all that it builds anew for", async () => {
    const built = async (image: object) => (await onExistingCluster({ image })).only("Image").inputs;
    const usual = await built({});
    const context: unknown = expect.stringMatching(/^\.\.\/node_modules\/\.cache\/.+\/content-[0-9a-f]{16}$/);
    expect(usual).toHaveProperty("build.context", context);
    const names = [usual["imageName"]];
    for (const image of [{}, { builder: "BuilderV1" }, { base: "node:26" }, { platform: "linux/arm64" }]) {
      names.push((await built(image))["imageName"]);
    }
    expect(new Set(names).size).toBe(4);
    expect(names[1]).toBe(names[0]);
    expect(names[0]).toMatch(/:content-[0-9a-f]{16}$/);
  });

  it("builds nothing and asks for no Docker daemon when an image is given", async () => {
    const run = await onExistingCluster({ image: { reference: PREBUILT } });
    expect(run.resources.filter(({ type }) => type.includes("docker"))).toEqual([]);
    expect(run.only("Deployment").inputs).toHaveProperty("spec.template.spec.containers.0.image", PREBUILT);
  });

  it("uses the explicit provider for every resource of Kubernetes", async () => {
    const run = await onExistingCluster();
    const providers = run.resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ provider }) => provider);
    expect(new Set(providers)).toEqual(
      new Set([
        "urn:pulumi:test::ai-model-service::pulumi:pulumi:Stack$pulumi:providers:kubernetes::cluster::cluster-id",
      ]),
    );
  });

  it("leaves the number of replicas to the autoscaler", async () => {
    const run = await onExistingCluster({ replicas: { min: 2, max: 6 } });
    expect(run.only("Deployment").inputs).not.toHaveProperty("spec.replicas");
    expect(run.only("HorizontalPodAutoscaler").inputs).toMatchObject({
      spec: {
        minReplicas: 2,
        maxReplicas: 6,
        scaleTargetRef: { kind: "Deployment", name: "inference" },
      },
    });
  });

  it("puts everything into the namespace of the settings, which refuses pods with more rights", async () => {
    const run = await onExistingCluster({ namespace: "digits" });
    expect(run.only("Namespace").inputs).toMatchObject({
      metadata: { name: "digits", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    for (const type of ["Deployment", "HorizontalPodAutoscaler", "ServiceAccount"]) {
      expect(run.only(type).inputs).toHaveProperty("metadata.namespace", "digits");
    }
  });

  it("keeps the registry's password and the kubeconfig out of plain text", async () => {
    const run = await onExistingCluster({
      registry: { address: "registry.test", username: "me", password: "hidden" },
    });
    const credentials: unknown = expect.objectContaining({ password: "hidden" });
    expect(run.only("Image").inputs).toHaveProperty("registry", secret(credentials));
    const kubeconfig: unknown = expect.stringContaining("my-token");
    expect(find(run, "kubernetes", "cluster").inputs).toHaveProperty("kubeconfig", secret(kubeconfig));
  });

  it("tells how the service is called", async () => {
    const run = await onExistingCluster({ service: { type: "LoadBalancer" } });
    expect(run.outputs).toMatchObject({
      endpoint: "http://192.0.2.1",
      call: "curl --header 'content-type: image/png' --data-binary @digit.png http://192.0.2.1/predict",
      namespace: "ai-model-service",
    });
  });

  it("tells how administrators reach their port, which no Service opens to the outside", async () => {
    const run = await onExistingCluster({ service: { type: "LoadBalancer" } });
    expect(run.outputs["administration"]).toBe(
      "kubectl --namespace ai-model-service port-forward service/inference-admin 8002:8002",
    );
    const services = run.resources
      .filter(({ type }) => type.endsWith(":Service"))
      .map(({ inputs }) => inputs["spec"]);
    expect(services).toEqual([
      expect.objectContaining({
        type: "LoadBalancer",
        ports: [{ name: "http", port: 80, targetPort: "http" }],
      }),
      expect.objectContaining({
        type: "ClusterIP",
        ports: [{ name: "admin", port: 8002, targetPort: "admin" }],
      }),
    ]);
  });

  it("keeps keys in a Secret, with one for Prometheus beside them, and out of plain text", async () => {
    const keys = [{ name: "shop", key: "shop-key", concurrency: 4 }];
    const run = await onExistingCluster({ service: { keys } });
    const { inputs } = run.only("Secret");
    expect(inputs).toMatchObject({ metadata: { name: "inference-keys", namespace: "ai-model-service" } });
    const { [SECRET_SIGNATURE]: signature, value } = inputs["stringData"] as Record<string, unknown>;
    expect(signature).toBe(SECRET_VALUE);
    const { "keys.json": file, prometheus } = value as Record<string, string>;
    expect(JSON.parse(file ?? "")).toEqual([
      { name: "shop", key: "shop-key", role: "predict", concurrency: 4 },
      { name: "prometheus", key: prometheus, role: "admin" },
    ]);
    expect(JSON.stringify(run.only("Deployment").inputs)).not.toContain("shop-key");
  });

  it("goes into a namespace that is there, where the settings say so", async () => {
    const existing = { kubeconfig: kubeconfigFile(), createNamespace: false };
    const run = await onExistingCluster({ existing, namespace: "team" });
    expect(run.resources.filter(({ type }) => type.endsWith(":Namespace"))).toEqual([]);
    expect(run.only("Deployment").inputs).toHaveProperty("metadata.namespace", "team");
    expect(run.outputs["namespace"]).toBe("team");
  });

  it("places pods as the cluster's own rules ask, beside what it says of them itself", async () => {
    const pods = {
      nodeSelector: { pool: "models" },
      tolerations: [{ key: "dedicated", operator: "Equal", value: "models", effect: "NoSchedule" }],
      priorityClass: "online",
      labels: { "cost-centre": "42" },
      annotations: { "sidecar.istio.io/inject": "false" },
    };
    const run = await onExistingCluster({ pods });
    expect(run.only("Deployment").inputs).toMatchObject({
      spec: {
        template: {
          metadata: {
            labels: { "cost-centre": "42", "app.kubernetes.io/component": "inference" },
            annotations: pods.annotations,
          },
          spec: {
            nodeSelector: { pool: "models", "kubernetes.io/arch": "amd64" },
            tolerations: pods.tolerations,
            priorityClassName: "online",
          },
        },
      },
    });
  });

  it("exports nothing that it does not have", async () => {
    const run = await onExistingCluster({ monitoring: { mode: "none" } });
    expect(Object.keys(run.outputs)).toEqual([
      "endpoint",
      "call",
      "administration",
      "image",
      "namespace",
      "serviceName",
      "kubeconfig",
    ]);
  });

  it("can be previewed before anything is known", async () => {
    const run = await onExistingCluster({}, { preview: true });
    const unknown: unknown = expect.objectContaining({ __pulumiUnknown: true });
    expect(run.only("Deployment").inputs).toHaveProperty("spec.template.spec.containers.0.image", unknown);
    expect(run.outputs).toMatchObject({ image: undefined, endpoint: undefined });
  });
});

const SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_VALUE = "1b47061264138c4ac30d75fd1eb44270";

/** A secret as it goes to the engine: https://www.pulumi.com/docs/iac/concepts/secrets/ */
function secret(value: unknown): unknown {
  return { [SECRET_SIGNATURE]: SECRET_VALUE, value };
}
