import { runCost } from "../../../onnx/run-cost.js";
import type { ModelConfig } from "../../../models/model-config.js";
import type { Rejections } from "../statistics/rejections.js";
import { withLabels } from "./graph-labels.js";
import { openSessions, type OpenSessions, type SessionObserver } from "./open-sessions.js";
import {
  planServing,
  UNREADABLE,
  usefulRows,
  type ServingDefaults,
  type ServingPlan,
} from "./plan-serving.js";
import { readVersion } from "./read-version.js";
import { ServedVersion, type LoadingFacts } from "../served-version.js";
import type { VersionFiles } from "../../../models/version-folder.js";

/** The model that a version belongs to. */
export interface LoadingModel {
  readonly name: string;
  readonly config: ModelConfig;
  /** Where the model's refused requests are counted. */
  readonly rejections?: Rejections | undefined;
  /** Told of the deaths of the version's threads. */
  readonly observer?: SessionObserver | undefined;
}

const UNOBSERVED: SessionObserver = {
  onDeath: () => undefined,
  onRestart: () => undefined,
  onMove: () => undefined,
  onMoveFailed: () => undefined,
};

/**
 * Opens a version's file, checks it against its configuration, warms it up, and gives it ready to serve. Rejects with the
 * reason when it cannot serve.
 */
export async function loadVersion(
  files: VersionFiles,
  model: LoadingModel,
  defaults: ServingDefaults,
): Promise<ServedVersion> {
  const memoryBefore = process.memoryUsage.rss();
  const began = performance.now();
  const { config, observer = UNOBSERVED } = model;
  const { path, bytes } = files;
  const { intraOpThreads, runLimitSeconds, provider } = defaults;
  const file = await readVersion(files);
  const cost = file.model ? runCost(file.model) : UNREADABLE;
  const concurrentRuns = config.concurrentRuns ?? 1;
  const { adaptation } = file;
  const wanted = {
    path,
    bytes,
    concurrentRuns,
    intraOpThreads,
    runLimitSeconds,
    provider,
    cost,
    adaptation,
    observer,
  };
  const opened = await openSessions(wanted, (session) => planServing(session, files, file, config, defaults));
  const labelled = { ...model, config: await withLabels(config, adaptation.labels, opened) };
  return serve(files, labelled, opened, {
    place: opened.place,
    runs: opened.runs,
    filling: opened.found.filling,
    unbounded: opened.plan.unbounded,
    apart: opened.plan.apart,
    provider: opened.provider,
    warnings: [...fallbacks(opened), ...opened.plan.warnings, ...warmUpWarnings(opened)],
    loadSeconds: (performance.now() - began) / 1000,
    loadedAt: Date.now() / 1000,
    memoryBytes: Math.max(0, process.memoryUsage.rss() - memoryBefore),
  });
}

function fallbacks({ provider }: OpenSessions<ServingPlan>): string[] {
  return provider.fallback === "" ? [] : [provider.fallback];
}

function warmUpWarnings({ found, plan }: OpenSessions<ServingPlan>): string[] {
  if (!found.filling) {
    return [
      `It is not warmed up, for it ran nothing that was tried. ${found.refusals} Say in config.json's warmup what it can run.`,
    ];
  }
  const isOwners = plan.examples > 0 && found.filling !== plan.fillings[0];
  return isOwners ? [`An example of config.json's warmup does not run. ${found.refusals}`] : [];
}

function serve(
  { version }: VersionFiles,
  { name, config, rejections }: LoadingModel,
  open: OpenSessions<ServingPlan>,
  loading: LoadingFacts,
): ServedVersion {
  const { plan, sessions, runs } = open;
  const [{ outputs }] = sessions;
  const description = { name, version, config, batched: plan.batched, inputs: plan.inputs, outputs };
  const maxRows = usefulRows(plan.settings, config, loading);
  const settings = { ...plan.settings, maxRows };
  const server = new ServedVersion(description, sessions, settings, loading, rejections);
  for (const run of runs) {
    if (run.rows <= maxRows) {
      server.estimate.observe(run.rows, run.milliseconds);
    }
  }
  return server;
}
