import { beforeAll, describe, expect, it } from "vitest";

import { PROMETHEUS_STACK } from "#infra/monitoring/charts/stack-values.js";
import { chartsMissing, type Rendered, rendered } from "../../support/charts.js";
import { valuesOf } from "../../support/graph.js";
import { runProgram } from "../../support/program.js";
import { PREBUILT, STACKS } from "../../support/stacks.js";

const missing = chartsMissing();
if (missing !== undefined) {
  console.warn(`SKIPPED: what the charts render is not checked, since ${missing}.`);
}

async function releases(monitoring: object = {}): Promise<Rendered[]> {
  const run = await runProgram({
    ...STACKS.existing(),
    image: { reference: PREBUILT },
    monitoring: { crds: false, ...monitoring },
  });
  const found = run.resources.filter(({ type }) => type.endsWith(":Release"));
  return (await Promise.all(found.map(rendered))).flat();
}

describe.skipIf(missing !== undefined)("what the charts render", () => {
  let objects: Rendered[];
  beforeAll(async () => {
    objects = await releases({ storage: "50Gi" });
  });

  function object(kind: string, name: string): Rendered {
    const found = objects.find((o) => o.kind === kind && o.metadata.name === name);
    if (found === undefined) {
      throw new Error(`there is no ${kind} ${name}`);
    }
    return found;
  }

  it("is called what the program calls it", () => {
    const { prometheus, prometheusPort, grafana, grafanaPort } = PROMETHEUS_STACK;
    const port = (number: number) => ({
      spec: { ports: expect.arrayContaining([expect.objectContaining({ port: number })]) as unknown },
    });
    expect(object("Service", prometheus)).toMatchObject(port(prometheusPort));
    expect(object("Service", grafana)).toMatchObject(port(grafanaPort));
  });

  it("keeps series until four fifths of Prometheus's volume are full", () => {
    expect(object("Prometheus", "monitoring")).toMatchObject({
      spec: {
        retention: "10d",
        retentionSize: `${50 * 1024 * 0.8}MiB`,
        storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: "50Gi" } } } } },
      },
    });
  });

  it("bounds what Prometheus takes of its node's disk where it has no volume", async () => {
    const prometheus = (await releases()).find(({ kind }) => kind === "Prometheus");
    expect(prometheus).toMatchObject({
      spec: { retentionSize: "8192MiB", storage: { emptyDir: { sizeLimit: "10Gi" } } },
    });
  });

  it("lets no autoscaler of nodes take away what the service's autoscaler sees by", () => {
    const kept = {
      "karpenter.sh/do-not-disrupt": "true",
      "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    };
    expect(object("Prometheus", "monitoring")).toMatchObject({
      spec: { podMetadata: { annotations: kept } },
    });
    expect(object("Deployment", "monitoring-kube-state-metrics")).toMatchObject({
      spec: { template: { metadata: { annotations: kept } } },
    });
  });

  it("has Alertmanager read the Secret of the receivers instead of one of its own", async () => {
    const receivers = { deadMansSwitch: { url: "https://hc.example.com/uuid" } };
    const found = await releases({ receivers });
    expect(found.find(({ kind }) => kind === "Alertmanager")).toMatchObject({
      spec: { configSecret: "alertmanager-receivers" },
    });
    expect(found.filter(({ metadata: { name } }) => name === "alertmanager-monitoring")).toEqual([]);
  });

  it("has an alert that always fires, for the dead man's switch", () => {
    expect(valuesOf(objects, "alert")).toContain("Watchdog");
  });

  it("runs two adapters that are never both taken away, and keep apart", () => {
    const { spec } = object("Deployment", "prometheus-adapter") as {
      spec: { replicas: number; template: { metadata: { labels: object }; spec: object } };
    };
    const { template } = spec;
    const { labels } = template.metadata;
    expect(spec.replicas).toBe(2);
    const budget = object("PodDisruptionBudget", "prometheus-adapter");
    expect(budget).toMatchObject({ spec: { maxUnavailable: 1 } });
    for (const selector of [budget, template.spec].flatMap((tree) => valuesOf(tree, "matchLabels"))) {
      expect(labels).toMatchObject(selector as object);
    }
    expect(valuesOf(template.spec, "topologyKey")).toHaveLength(2);
  });
});
