import { readFileSync } from "node:fs";

import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { PATHS } from "@ai-model-service/contract/http";

import { thisDaemonAddress } from "#infra/docker/address.js";
import { type Daemon, daemonAt } from "#infra/docker/daemon.js";
import { ofAutoscaler, own } from "#infra/monitoring/queries.js";
import { scalingFacts } from "#infra/commands/deployed/scaling-facts.js";
import { scalingStatus } from "#infra/commands/deployed/scaling-status.js";
import { monitoringSchema } from "#infra/settings/monitoring.js";
import { eventually } from "./monitoring/eventually.js";
import { loadResult, MANY_ROWS, startLoad, type Load } from "./monitoring/load.js";
import { isOfAnyModel, queriesOfPanels } from "./monitoring/panels.js";
import { PrometheusClient, type Series } from "./monitoring/prometheus.js";
import { charts } from "./support/charts.js";
import { leftovers } from "./support/leftovers.js";
import { missingNeeds } from "./support/needs.js";
import { closed, freePorts, listening } from "./support/ports.js";
import { Project } from "./support/project.js";
import { createStack } from "./support/stack.js";
import { story } from "./support/story.js";
import { Visitor } from "./support/visitor.js";

const STACK = "local-test";
const NAME = `ai-model-service-${STACK}`;
const WATCHED = { namespace: "ai-model-service", job: "inference" };
const MONITORING = "monitoring";
const CLIENTS = "clients";
const SCRAPE_SECONDS = 5;
const CONCURRENCY_PER_POD = 2;

function values(series: readonly Series[]): number[] {
  return series.flatMap(({ samples }) => samples.map(([, value]) => value));
}

const outputs = z.object({ kubeconfig: z.object({ value: z.string() }) });

describe.skipIf(missingNeeds(["pulumi", "docker"]).length > 0)("the program on this machine's Docker", () => {
  const { step, mustGoOn } = story();
  const config = new KubeConfig();
  const prometheus = new PrometheusClient(config, MONITORING);
  const started = Date.now() / 1000;
  let daemon: Daemon;
  let project: Project;
  let stack: Stack;
  let ports: Record<"api" | "registry" | "service" | "grafana", number>;
  let visitor: Visitor;

  beforeAll(async () => {
    daemon = daemonAt(thisDaemonAddress());
    ports = await freePorts("api", "registry", "service", "grafana");
    visitor = new Visitor(`http://127.0.0.1:${ports.service}${PATHS.predict}`, {
      type: "image/png",
      body: readFileSync("test/fixtures/digit-7.png"),
    });
    project = await Project.copy();
    stack = await createStack(project, STACK, {
      cluster: "local",
      local: { ports },
      monitoring: { ...charts, scrapeIntervalSeconds: SCRAPE_SECONDS },
      replicas: { min: 1, max: 6 },
      resources: { requests: { cpu: "100m", memory: "96Mi" }, limits: { cpu: "300m", memory: "400Mi" } },
      // CPU asks for nothing, so that what scales is the signal.
      autoscaling: { cpuPercent: 1000, concurrencyPerPod: CONCURRENCY_PER_POD },
    });
  });

  afterAll(async () => {
    await visitor.leave();
    await stack.destroy();
    await project.remove();
  });

  step("says which port is taken, and makes nothing", async () => {
    const other = await listening(ports.service);
    await expect(stack.up()).rejects.toThrow(
      new RegExp(`local\\.ports\\.service: Port ${ports.service} on 127\\.0\\.0\\.1 is taken`),
    );
    await closed(other);
    expect(await leftovers(daemon, NAME)).toEqual([]);
  });

  step("comes up from nothing but Docker", async () => {
    const up = await stack.up();
    expect(up.outputs).toMatchObject({
      endpoint: { value: `http://127.0.0.1:${ports.service}` },
      image: { value: expect.stringMatching(`^localhost:${ports.registry}/.*@sha256:`) as string },
      kubeconfig: {
        secret: true,
        value: expect.stringContaining(`https://127.0.0.1:${ports.api}`) as string,
      },
      ...(charts.grafana && { grafana: { value: `http://127.0.0.1:${ports.grafana}` } }),
    });
    config.loadFromString(outputs.parse(up.outputs).kubeconfig.value);
  });

  step("predicts at its endpoint", expectPredictions);

  step("has nothing to change in a second run", async () => {
    const { summary } = await stack.up({ expectNoChanges: true });
    expect(Object.keys(summary.resourceChanges ?? {})).toEqual(["same"]);
  });

  step("feeds the autoscaler every metric that it follows", expectLiveMetrics);

  describe("its dashboards, while somebody asks for predictions", () => {
    beforeAll(() => {
      mustGoOn();
      visitor.come();
    });

    const queries = queriesOfPanels(monitoringSchema.parse({}).objectives, WATCHED, SCRAPE_SECONDS);

    it.each(queries.filter(isOfAnyModel))("have data for $title: $query", async ({ query }) => {
      await eventually("there are samples", async () => {
        const series = await prometheus.range(query, started, SCRAPE_SECONDS);
        return series.some(({ samples }) => samples.length > 0) ? true : undefined;
      });
    });

    afterAll(() => visitor.leave());
  });

  step("scales by the requests that there are, of pods that are seen once each", async () => {
    await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: CLIENTS } } });
    const load: Load = {
      namespace: CLIENTS,
      name: "load",
      url: `http://${WATCHED.job}.${WATCHED.namespace}.svc${PATHS.predict}?datatype=UINT8`,
      connections: 3 * CONCURRENCY_PER_POD,
      seconds: 120,
      body: MANY_ROWS,
    };
    const began = Date.now() / 1000;
    await startLoad(config, load);
    expect(Object.keys(await loadResult(config, load))).toEqual(["200"]);
    const wanted = `kube_horizontalpodautoscaler_status_desired_replicas{${ofAutoscaler(WATCHED)}}`;
    const replicas = values(await prometheus.range(wanted, began, SCRAPE_SECONDS));
    expect(Math.max(...replicas)).toBeGreaterThanOrEqual(3);
    // Twice the number would be the maximum.
    expect(Math.max(...replicas)).toBeLessThanOrEqual(4);
    const scrapes = values(
      await prometheus.range(`count by (pod) (up{${own(WATCHED)}})`, began, SCRAPE_SECONDS),
    );
    expect(new Set(scrapes)).toEqual(new Set([1]));
  });

  step("brings a node that was killed back as it was", async () => {
    const killed = Date.now() / 1000;
    await daemon.call("POST", `/containers/${NAME}-node/kill`);
    const { summary } = await stack.up();
    expect(Object.keys(summary.resourceChanges ?? {})).toEqual(["same"]);
    await expectPredictions();
    await eventually("Prometheus scrapes the pods again", async () => {
      const up = `up{${own(WATCHED)}}`;
      const query = `(timestamp(${up}) > ${killed}) and ${up} == 1`;
      return (await prometheus.range(query, Date.now() / 1000, 1)).length > 0 ? true : undefined;
    });
    await expectLiveMetrics();
  });

  step("is gone without a trace", async () => {
    await stack.destroy();
    expect(await leftovers(daemon, NAME)).toEqual([]);
  });

  /** Pods need a moment after their node is back. */
  async function expectPredictions(): Promise<void> {
    await eventually("a seven is seen", async () =>
      (await visitor.ask()).predictions[0]?.label === "7" ? true : undefined,
    );
  }

  async function expectLiveMetrics(): Promise<void> {
    const place = { namespace: WATCHED.namespace, service: WATCHED.job, monitoringNamespace: MONITORING };
    await eventually("every metric is live", async () => {
      const metrics = scalingStatus(await scalingFacts(config, place));
      if (metrics.some(({ live }) => !live)) {
        throw new Error(JSON.stringify(metrics));
      }
      return metrics;
    });
  }
});
