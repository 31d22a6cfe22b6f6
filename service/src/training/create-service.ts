import { join } from "node:path";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { Keys } from "../server/access/keys.js";
import { createServers, type Servers } from "../server/http/create-servers.js";
import { healthRoutes } from "../server/http/health.js";
import { metricsRoute } from "../server/http/metrics-route.js";
import type { Route } from "../server/http/route.js";
import type { Lifecycle } from "../server/life/lifecycle.js";
import type { LogOutput } from "../server/observe/log-output.js";
import type { Tracing } from "../server/observe/tracing.js";
import { DataSources } from "./datasets/data-sources.js";
import { DatasetFolders } from "./datasets/dataset-folders.js";
import { datasetRoutes } from "./datasets/routes.js";
import { EventStreams } from "./jobs/event-stream.js";
import { JobFolders } from "./jobs/job-folders.js";
import { describeJobs } from "./jobs/job-metrics.js";
import { JobTable } from "./jobs/job-table.js";
import { Jobs } from "./jobs/jobs.js";
import { launch, type Launch } from "./jobs/launch.js";
import { jobRoutes } from "./jobs/routes.js";
import { Publisher } from "./publish/publisher.js";
import { recipesRoute } from "./recipes/routes.js";
import type { Settings } from "./settings.js";

export interface TrainingOptions {
  readonly settings: Settings;
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  /** Where the log goes. */
  readonly logOutput: Pick<LogOutput, "dropped">;
  readonly keys: Keys;
  readonly tracing?: Tracing | undefined;
  /** How a job's process is started; tests have their own. */
  readonly launch?: Launch;
}

/** The training service; its servers do not listen yet. */
export interface TrainingService {
  readonly servers: Servers;
  readonly jobs: Jobs;
  readonly streams: EventStreams;
  /** Takes up what was there before. */
  start(): Promise<void>;
}

/** The service, put together from jobs, data sets and the model store. */
export function createTraining(options: TrainingOptions): TrainingService {
  const { settings, registry, lifecycle, log } = options;
  const { trainingFolder, maxDatasetBytes: mostBytes, maxDatasetsBytes: mostBytesTogether } = settings;
  const datasets = new DatasetFolders(join(trainingFolder, "datasets"), { mostBytes, mostBytesTogether });
  const sources = new DataSources(datasets, settings.dataFolder);
  const jobs = new Jobs({
    table: new JobTable(new JobFolders(join(trainingFolder, "jobs"), log), settings.maxKeptJobs, log),
    launch: options.launch ?? launch,
    publisher: new Publisher(settings.modelRepository, log),
    sourceOf: ({ data }) => sources.find(data),
    concurrent: settings.concurrentJobs,
    mostQueued: settings.maxQueuedJobs,
  });
  const streams = new EventStreams(jobs);
  describeJobs(jobs, streams, registry);
  let hasStarted = false;
  const routes: Route[] = [
    ...jobRoutes(jobs, streams, async (data) => void (await sources.find(data))),
    ...datasetRoutes(datasets),
    recipesRoute(),
    ...healthRoutes(lifecycle, () => (hasStarted ? undefined : "The jobs of before are still being read.")),
    metricsRoute(registry),
  ];
  const title = {
    title: "AI Model Service: training",
    description: "Jobs that train models on data sets and publish them as versions.",
  };
  return {
    servers: createServers({ ...options, routes, title }),
    ...{ jobs, streams },
    async start() {
      await datasets.start();
      await jobs.start();
      hasStarted = true;
    },
  };
}
