import { describe, expect, it } from "vitest";
import { adapterRule } from "#infra/monitoring/adapter-rule.js";
import { adapterValues } from "#infra/monitoring/charts/adapter-values.js";
import { merge } from "#infra/monitoring/charts/merge.js";
import { PROMETHEUS_STACK, stackValues } from "#infra/monitoring/charts/stack-values.js";

describe("the stack's values", () => {
  const values = stackValues({
    namespace: "monitoring",
    grafana: true,
    retentionDays: 10,
    storage: undefined,
    receivers: {},
  });

  it("leave the resource definitions to their own release", () => {
    expect(values).toHaveProperty("crds.enabled", false);
  });

  it("select monitors and rules of every release", () => {
    expect(values).toHaveProperty("prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues", false);
    expect(values).toHaveProperty("prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues", false);
  });

  it("give Grafana a password that no render changes", () => {
    expect(values).toHaveProperty("grafana.admin.existingSecret", PROMETHEUS_STACK.grafanaSecret);
    expect(JSON.stringify(values)).not.toContain("adminPassword");
  });

  it("leave Grafana out where it is not wanted", () => {
    const without = stackValues({
      namespace: "monitoring",
      grafana: false,
      retentionDays: 10,
      storage: undefined,
      receivers: {},
    });
    expect(without.grafana).toEqual({ enabled: false });
  });

  it.each([
    ["20Gi", "16384MiB"],
    ["1G", "762MiB"],
    ["1.5Ti", "1258291MiB"],
    ["1Mi", "1MiB"],
  ])("keep series on a volume where a size is given, and less than it holds: %s", (storage, size) => {
    const { prometheus } = stackValues({
      namespace: "monitoring",
      grafana: true,
      retentionDays: 10,
      storage,
      receivers: {},
    });
    const path = "prometheusSpec.storageSpec.volumeClaimTemplate.spec.resources.requests.storage";
    expect(prometheus).toHaveProperty(path, storage);
    expect(prometheus).toHaveProperty("prometheusSpec.retentionSize", size);
  });

  it("keep the operator's Service for kubelets where it is removed with everything else", () => {
    expect(values).toHaveProperty("prometheusOperator.kubeletService.namespace", "monitoring");
    expect(values).toHaveProperty("kubelet.namespace", "monitoring");
  });

  it("scrape nothing that managed clusters hide", () => {
    for (const part of ["kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler"]) {
      expect(values).toHaveProperty(`${part}.enabled`, false);
    }
  });
});

describe("the adapter's values", () => {
  const rule = adapterRule(40);

  it("have the one rule and none of the defaults", () => {
    expect(adapterValues("http://prometheus.monitoring.svc:9090", rule).rules).toEqual({
      default: false,
      custom: [rule],
    });
  });

  it.each([
    ["http://a.b.svc:9090", { url: "http://a.b.svc", port: 9090, path: "" }],
    ["https://a.b.svc/prometheus", { url: "https://a.b.svc", port: 443, path: "/prometheus" }],
  ])("point at the Prometheus at %s", (url, expected) => {
    expect(adapterValues(url, rule).prometheus).toEqual(expected);
  });
});

describe("a person's values", () => {
  it("are merged into objects and replace everything else", () => {
    const merged = merge({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] }, e: { f: 1 } });
    expect(merged).toEqual({ a: { b: 1, c: [3] }, d: 1, e: { f: 1 } });
  });
});
