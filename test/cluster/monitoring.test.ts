import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { ApiextensionsV1Api, AppsV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { PATHS } from "@ai-model-service/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concurrency, ofAutoscaler, own, slowRatio } from "../../infra/monitoring/queries.js";
import { scalingFacts } from "../../infra/operations/scaling-facts.js";
import { scalingStatus } from "../../infra/operations/scaling-status.js";
import { mountBadModels, unmountBadModels } from "./monitoring/bad-models.js";
import { DeployedStack } from "./monitoring/deployed-stack.js";
import { eventually } from "./monitoring/eventually.js";
import { loadResult, startLoad, type Load } from "./monitoring/load.js";
import { queriesOfPanels } from "./monitoring/panels.js";
import { PrometheusClient, type Series } from "./monitoring/prometheus.js";
import { story } from "./monitoring/story.js";

const NAMESPACE = "watched";
const MONITORING = "watched-monitoring";
const CLIENTS = "watched-clients";
const WATCHED = { namespace: NAMESPACE, job: "inference" };
const URL_IN_CLUSTER = `http://inference.${NAMESPACE}.svc${PATHS.predict}`;

const MAX_REPLICAS = 3;
const CONCURRENCY_PER_POD = 1;
const SCRAPE_SECONDS = 5;
const OBJECTIVES = { availability: 0.999, latency: 0.99, latencySeconds: 0.25 };

const { KUBECONFIG, REGISTRY, SERVICE_IMAGE, HELM_CHARTS, HELM_VALUES } = process.env;
const canRun =
  KUBECONFIG !== undefined &&
  (SERVICE_IMAGE ?? REGISTRY) !== undefined &&
  spawnSync("pulumi", ["version"]).status === 0;

const settings = {
  cluster: "existing",
  namespace: NAMESPACE,
  existing: { kubeconfig: KUBECONFIG },
  ...(SERVICE_IMAGE === undefined
    ? { registry: { address: REGISTRY }, image: { builder: "BuilderV1" } }
    : { image: { reference: SERVICE_IMAGE } }),
  replicas: { min: 1, max: MAX_REPLICAS },
  resources: { requests: { cpu: "100m", memory: "96Mi" }, limits: { cpu: "300m", memory: "400Mi" } },
  // CPU asks for nothing, so that what scales is the signal.
  autoscaling: { cpuPercent: 1000, concurrencyPerPod: CONCURRENCY_PER_POD, scaleDownSeconds: 30 },
  monitoring: {
    namespace: MONITORING,
    ...(HELM_CHARTS !== undefined && { charts: HELM_CHARTS }),
    grafana: false,
    scrapeIntervalSeconds: SCRAPE_SECONDS,
    objectives: OBJECTIVES,
    alertPatience: 0.05,
    stackValues: JSON.parse(HELM_VALUES ?? "{}") as unknown,
  },
};

const config = new KubeConfig();
const prometheus = new PrometheusClient(config, MONITORING);
const started = Date.now() / 1000;
let stack: DeployedStack;

const STORY = {
  prometheus,
  watched: WATCHED,
  target: CONCURRENCY_PER_POD,
  objectiveSeconds: OBJECTIVES.latencySeconds,
  scrapeSeconds: SCRAPE_SECONDS,
};

const definitions = async (): Promise<string[]> => {
  const { items } = await config.makeApiClient(ApiextensionsV1Api).listCustomResourceDefinition();
  return items.flatMap(({ spec }) => (spec.group === "monitoring.coreos.com" ? [spec.names.kind] : []));
};
const autoscaler = (name: string) => `kube_horizontalpodautoscaler_${name}{${ofAutoscaler(WATCHED)}}`;
const values = (series: readonly Series[]) =>
  series.flatMap(({ samples }) => samples.map(([, value]) => value));
const replicas = async (): Promise<number> => {
  const { status } = await config
    .makeApiClient(AppsV1Api)
    .readNamespacedDeploymentStatus({ namespace: NAMESPACE, name: "inference" });
  return status?.replicas ?? 0;
};

/** Waits until every replica runs the newest template. */
async function rolledOut(): Promise<void> {
  await eventually("the rollout is done", async () => {
    const { metadata, status } = await config
      .makeApiClient(AppsV1Api)
      .readNamespacedDeploymentStatus({ namespace: NAMESPACE, name: "inference" });
    const { observedGeneration, replicas: all, updatedReplicas, readyReplicas } = status ?? {};
    const done =
      observedGeneration === metadata?.generation && all === updatedReplicas && all === readyReplicas;
    return done ? true : undefined;
  });
}

/** Steps of one story, in order: each needs what the one before left. */
describe.skipIf(!canRun)("monitoring on a cluster", () => {
  beforeAll(async () => {
    config.loadFromDefault();
    stack = await DeployedStack.create("watched", settings);
    await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: CLIENTS } } });
    await stack.up();
  });

  afterAll(async () => {
    await config.makeApiClient(CoreV1Api).deleteNamespace({ name: CLIENTS });
    await stack.destroy();
    expect(await definitions()).toEqual([]);
  });

  it("is up at the first try, and a second up changes nothing", async () => {
    await stack.previewNoChange();
  });

  it("feeds the autoscaler every metric that it follows", async () => {
    const place = { namespace: NAMESPACE, service: "inference", monitoringNamespace: MONITORING };
    await eventually("every metric is live", async () => {
      const metrics = scalingStatus(await scalingFacts(config, place));
      if (metrics.some(({ live }) => !live)) throw new Error(JSON.stringify(metrics));
      return metrics;
    });
  });

  it("says when a version fails to load and when predictions are slow", async () => {
    await mountBadModels(config, NAMESPACE, "inference");
    const failed = await eventually("InferenceModelLoadFailed fires", async () => {
      return (await prometheus.firing("InferenceModelLoadFailed"))[0];
    });
    expect(failed).toMatchObject({ model: "slow", version: "2" });
    await rolledOut();
    // One connection, so that one replica is enough.
    const slow: Load = {
      namespace: CLIENTS,
      name: "slow-load",
      url: URL_IN_CLUSTER,
      connections: 1,
      seconds: 60,
      body: { type: "application/json", base64: Buffer.from('{"instances":[[1]]}').toString("base64") },
    };
    await startLoad(config, slow);
    await eventually("InferenceLatencyBurn fires", async () => {
      return (await prometheus.firing("InferenceLatencyBurn")).find(
        ({ severity }) => severity === "critical",
      );
    });
    expect(Object.keys(await loadResult(config, slow))).toEqual(["200"]);
    await unmountBadModels(config, NAMESPACE, "inference");
    await rolledOut();
  });

  describe("under load", () => {
    const load: Load = {
      namespace: CLIENTS,
      name: "load",
      url: URL_IN_CLUSTER,
      connections: 8,
      seconds: 150,
      body: { type: "image/png", base64: readFileSync("test/fixtures/digit-3.png").toString("base64") },
    };
    let began = 0;

    it("scales out to its maximum on the requests in each pod, and says that it is there", async () => {
      began = Date.now() / 1000;
      await startLoad(config, load);
      await eventually("the maximum runs", async () =>
        (await replicas()) === MAX_REPLICAS ? true : undefined,
      );
      const wanted = await prometheus.range(concurrency(own(WATCHED), "pod", "20s"), began, SCRAPE_SECONDS);
      expect(Math.max(...values(wanted))).toBeGreaterThan(CONCURRENCY_PER_POD);
      await eventually("InferenceAutoscalerAtMaximum fires", async () => {
        return (await prometheus.firing("InferenceAutoscalerAtMaximum"))[0];
      });
    });

    it("answers every request, within the latency objective", async () => {
      const counts = await loadResult(config, load);
      expect(Object.keys(counts)).toEqual(["200"]);
      const seconds = Math.ceil(Date.now() / 1000 - began);
      const slow = await prometheus.range(
        slowRatio(WATCHED, OBJECTIVES.latencySeconds, `${seconds}s`),
        Date.now() / 1000,
        1,
      );
      expect(values(slow)[0]).toBeLessThan(1 - OBJECTIVES.latency);
    });

    it("scales in when the load is gone", async () => {
      await eventually("the minimum runs", async () => ((await replicas()) === 1 ? true : undefined));
      // kube-state-metrics is scraped less often than the service.
      await eventually("Prometheus has seen it", async () => {
        const seen = await prometheus.range(autoscaler("status_current_replicas"), Date.now() / 1000, 1);
        return values(seen)[0] === 1 ? true : undefined;
      });
      if (process.env.UPDATE_DOCS !== undefined)
        writeFileSync("docs/autoscaling.svg", await story(STORY, began));
    });
  });

  it.each(queriesOfPanels(OBJECTIVES, WATCHED, SCRAPE_SECONDS))(
    "has data for $title: $query",
    async ({ query }) => {
      const series = await prometheus.range(query, started, SCRAPE_SECONDS);
      expect(values(series).length).toBeGreaterThan(0);
    },
  );
});
