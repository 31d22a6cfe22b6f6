import { describe, expect, it } from "vitest";
import { CONCURRENCY_METRIC } from "#infra/monitoring/adapter-rule.js";
import { isSecret } from "../support/graph.js";
import { kubeconfigFile } from "../support/kubeconfig.js";
import { runProgram, type Declared, type Run } from "../support/program.js";

function withMonitoring(
  monitoring: Record<string, unknown>,
  { preview = false, ...settings }: { preview?: boolean; service?: object } = {},
): Promise<Run> {
  const reference = `registry.test/service@sha256:${"1".repeat(64)}`;
  const existing = { kubeconfig: kubeconfigFile() };
  return runProgram(
    { cluster: "existing", existing, image: { reference }, monitoring, ...settings },
    { preview },
  );
}

function ofKind(run: Run, kind: string) {
  return run.resources.filter(({ type }) => type.endsWith(`:${kind}`));
}
function names(resources: Declared[]) {
  return resources.map(({ name }) => name).sort();
}
function metricsOf(run: Run) {
  return run.only("HorizontalPodAutoscaler").inputs;
}

describe("monitoring that the program installs", () => {
  it("is three pinned charts: the definitions, the stack and the adapter", async () => {
    const releases = ofKind(await withMonitoring({ mode: "stack" }), "Release");
    expect(names(releases)).toEqual(["monitoring", "monitoring-crds", "prometheus-adapter"]);
    for (const { inputs } of releases) {
      expect(inputs).toHaveProperty("version", expect.stringMatching(/^\d+\.\d+\.\d+$/));
      expect(inputs).toHaveProperty("repositoryOpts.repo", expect.stringMatching(/^https:/));
    }
  });

  it("leaves definitions alone that are in the cluster already", async () => {
    const run = await withMonitoring({ mode: "stack", crds: false });
    expect(names(ofKind(run, "Release"))).toEqual(["monitoring", "prometheus-adapter"]);
    expect(ofKind(run, "Release").find(({ name }) => name === "monitoring")?.inputs).toHaveProperty(
      "skipCrds",
      true,
    );
  });

  it("watches the service: a scrape, rules and a dashboard each", async () => {
    const run = await withMonitoring({ mode: "stack" });
    expect(names(ofKind(run, "ServiceMonitor"))).toEqual(["inference-monitor"]);
    expect(names(ofKind(run, "PrometheusRule"))).toEqual(["inference-rules"]);
    expect(names(ofKind(run, "ConfigMap"))).toEqual(["inference-models", "inference-overview"]);
    expect(run.outputs).toHaveProperty("monitoringNamespace", "monitoring");
  });

  it("scrapes each pod once, on the administrators' port, under the name of its Deployment", async () => {
    const run = await withMonitoring({ mode: "stack" });
    const services = ofKind(run, "Service").map(
      ({ inputs }) => inputs["spec"] as { ports: { name: string }[] },
    );
    const { endpoints } = run.only("ServiceMonitor").inputs["spec"] as {
      endpoints: Record<string, unknown>[];
    };
    expect(endpoints).toEqual([
      {
        port: "admin",
        path: "/metrics",
        interval: "10s",
        relabelings: [{ targetLabel: "job", replacement: "inference" }],
      },
    ]);
    expect(services.filter(({ ports }) => ports.some(({ name }) => name === "admin"))).toHaveLength(1);
    expect(run.only("NetworkPolicy").inputs).toHaveProperty(
      "spec.ingress.1.from.0.namespaceSelector.matchLabels",
      { "kubernetes.io/metadata.name": "monitoring" },
    );
  });

  it("has Prometheus send its key where there are keys", async () => {
    const run = await withMonitoring({ mode: "stack" }, { service: { keys: [{ name: "shop", key: "k" }] } });
    expect(run.only("ServiceMonitor").inputs).toHaveProperty("spec.endpoints.0.authorization", {
      credentials: { name: "inference-keys", key: "prometheus" },
    });
  });

  it("lets Helm begin anew after an update that was killed, whichever chart it was at", async () => {
    for (const { name, hooks } of ofKind(await withMonitoring({ mode: "stack" }), "Release")) {
      expect([hooks.beforeCreate.length, hooks.beforeUpdate.length], name).toEqual([1, 1]);
    }
    const others = (await withMonitoring({ mode: "stack" })).resources.filter(
      ({ type }) => !type.endsWith(":Release"),
    );
    expect(others.flatMap(({ hooks }) => [...hooks.beforeCreate, ...hooks.beforeUpdate])).toEqual([]);
  });

  it("has the autoscaler follow CPU and the requests in each pod", async () => {
    const metrics = metricsOf(await withMonitoring({ mode: "stack" }));
    expect(metrics).toHaveProperty("spec.metrics.0.resource.name", "cpu");
    expect(metrics).toHaveProperty("spec.metrics.1.pods.metric.name", CONCURRENCY_METRIC);
    expect(metrics).toHaveProperty("spec.metrics.1.pods.target.averageValue", "8");
  });

  it("keeps Grafana's password in a Secret that the chart is told of", async () => {
    const run = await withMonitoring({ mode: "stack" });
    expect(names(ofKind(run, "Secret"))).toEqual(["grafana-admin"]);
    expect(names(ofKind(await withMonitoring({ mode: "stack", grafana: false }), "Secret"))).toEqual([]);
  });

  it("keeps the receivers of alerts in a Secret that Alertmanager reads, and out of plain text", async () => {
    const receivers = { slack: { url: "https://hooks.slack.test/T0/hidden" } };
    const run = await withMonitoring({ mode: "stack", receivers });
    const secret = ofKind(run, "Secret").find(({ name }) => name === "alertmanager-receivers");
    expect(isSecret(secret?.inputs["stringData"])).toBe(true);
    expect(JSON.stringify(secret?.inputs)).toContain("hidden");
    const [stack] = ofKind(run, "Release").filter(({ name }) => name === "monitoring");
    expect(stack?.inputs).toHaveProperty("values.alertmanager.alertmanagerSpec.configSecret", secret?.name);
    expect(stack?.dependencies).toContain(secret?.urn);
    const others = run.resources.filter((resource) => resource !== secret);
    expect(JSON.stringify(others)).not.toContain("hidden");
  });

  it("previews before there is a cluster", async () => {
    const run = await withMonitoring({ mode: "stack" }, { preview: true });
    expect(names(ofKind(run, "PrometheusRule"))).toEqual(["inference-rules"]);
  });
});

describe("monitoring that is there already", () => {
  const mode = "existing";
  const prometheusNamespace = "obs";

  it("gets objects with the labels that it selects by, and no chart", async () => {
    const labels = { release: "prometheus" };
    const run = await withMonitoring({ mode, prometheusNamespace, labels });
    expect(ofKind(run, "Release")).toEqual([]);
    for (const kind of ["ServiceMonitor", "PrometheusRule", "ConfigMap"]) {
      for (const { inputs } of ofKind(run, kind)) {
        expect(inputs).toHaveProperty("metadata.labels", expect.objectContaining(labels));
      }
    }
    expect(metricsOf(run)).not.toHaveProperty("spec.metrics.1");
  });

  it("serves the autoscaler where its Prometheus is named", async () => {
    const run = await withMonitoring({
      mode,
      prometheusNamespace,
      prometheusUrl: "http://prometheus.obs.svc:9090",
    });
    expect(names(ofKind(run, "Release"))).toEqual(["prometheus-adapter"]);
    expect(run.only("Release").inputs).toHaveProperty("values.prometheus.url", "http://prometheus.obs.svc");
    expect(metricsOf(run)).toHaveProperty("spec.metrics.1.pods.metric.name", CONCURRENCY_METRIC);
  });
});

describe("an adapter that is there already", () => {
  it("is followed, and none is installed", async () => {
    const run = await withMonitoring({ mode: "existing", prometheusNamespace: "obs", sharedAdapter: true });
    expect(ofKind(run, "Release")).toEqual([]);
    expect(metricsOf(run)).toHaveProperty("spec.metrics.1.pods.metric.name", CONCURRENCY_METRIC);
  });

  it.each([
    { mode: "stack" },
    { mode: "existing", prometheusNamespace: "obs", prometheusUrl: "http://prometheus.obs.svc:9090" },
  ])("is refused beside another: %o", async (monitoring) => {
    await expect(withMonitoring({ ...monitoring, sharedAdapter: true })).rejects.toThrow(
      /monitoring\.sharedAdapter applies only to monitoring\.mode existing without prometheusUrl/,
    );
  });
});

describe("no monitoring", () => {
  it("leaves the service as it is", async () => {
    const run = await withMonitoring({ mode: "none" });
    for (const kind of ["Release", "ServiceMonitor", "PrometheusRule", "ConfigMap"]) {
      expect(ofKind(run, kind)).toEqual([]);
    }
    expect(metricsOf(run)).not.toHaveProperty("spec.metrics.1");
  });
});
