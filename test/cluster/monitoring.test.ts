import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { AppsV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { PATHS } from "@ai-model-service/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ruleGroups } from "../../infra/monitoring/alerts.js";
import {
  concurrency,
  latencyQuantile,
  ofAutoscaler,
  own,
  slowRatio,
} from "../../infra/monitoring/queries.js";
import { STACK } from "../../infra/monitoring/stack-values.js";
import { scalingFacts } from "../../infra/operations/scaling-facts.js";
import { scalingStatus } from "../../infra/operations/scaling-status.js";
import { LABELS } from "../../infra/workload/names.js";
import { mountBadModels, unmountBadModels } from "./monitoring/bad-models.js";
import { Definitions } from "./monitoring/definitions.js";
import { DeployedStack } from "./monitoring/deployed-stack.js";
import { eventually } from "./monitoring/eventually.js";
import { loadResult, startLoad, type Load } from "./monitoring/load.js";
import { queriesOfPanels } from "./monitoring/panels.js";
import { PrometheusClient, type Series } from "./monitoring/prometheus.js";
import { BEFORE_SECONDS, story } from "./monitoring/story.js";

const NAMESPACE = "watched";
const MONITORING = "watched-monitoring";
const CLIENTS = "watched-clients";
const JOINED = "joined";
const OTHER = "other";
const WATCHED = { namespace: NAMESPACE, job: "inference" };
const OF_SERVICE = Object.entries(LABELS)
  .map(([name, value]) => `${name}=${value}`)
  .join(",");
const ONE_ROW = {
  type: "application/json",
  base64: Buffer.from('{"instances":[[1]]}').toString("base64"),
};

const MAX_REPLICAS = 3;
const CONCURRENCY_PER_POD = 1;
const SCRAPE_SECONDS = 5;
const WINDOW = `${4 * SCRAPE_SECONDS}s`;
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
const definitions = new Definitions(config);
const started = Date.now() / 1000;
let stack: DeployedStack;

const STORY = {
  prometheus,
  watched: WATCHED,
  target: CONCURRENCY_PER_POD,
  objectiveSeconds: OBJECTIVES.latencySeconds,
  scrapeSeconds: SCRAPE_SECONDS,
};

const predictUrl = (namespace: string) => `http://inference.${namespace}.svc${PATHS.predict}`;
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

/** Settings of a stack beside the first, with the image that the first made. */
async function smallService(namespace: string): Promise<Record<string, unknown>> {
  const { spec } = await config
    .makeApiClient(AppsV1Api)
    .readNamespacedDeployment({ namespace: NAMESPACE, name: "inference" });
  const reference = spec?.template.spec?.containers[0]?.image;
  const resources = { ...settings.resources, requests: { cpu: "50m", memory: "96Mi" } };
  return { ...settings, registry: {}, image: { reference }, namespace, resources };
}

/** Waits until the autoscaler of a namespace reads all that it should follow. */
async function everyMetricIsLive(namespace: string, monitoringNamespace?: string): Promise<void> {
  await eventually("every metric is live", async () => {
    const facts = await scalingFacts(config, { namespace, service: "inference", monitoringNamespace });
    const metrics = scalingStatus(facts);
    if (metrics.some(({ live }) => !live)) throw new Error(JSON.stringify(metrics));
    return metrics;
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
  });

  it("is up at the first try, and a second up changes nothing", async () => {
    await stack.previewNoChange();
  });

  it("feeds the autoscaler every metric that it follows", async () => {
    await everyMetricIsLive(NAMESPACE, MONITORING);
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
      url: predictUrl(NAMESPACE),
      connections: 1,
      seconds: 60,
      body: ONE_ROW,
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
      url: predictUrl(NAMESPACE),
      connections: 8,
      seconds: 150,
      body: { type: "image/png", base64: readFileSync("test/fixtures/digit-3.png").toString("base64") },
    };
    let began = 0;
    const current = autoscaler("status_current_replicas");

    it("scales out to its maximum on the requests in each pod, and says that it is there", async () => {
      await eventually("what was before is over", async () => {
        const since = Date.now() / 1000 - BEFORE_SECONDS;
        const earlier = await prometheus.range(latencyQuantile(WATCHED, 0.99, WINDOW), since, SCRAPE_SECONDS);
        return values(earlier).length === 0 ? true : undefined;
      });
      began = Date.now() / 1000;
      await startLoad(config, load);
      await eventually("the maximum runs", async () =>
        (await replicas()) === MAX_REPLICAS ? true : undefined,
      );
      const wanted = await prometheus.range(concurrency(own(WATCHED), "pod", WINDOW), began, SCRAPE_SECONDS);
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
      await eventually("Prometheus has seen it for some samples", async () => {
        const seen = values(await prometheus.range(current, began, SCRAPE_SECONDS));
        return seen.slice(-4).every((replicas) => replicas === 1) ? seen : undefined;
      });
      if (process.env.UPDATE_DOCS !== undefined)
        writeFileSync(
          "docs/autoscaling.svg",
          await story(STORY, { start: began, end: began + load.seconds }),
        );
    });
  });

  it.each(queriesOfPanels(OBJECTIVES, WATCHED, SCRAPE_SECONDS))(
    "has data for $title: $query",
    async ({ query }) => {
      const series = await prometheus.range(query, started, SCRAPE_SECONDS);
      expect(values(series).length).toBeGreaterThan(0);
    },
  );

  describe("for a second stack in the same cluster", () => {
    const ITS = { namespace: JOINED, job: "inference" };
    let second: DeployedStack;

    beforeAll(async () => {
      const { scrapeIntervalSeconds, objectives, alertPatience } = settings.monitoring;
      second = await DeployedStack.create("joined", {
        ...(await smallService(JOINED)),
        // Of a fixed size, so that load is not spread.
        replicas: { min: 1, max: 1 },
        monitoring: {
          mode: "existing",
          sharedAdapter: true,
          scrapeIntervalSeconds,
          objectives,
          alertPatience,
        },
      });
      await second.up();
    });
    afterAll(() => second.destroy());

    it("changes nothing in a second up", async () => {
      await second.previewNoChange();
    });

    it("scrapes it", async () => {
      const up = `up{${own(ITS)}}`;
      await eventually("its pod is scraped", async () => {
        return values(await prometheus.range(up, Date.now() / 1000, 1)).includes(1) ? true : undefined;
      });
    });

    it("evaluates its rules", async () => {
      const expected = ruleGroups({ watched: WATCHED, objectives: OBJECTIVES, runbooks: "", patience: 1 });
      const count = expected.flatMap(({ rules }) => rules).length;
      const healthy = await eventually("its rules are evaluated", async () => {
        const rules = (await prometheus.rules()).filter(({ query }) => query.includes(`"${JOINED}"`));
        return rules.length > 0 && rules.every(({ health }) => health === "ok") ? rules : undefined;
      });
      expect(healthy).toHaveLength(count);
    });

    it("feeds its autoscaler too", async () => {
      await everyMetricIsLive(JOINED);
    });

    it("has dashboards for it beside the first's", async () => {
      const { items } = await config
        .makeApiClient(CoreV1Api)
        .listConfigMapForAllNamespaces({ labelSelector: `${STACK.dashboardLabel}=1,${OF_SERVICE}` });
      const files = items.flatMap(({ data }) => Object.keys(data ?? {}));
      expect(files).toHaveLength(4);
      expect(new Set(files).size).toBe(4);
    });

    it("goes on when it is gone", async () => {
      const kinds = await definitions.kinds();
      await second.destroy();
      expect(await definitions.kinds()).toEqual(kinds);
      await stack.previewNoChange();
      await everyMetricIsLive(NAMESPACE, MONITORING);
    });
  });

  describe("in a cluster with definitions of somebody else's", () => {
    let service: object;
    let other: DeployedStack;
    let kinds: string[];

    beforeAll(async () => {
      const all = await definitions.all();
      kinds = await definitions.kinds();
      service = await smallService(OTHER);
      await stack.destroy();
      expect(await definitions.kinds()).toEqual([]);
      await definitions.create(all);
      other = await DeployedStack.create("other", { ...service, monitoring: settings.monitoring });
    });
    afterAll(async () => {
      await other.destroy();
      await definitions.delete();
    });

    it("refuses to take them over, which would be to remove them one day", async () => {
      await expect(other.up()).rejects.toThrow(/CustomResourceDefinition .* exists and cannot be imported/);
      expect(await definitions.kinds()).toEqual(kinds);
    });

    it("uses them where it is told that they are there, and leaves them behind", async () => {
      await other.configure({ ...service, monitoring: { ...settings.monitoring, crds: false } });
      await other.up();
      await other.previewNoChange();
      await other.destroy();
      expect(await definitions.kinds()).toEqual(kinds);
    });
  });
});
