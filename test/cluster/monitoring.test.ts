import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { CoreV1Api, KubeConfig, NetworkingV1Api } from "@kubernetes/client-node";
import { ADMIN_PORT, PATHS } from "@ai-model-service/contract/http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inferenceRules } from "#infra/monitoring/alerts/rule-groups.js";
import { concurrency } from "#infra/monitoring/inference-queries.js";
import { latencyQuantile, ofAutoscaler, ofContainers, own, slowRatio } from "#infra/monitoring/queries.js";
import { PROMETHEUS_STACK } from "#infra/monitoring/charts/stack-values.js";
import { labelsOf } from "#infra/workload/labels.js";
import { Definitions } from "./monitoring/definitions.js";
import { DeployedService } from "./monitoring/deployed-service.js";
import { DeployedStack } from "./monitoring/deployed-stack.js";
import { endContainers } from "./monitoring/end-containers.js";
import { eventually } from "./monitoring/eventually.js";
import { loadResult, MANY_ROWS, startLoad, type Load } from "./monitoring/load.js";
import { BAD, DIVIDED } from "./monitoring/models.js";
import { mountModel, unmountModel } from "./monitoring/mounted-model.js";
import { queriesOfPanels } from "./monitoring/panels.js";
import { PrometheusClient, type Series } from "./monitoring/prometheus.js";
import { BEFORE_SECONDS, story } from "./monitoring/story.js";
import { brightIn } from "../models/pictures.js";
import { defaultDeny, reach, startBystander } from "./support/reach.js";

const NAMESPACE = "watched";
const MONITORING = "watched-monitoring";
const CLIENTS = "watched-clients";
const JOINED = "joined";
const OTHER = "other";
const WATCHED = { namespace: NAMESPACE, job: "inference" };
const OF_SERVICE = Object.entries(labelsOf("inference").labels)
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
const service = new DeployedService(config, NAMESPACE);
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

function predictUrl(namespace: string) {
  return `http://inference.${namespace}.svc${PATHS.predict}`;
}
function autoscaler(name: string) {
  return `kube_horizontalpodautoscaler_${name}{${ofAutoscaler(WATCHED)}}`;
}
function values(series: readonly Series[]) {
  return series.flatMap(({ samples }) => samples.map(([, value]) => value));
}

/** Settings of a stack beside the first, with the image that the first made. */
async function smallService(namespace: string): Promise<Record<string, unknown>> {
  const reference = await service.image();
  const resources = { ...settings.resources, requests: { cpu: "50m", memory: "96Mi" } };
  return { ...settings, registry: {}, image: { reference }, namespace, resources };
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
    await service.everyMetricIsLive(MONITORING);
  });

  it("is scraped by its monitoring, and by nobody else, where everything that is not allowed is forbidden", async () => {
    const networking = config.makeApiClient(NetworkingV1Api);
    await networking.createNamespacedNetworkPolicy({ namespace: NAMESPACE, body: defaultDeny("deny") });
    const denied = Date.now() / 1000;
    const host = `inference-admin.${NAMESPACE}.svc`;
    const client = await startBystander(config, CLIENTS);
    expect(await reach(config, client, host, ADMIN_PORT)).toBe("dropped");
    const watcher = await startBystander(config, MONITORING);
    expect(await reach(config, watcher, host, ADMIN_PORT)).toBe("open");
    await eventually("it is scraped some times more", async () => {
      const up = values(await prometheus.range(`up{${own(WATCHED)}}`, denied, SCRAPE_SECONDS));
      expect(up).not.toContain(0);
      return up.length > 4 ? up : undefined;
    });
    await service.everyMetricIsLive(MONITORING);
    const core = config.makeApiClient(CoreV1Api);
    await core.deleteNamespacedPod({ namespace: MONITORING, name: watcher.pod });
  });

  it("says when a version fails to load and when predictions are slow", async () => {
    await mountModel(config, NAMESPACE, "inference", BAD);
    const failed = await eventually("InferenceModelLoadFailed fires", async () => {
      return (await prometheus.firing("InferenceModelLoadFailed"))[0];
    });
    expect(failed).toMatchObject({ model: "slow", version: "2" });
    await service.rolledOut();
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
    await unmountModel(config, NAMESPACE, "inference", BAD);
    await service.rolledOut();
  });

  it("tells what shares and shadows do, and says when a version does not answer its share", async () => {
    await mountModel(config, NAMESPACE, "inference", DIVIDED);
    await service.rolledOut();
    const load: Load = {
      namespace: CLIENTS,
      name: "divided-load",
      url: `${predictUrl(NAMESPACE)}?model=${DIVIDED.name}`,
      connections: 1,
      seconds: 45,
      body: { type: "application/octet-stream", base64: Buffer.from(brightIn(2)).toString("base64") },
    };
    await startLoad(config, load);
    const fallen = await eventually("InferenceVersionFallsBack fires", async () => {
      return (await prometheus.firing("InferenceVersionFallsBack"))[0];
    });
    expect(fallen).toMatchObject({ model: DIVIDED.name, version: "3" });
    expect(Object.keys(await loadResult(config, load))).toEqual(["200"]);
    await unmountModel(config, NAMESPACE, "inference", DIVIDED);
    await service.rolledOut();
  });

  describe("under load", () => {
    const load: Load = {
      namespace: CLIENTS,
      name: "load",
      url: `${predictUrl(NAMESPACE)}?datatype=UINT8`,
      connections: 8,
      seconds: 150,
      body: MANY_ROWS,
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
        (await service.replicas()) === MAX_REPLICAS ? true : undefined,
      );
      // The autoscaler may have read what is newer than the last step of this query.
      await eventually("the requests in each pod are above the target", async () => {
        const query = concurrency(own(WATCHED), "pod", WINDOW);
        const seen = values(await prometheus.range(query, began, SCRAPE_SECONDS));
        return Math.max(...seen) > CONCURRENCY_PER_POD ? true : undefined;
      });
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
      await eventually("the minimum runs", async () => ((await service.replicas()) === 1 ? true : undefined));
      // kube-state-metrics is scraped less often than the service.
      await eventually("Prometheus has seen it for some samples", async () => {
        const seen = values(await prometheus.range(current, began, SCRAPE_SECONDS));
        return seen.slice(-4).every((replicas) => replicas === 1) ? seen : undefined;
      });
      if (process.env.UPDATE_DOCS !== undefined) {
        writeFileSync(
          "docs/autoscaling.svg",
          await story(STORY, { start: began, end: began + load.seconds }),
        );
      }
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
    const its = new DeployedService(config, JOINED);
    const ITS = { namespace: JOINED, job: "inference" };
    const fires = (alert: string) =>
      eventually(`${alert} fires`, async () =>
        (await prometheus.firing(alert)).find(({ namespace }) => namespace === JOINED),
      );
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
          prometheusNamespace: MONITORING,
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
      const expected = inferenceRules({
        watched: WATCHED,
        objectives: OBJECTIVES,
        patience: 1,
      });
      const count = expected.flatMap(({ rules }) => rules).length;
      const healthy = await eventually("its rules are evaluated", async () => {
        const rules = (await prometheus.rules()).filter(({ query }) => query.includes(`"${JOINED}"`));
        return rules.length > 0 && rules.every(({ health }) => health === "ok") ? rules : undefined;
      });
      expect(healthy).toHaveLength(count);
    });

    it("feeds its autoscaler too", async () => {
      await its.everyMetricIsLive();
    });

    it("has dashboards for it beside the first's", async () => {
      const { items } = await config.makeApiClient(CoreV1Api).listConfigMapForAllNamespaces({
        labelSelector: `${PROMETHEUS_STACK.dashboardLabel}=1,${OF_SERVICE}`,
      });
      const files = items.flatMap(({ data }) => Object.keys(data ?? {}));
      expect(files).toHaveLength(4);
      expect(new Set(files).size).toBe(4);
    });

    it("says when a container of it restarts", async () => {
      const count = `kube_pod_container_status_restarts_total{${ofContainers(ITS)}}`;
      await eventually("its restarts are counted", async () => {
        return values(await prometheus.range(count, Date.now() / 1000, 1)).includes(0) ? true : undefined;
      });
      await endContainers(config, JOINED, "server");
      expect(await fires("InferencePodRestarted")).toMatchObject({ container: "server" });
    });

    it("says when its queue is full and when it refuses", async () => {
      await mountModel(config, JOINED, "inference", BAD);
      await its.rolledOut();
      await startLoad(config, {
        namespace: CLIENTS,
        name: "too-much-load",
        url: predictUrl(JOINED),
        connections: 4,
        seconds: 300,
        body: ONE_ROW,
      });
      expect(await fires("InferenceAvailabilityBurn")).toHaveProperty("window");
      expect(await fires("InferenceQueueSaturated")).toHaveProperty("pod");
    });

    it("goes on when it is gone", async () => {
      const kinds = await definitions.kinds();
      await second.destroy();
      expect(await definitions.kinds()).toEqual(kinds);
      await stack.previewNoChange();
      await service.everyMetricIsLive(MONITORING);
    });
  });

  describe("in a cluster with definitions of somebody else's", () => {
    let small: object;
    let other: DeployedStack;
    let kinds: string[];

    beforeAll(async () => {
      const all = await definitions.all();
      kinds = await definitions.kinds();
      small = await smallService(OTHER);
      await stack.destroy();
      expect(await definitions.kinds()).toEqual([]);
      await definitions.create(all);
      other = await DeployedStack.create("other", { ...small, monitoring: settings.monitoring });
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
      await other.configure({ ...small, monitoring: { ...settings.monitoring, crds: false } });
      await other.up();
      await other.previewNoChange();
      await other.destroy();
      expect(await definitions.kinds()).toEqual(kinds);
    });
  });
});
