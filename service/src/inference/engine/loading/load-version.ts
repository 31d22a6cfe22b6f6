import { readFile } from "node:fs/promises";
import { decodeModel } from "../../../onnx/read-model.js";
import { analyseRows } from "../../../onnx/rows/analyse-rows.js";
import { batchDimension, type BatchDimension } from "../batching/batch-dimension.js";
import { configFaults } from "../../../models/config-faults.js";
import type { ModelConfig } from "../../../models/model-config.js";
import type { SessionObserver } from "../session/restarting-session.js";
import type { Session } from "../session/session.js";
import type { Rejections } from "../statistics/rejections.js";
import { openSessions, type OpenSessions, type WarmUpPlan } from "./open-sessions.js";
import { trialRefutes } from "./row-trial.js";
import { ServedVersion, type LoadingFacts, type ServingSettings } from "../served-version.js";
import type { VersionFiles } from "../../../models/scan.js";
import { smallestGoodBatch, warmUpSizes, type WarmRun } from "./warm-up.js";

/** A batch of a slow model that reaches this part of its best throughput is as large as batches get. */
const GOOD_THROUGHPUT = 0.95;

/** Runs shorter than that are lengthened by more rows all the same: a thread waits for its next run's tensors. */
const WORTHWHILE_RUN_MILLISECONDS = 10;

/** Settings of models whose config.json does not say. */
export interface ServingDefaults {
  readonly maxBatchSize: number;
  readonly maxBatchDelayMs: number;
  readonly queueRows: number;
  readonly queueSeconds: number;
  readonly intraOpThreads: number;
}

/** The model that a version belongs to. */
export interface LoadingModel {
  readonly name: string;
  readonly config: ModelConfig;
  /** Where the model's refused requests are counted. */
  readonly rejections?: Rejections | undefined;
  /** Told of the deaths of the version's threads. */
  readonly observer?: SessionObserver | undefined;
}

/** How a version is served, found by looking at its graph and configuration. */
interface ServingPlan extends WarmUpPlan {
  readonly batched: boolean;
  readonly settings: ServingSettings;
  readonly warnings: readonly string[];
}

const UNOBSERVED: SessionObserver = { onDeath: () => undefined, onRestart: () => undefined };

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
  const { intraOpThreads } = defaults;
  const wanted = { path, bytes, concurrentRuns: config.concurrentRuns ?? 1, intraOpThreads, observer };
  const opened = await openSessions(wanted, (session) => check(session, path, config, defaults));
  return serve(files, model, opened, {
    threaded: opened.threaded,
    runs: opened.runs,
    warnings: opened.plan.warnings,
    loadSeconds: (performance.now() - began) / 1000,
    loadedAt: Date.now() / 1000,
    memoryBytes: Math.max(0, process.memoryUsage.rss() - memoryBefore),
  });
}

function serve(
  { version }: VersionFiles,
  { name, config, rejections }: LoadingModel,
  open: OpenSessions<ServingPlan>,
  loading: LoadingFacts,
): ServedVersion {
  const { plan, sessions, runs } = open;
  const [{ inputs, outputs }] = sessions;
  const description = { name, version, config, batched: plan.batched, inputs, outputs };
  const maxRows = usefulRows(plan.settings, config, open);
  // Runs on the event loop's thread are short by choice, and timed with the turns of the loop that they wait for: under a
  // flood they would look slow, and refusing costs as much as answering.
  const queueLimitMilliseconds = open.threaded ? plan.settings.queueLimitMilliseconds : Infinity;
  const settings = { ...plan.settings, maxRows, queueLimitMilliseconds };
  const server = new ServedVersion(description, sessions, settings, loading, rejections);
  for (const run of runs) {
    if (run.rows <= maxRows) {
      server.estimate.observe(run.rows, run.milliseconds);
    }
  }
  return server;
}

async function check(
  session: Session,
  path: string,
  config: ModelConfig,
  defaults: ServingDefaults,
): Promise<ServingPlan> {
  const faults = configFaults(config, session.inputs, session.outputs);
  if (faults.length > 0) {
    throw new Error(faults.map((fault) => `config.json: ${fault}`).join(" "));
  }
  const found = batchDimension(session.inputs, session.outputs, config.batched);
  const isGuess = found.batched && config.batched === undefined;
  const reason = isGuess ? await whyRowsMayTouch(session, path) : undefined;
  const dimension = reason === undefined ? found : { batched: false, fixedRows: undefined };
  const warnings =
    reason === undefined ? [] : [`Requests are not joined, and run alone and whole. ${reason}`];
  const settings = settingsFor(config, dimension, defaults);
  return { batched: dimension.batched, settings, warnings, sizes: sizesFor(settings, dimension) };
}

/**
 * Why strangers' rows must not be joined in a first dimension that config.json says nothing about; undefined when it is
 * proved from the graph that rows do not touch, and a trial does not refute it.
 */
async function whyRowsMayTouch(session: Session, path: string): Promise<string | undefined> {
  const verdict = analyseRows(decodeModel(await readFile(path)));
  if (verdict.kind !== "proved") {
    return `${verdict.reason} If its rows do not touch, say "batched": true in config.json.`;
  }
  return (await trialRefutes(session)) ? "A trial gave rows other results together than alone." : undefined;
}

function settingsFor(
  config: ModelConfig,
  { batched, fixedRows }: BatchDimension,
  defaults: ServingDefaults,
): ServingSettings {
  return {
    maxRows: batched ? (fixedRows ?? config.maxBatchSize ?? defaults.maxBatchSize) : 1,
    maxDelayMilliseconds: config.maxBatchDelayMs ?? defaults.maxBatchDelayMs,
    queueLimitRows: config.queueRows ?? defaults.queueRows,
    queueLimitMilliseconds: 1000 * (config.queueSeconds ?? defaults.queueSeconds),
    fixedRows,
  };
}

/**
 * Rows per run at most: what was set, or less where it was not and larger batches of a slow model are no faster per row;
 * their first request would only wait longer. A short run is nothing to wait for, and hard to time.
 */
export function usefulRows(
  { maxRows, fixedRows }: Pick<ServingSettings, "maxRows" | "fixedRows">,
  config: ModelConfig,
  { runs, threaded }: Pick<LoadingFacts, "runs" | "threaded">,
): number {
  if (!threaded || fixedRows !== undefined || config.maxBatchSize !== undefined) {
    return maxRows;
  }
  const good = smallestGoodBatch(runs, GOOD_THROUGHPUT);
  // The largest size that there was time to try says nothing of those beyond.
  if (good === undefined || good === runs.at(-1)?.rows) {
    return maxRows;
  }
  const isLong = (run: WarmRun): boolean => run.milliseconds >= WORTHWHILE_RUN_MILLISECONDS;
  return runs.find((run) => run.rows >= good && isLong(run))?.rows ?? maxRows;
}

function sizesFor({ maxRows }: ServingSettings, dimension: BatchDimension): (number | undefined)[] {
  if (!dimension.batched) {
    return [undefined];
  }
  return dimension.fixedRows === undefined ? warmUpSizes(maxRows) : [dimension.fixedRows];
}
