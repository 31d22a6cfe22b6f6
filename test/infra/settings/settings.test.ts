import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";

import { parseSettings, settingsSchema } from "#infra/settings/settings.js";

const certificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/1b2c";

const minimal = { "ai-model-service:cluster": "local" };

function faults(record: Record<string, unknown>): string[] {
  const text = Object.entries(record).map(([key, value]) => [
    `ai-model-service:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    parseSettings(Object.fromEntries(text) as Record<string, string>);
  } catch (error) {
    return String(error)
      .split("\n  ai-model-service:")
      .slice(1)
      .map((sentence) => sentence.replace(/\.$/, ""));
  }
  return [];
}

describe("settings", () => {
  it("have defaults for all but the kind of cluster", () => {
    expect(parseSettings(minimal)).toMatchObject({
      cluster: "local",
      namespace: "ai-model-service",
      replicas: { min: 3, max: 10 },
      resources: { requests: { cpu: "250m" } },
      service: { type: "ClusterIP", port: 80 },
    });
    expect(faults({})).toEqual(["cluster must be local, existing or eks, but is not set"]);
  });

  it("are all checked at once, each fault by its full key", () => {
    expect(
      faults({
        cluster: "cloud",
        namespace: "Not A Name",
        replicas: { min: "three", max: 0 },
        resources: { limits: { cpu: "lots" } },
        service: { type: "ExternalName", port: 70000, environment: { "log-level": "info", PORT: "1" } },
        image: { reference: "registry/service:latest" },
        registry: { address: "https://registry", username: "me" },
        colour: "blue",
        autoscaling: { cpu: 3 },
      }),
    ).toMatchInlineSnapshot(`
      [
        "cluster must be local, existing or eks, not "cloud"",
        "namespace must be lower-case letters, digits and hyphens",
        "registry.address must be a host and an optional path, without a scheme",
        "registry.password must be set together with username",
        "image.reference must name its digest: NAME@sha256:<64 hex digits>",
        "service.type must be ClusterIP, NodePort or LoadBalancer, not "ExternalName"",
        "service.port must be at most 65535, not 70000",
        "service.environment.log-level must be named in capitals, digits and underscores",
        "service.environment.PORT is set by the program and cannot be set here",
        "replicas.min must be a number, not "three"",
        "replicas.max must be at least 1, not 0",
        "resources.limits.cpu must be a CPU quantity such as 250m or 1",
        "autoscaling.cpu is not a setting",
        "colour is not a setting",
      ]
    `);
  });

  it("are refused in whole sentences", () => {
    expect(() => parseSettings({})).toThrow(
      /^The settings of this stack cannot be used:\n {2}ai-model-service:cluster must be .*, but is not set\.$/,
    );
  });

  it("refuse a range and a request that contradict each other", () => {
    expect(
      faults({
        cluster: "local",
        service: { shutdownDelaySeconds: 30, shutdownGraceSeconds: 30 },
        replicas: { min: 5, max: 2 },
        resources: {
          requests: { cpu: "2", memory: "1Gi", ephemeralStorage: "300Mi" },
          limits: { cpu: "1500m", memory: "900M" },
        },
      }),
    ).toEqual([
      "service.shutdownDelaySeconds must be less than service.shutdownGraceSeconds, which includes it",
      "replicas.max must not be less than replicas.min",
      "resources.requests.cpu must not exceed resources.limits.cpu",
      "resources.requests.memory must not exceed resources.limits.memory",
      "resources.requests.ephemeralStorage must not exceed resources.limits.ephemeralStorage",
    ]);
  });

  it("need a registry or an image for a cluster that brings none", () => {
    const image = { reference: `r/service@sha256:${"a".repeat(64)}` };
    expect(faults({ cluster: "existing" })).toEqual([
      "registry.address must be set for an existing cluster, or image.reference instead",
    ]);
    expect(faults({ cluster: "existing", image })).toEqual([]);
    expect(faults({ cluster: "existing", registry: { address: "localhost:5000" } })).toEqual([]);
  });

  it("take keys by name, and show none", () => {
    const ofKeys = (...keys: unknown[]): string[] => faults({ cluster: "local", service: { keys } });
    const key = { name: "shop", key: "hidden-1" };
    expect(ofKeys(key, { ...key, key: "hidden-2" }, { name: "ops", key: "k", role: "admin" })).toEqual([]);
    expect(ofKeys(key, { name: "other", key: "hidden-1" })).toEqual([
      "service.keys gives shop and other the same key",
    ]);
    expect(ofKeys(key, { ...key, key: "hidden-2", concurrency: 1 })).toEqual([
      "service.keys gives two keys named shop different roles or limits",
    ]);
    expect(ofKeys({ ...key, name: "prometheus" })).toEqual([
      "service.keys.0.name is the name of a key that the program makes",
    ]);
    const bad = [
      ...ofKeys("hidden-1"),
      ...ofKeys({ name: "a", key: 271828 }),
      ...ofKeys({ name: "a", key: "sp ace" }),
    ];
    expect(bad).toEqual([
      "service.keys.0 must be an object",
      "service.keys.0.key must be a string",
      "service.keys.0.key must be visible ASCII characters",
    ]);
    for (const name of ["API_KEYS", "ADMIN_API_KEYS", "API_KEYS_FILE"]) {
      expect(faults({ cluster: "local", service: { environment: { [name]: "hidden" } } })).toEqual([
        `service.environment.${name} would be plain to see here: set service.keys`,
      ]);
    }
  });

  it("take variables from a Secret that is there, each from one place", () => {
    const ofService = (service: object): string[] => faults({ cluster: "local", service });
    const keys = { AWS_ACCESS_KEY_ID: "id" };
    expect(ofService({ existingSecret: { name: "team", keys } })).toEqual([]);
    expect(ofService({ existingSecret: { keys } })).toEqual([
      "service.existingSecret.name must be set when service.existingSecret.keys is",
    ]);
    expect(ofService({ existingSecret: { name: "Team", keys: { PORT: "port", B: "b c" } } })).toEqual([
      "service.existingSecret.name must be the name of a Secret",
      "service.existingSecret.keys.PORT is set by the program and cannot be set here",
      "service.existingSecret.keys.B must be a key of a Secret: letters, digits and _ . -",
    ]);
    const plain = { environment: keys, secretEnvironment: { TOKEN: "hidden" } };
    expect(ofService({ ...plain, existingSecret: { name: "team", keys: { ...keys, TOKEN: "t" } } })).toEqual([
      "service.existingSecret.keys.AWS_ACCESS_KEY_ID is in service.environment too",
      "service.existingSecret.keys.TOKEN is in service.secretEnvironment too",
    ]);
  });

  it("leave a replica the disk that its volumes may take", () => {
    const volumes = [{ name: "scratch", path: "/scratch", emptyDir: { sizeLimit: "1Gi" } }];
    const ofLimit = (ephemeralStorage: string): string[] =>
      faults({ cluster: "local", pods: { volumes }, resources: { limits: { ephemeralStorage } } });
    expect(ofLimit("1Gi")).toEqual([
      "resources.limits.ephemeralStorage must be more than every emptyDir of pods.volumes may hold, since a replica that has more is evicted",
    ]);
    expect(ofLimit("1200Mi")).toEqual([]);
  });

  it("give a GPU where there can be one, and CUDA can use it", () => {
    const eks = { region: "eu-central-1", apiAccess: "nobody" };
    const withGpu = (more: object): string[] =>
      faults({ cluster: "eks", eks, resources: { gpu: 1 }, ...more });
    expect(withGpu({ image: { cudaBase: "registry.test/cuda:12" } })).toEqual([]);
    expect(withGpu({ resources: { gpu: 2 } })).toEqual([
      "resources.gpu must be 0 or 1: a replica computes on one GPU, and more replicas on more",
    ]);
    expect(withGpu({ image: { platform: "linux/arm64" } })).toEqual([
      "resources.gpu must be 0 where image.platform has linux/arm64, for which ONNX Runtime has no CUDA",
    ]);
    expect(faults({ cluster: "local", resources: { gpu: 1 } })).toEqual([
      "resources.gpu must be 0 where cluster is local, since the node in a container has no GPU",
    ]);
    expect(faults({ cluster: "local", image: { cudaBase: "cuda" } })).toEqual([
      "image.cudaBase applies only where the program builds the image, with resources.gpu",
    ]);
  });

  it("name the namespace of a Prometheus that is there already", () => {
    const ofMonitoring = (monitoring: object): string[] => faults({ cluster: "local", monitoring });
    const reason =
      "monitoring.prometheusNamespace must be set for monitoring.mode existing, and for no other";
    expect(ofMonitoring({ mode: "existing" })).toEqual([reason]);
    expect(ofMonitoring({ mode: "stack", prometheusNamespace: "obs" })).toEqual([reason]);
    expect(ofMonitoring({ mode: "existing", prometheusNamespace: "obs" })).toEqual([]);
  });

  it("are refused where the stack would not look at them", () => {
    const registry = { address: "localhost:5000" };
    expect(
      faults({
        cluster: "local",
        existing: { context: "kind" },
        eks: { region: "eu-central-1", tags: {} },
        ingress: { scheme: "internal" },
        monitoring: { mode: "none", storage: "20Gi", charts: "charts", runbooks: "https://example.com" },
        autoscaling: { concurrencyPerPod: 4, cpuPercent: 80 },
      }),
    ).toEqual([
      "existing.context applies only where cluster is existing",
      "eks.region applies only where cluster is eks",
      "eks.tags applies only where cluster is eks",
      "ingress.scheme applies only where cluster is eks",
      "monitoring.charts applies only where the program installs a chart: with monitoring.mode stack, or monitoring.prometheusUrl",
      "monitoring.storage applies only where monitoring.mode is stack",
      "monitoring.runbooks applies only where there is monitoring: monitoring.mode is none",
      "autoscaling.concurrencyPerPod applies only where monitoring serves the metric: with monitoring.mode stack, monitoring.prometheusUrl or monitoring.sharedAdapter",
    ]);
    expect(faults({ cluster: "existing", registry, local: { ports: { api: 7000 } } })).toEqual([
      "local.ports applies only where cluster is local",
    ]);
    const reference = `r/service@sha256:${"a".repeat(64)}`;
    expect(
      faults({ cluster: "existing", image: { reference, base: "node:24", platform: "linux/arm64" } }),
    ).toEqual([
      "image.base applies only where the program builds an image: with models.folder, or without image.reference",
    ]);
    const joined = { mode: "existing", prometheusNamespace: "obs" };
    const autoscaling = { concurrencyPerPod: 4 };
    const more = { sharedAdapter: true, labels: { release: "kps" }, alertPatience: 0.5 };
    expect(faults({ cluster: "local", monitoring: { ...joined, ...more }, autoscaling })).toEqual([]);
    const prometheusUrl = "http://prometheus.obs.svc:9090";
    const adapter = { prometheusUrl, adapterValues: {}, charts: "charts" };
    expect(faults({ cluster: "local", monitoring: { ...joined, ...adapter }, autoscaling })).toEqual([]);
    expect(faults({ cluster: "local", existing: {}, eks: {}, ingress: {} })).toEqual([]);
  });

  it("open an existing cluster's service only with keys, and by what is there", () => {
    const hostname = "predict.example.com";
    const open = (ingress: object, more: object = {}): string[] =>
      faults({ cluster: "existing", registry: { address: "r.test" }, ingress, ...more });
    const gateway = { name: "public" };
    expect(open({ gateway, hostname })).toEqual([
      "service.keys must be set with ingress.class or ingress.gateway, or ingress.withoutKeys to let anybody predict",
    ]);
    expect(open({ gateway, hostname, withoutKeys: true })).toEqual([]);
    expect(open({ gateway, hostname }, { service: { keys: [{ name: "shop", key: "hidden" }] } })).toEqual([]);
    const where = "where cluster is eks, or existing with ingress.class or ingress.gateway";
    expect(open({ hostname, withoutKeys: true, tls: "none" })).toEqual([
      `ingress.hostname applies only ${where}`,
      `ingress.withoutKeys applies only ${where}`,
      "ingress.tls applies only where cluster is existing, with ingress.class or ingress.gateway",
    ]);
    expect(open({ gateway, hostname, withoutKeys: true, issuer: "a", sourceRanges: [] })).toEqual([
      "ingress.sourceRanges applies only where cluster is eks",
      "ingress.issuer applies only where an Ingress ends TLS: with ingress.class, and ingress.tls here",
    ]);
    const eks = { region: "eu-central-1", apiAccess: "nobody" };
    expect(faults({ cluster: "eks", eks, ingress: { hostname, otherHostnames: ["b.example.com"] } })).toEqual(
      ["ingress.otherHostnames applies only with ingress.zone where cluster is eks"],
    );
    expect(faults({ cluster: "local", ingress: { gateway, hostname, withoutKeys: true } })).toEqual([
      "ingress.gateway applies only where cluster is existing",
    ]);
  });

  it("open an endpoint to the internet only with keys, or where they say that it needs none", () => {
    const open = (ingress: object, keys: object[] = []): string[] =>
      faults({
        cluster: "eks",
        eks: { region: "eu-central-1", apiAccess: "nobody" },
        ingress: { scheme: "public", certificateArn, sourceRanges: ["0.0.0.0/0"], ...ingress },
        service: { keys },
      });
    expect(open({})).toEqual([
      "service.keys must be set when ingress.scheme is public, or ingress.withoutKeys to let anybody predict",
    ]);
    expect(open({}, [{ name: "shop", key: "hidden" }])).toEqual([]);
    expect(open({ withoutKeys: true })).toEqual([]);
  });

  it("never show a password's value", () => {
    const registry = { address: "localhost:5000", username: "me", password: 271828 };
    expect(faults({ cluster: "existing", registry })).toEqual(["registry.password must be a string"]);
  });

  it.each(["dev", "prod"])("of the stack %s that ships can be used", (stack) => {
    const file = z.object({ config: z.record(z.string(), z.unknown()) });
    const { config } = file.parse(parseYaml(readFileSync(`Pulumi.${stack}.yaml`, "utf8")));
    const own = Object.entries(config).map(([key, value]) => [key.replace("ai-model-service:", ""), value]);
    expect(faults(Object.fromEntries(own) as Record<string, unknown>)).toEqual([]);
  });

  it("are declared in Pulumi.yaml, objects as objects", () => {
    const project = z
      .object({ config: z.record(z.string(), z.object({ type: z.string(), description: z.string() })) })
      .parse(parseYaml(readFileSync("Pulumi.yaml", "utf8")));
    const declared = Object.entries(project.config).map(([key, { type }]) => [key, type]);
    const text = new Set(["cluster", "namespace"]);
    const checked = Object.keys(settingsSchema.shape).map((key) => [
      key,
      text.has(key) ? "string" : "object",
    ]);
    expect(declared.sort()).toEqual(checked.sort());
  });
});
