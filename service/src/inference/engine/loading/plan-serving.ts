import { dirname } from "node:path";
import type { AdaptedFile } from "../../../onnx/adapt/adapt-model.js";
import { analyseRows } from "../../../onnx/rows/analyse-rows.js";
import type { RunCost } from "../../../onnx/run-cost.js";
import { runMemory, type RunMemory } from "../../../onnx/run-memory.js";
import type { OnnxModel } from "../../../onnx/types.js";
import { batchDimension, type BatchDimension } from "../batching/batch-dimension.js";
import { configFaults } from "../../../models/config-faults.js";
import type { ModelConfig } from "../../../models/model-config.js";
import { dimensionBounds, unbounded } from "../dimension-bounds.js";
import { rowsInMemory } from "../rows-in-memory.js";
import type { ChosenProvider } from "../session/execution-provider.js";
import type { Session } from "../session/session.js";
import { readExamples } from "./examples.js";
import { fillings } from "./fillings.js";
import type { WarmUpPlan } from "./open-sessions.js";
import { trialRefutes } from "./row-trial.js";
import type { LoadingFacts, ServingSettings } from "../served-version.js";
import type { VersionFiles } from "../../../models/version-folder.js";
import type { TensorSpec } from "../../../tensors/tensor.js";
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
  /** What computes models. */
  readonly provider: ChosenProvider;
  /** A run that takes longer is ended. */
  readonly runLimitSeconds: number;
  /** A run that needs more memory is refused, as far as it can be told. */
  readonly runLimitBytes: number;
}

/** How a version is served, found by looking at its graph and configuration. */
export interface ServingPlan extends WarmUpPlan {
  readonly batched: boolean;
  readonly apart: string;
  readonly inputs: readonly TensorSpec[];
  readonly settings: ServingSettings;
  readonly warnings: readonly string[];
  /** How many of the fillings are the owner's examples; they come first. */
  readonly examples: number;
}

/** What is known of the runs of a file that could not be read as a graph. */
export const UNREADABLE: RunCost = { kind: "values", reason: "The file could not be read as a graph." };

/**
 * Decides how a version is served: checks config.json against the graph, tells whether rows may be joined, and what the
 * version is warmed up with. Rejects with what is wrong with config.json.
 */
export async function planServing(
  session: Session,
  { path }: VersionFiles,
  file: AdaptedFile,
  config: ModelConfig,
  defaults: ServingDefaults,
): Promise<ServingPlan> {
  const bounds = dimensionBounds(config, session.inputs);
  const faults = [...configFaults(config, session.inputs, session.outputs), ...bounds.faults];
  if (faults.length > 0) {
    throw new Error(faults.map((fault) => `config.json: ${fault}`).join(" "));
  }
  const found = batchDimension(session.inputs, session.outputs, config.batched);
  const isGuess = found.batched && config.batched === undefined;
  const reason = isGuess ? await whyRowsMayTouch(session, file.onDisk) : undefined;
  const dimension = reason === undefined ? found : { ...found, batched: false, fixedRows: undefined };
  const { batched } = dimension;
  const warnings = [
    ...(reason === undefined ? [] : [`Requests are not joined, and run alone and whole. ${reason}`]),
    ...session.unservedOutputs.map((name) => `Output '${name}' is left out, for it is no tensor.`),
  ];
  const settings = settingsFor(
    config,
    dimension,
    defaults,
    await memoryOf(file.model, bounds.inputs, batched),
  );
  const examples = await readExamples(config, dirname(dirname(path)), session.inputs, batched);
  return {
    batched,
    apart: dimension.apart,
    settings,
    warnings,
    inputs: bounds.inputs,
    unbounded: unbounded(bounds.inputs, batched),
    sizes: sizesFor(settings, dimension),
    examples: examples.length,
    fillings: fillings(session.inputs, examples, (input, axis) => bounds.inputs[input]?.longest?.[axis]),
  };
}

/** Undefined where nobody can ask for more than the batch takes: then there is nothing to look at. */
async function memoryOf(
  graph: OnnxModel | undefined,
  inputs: readonly TensorSpec[],
  batched: boolean,
): Promise<RunMemory | undefined> {
  const isFixed = inputs.every(
    ({ shape, unranked }) =>
      unranked !== true && shape.every((size, axis) => size !== -1 || (batched && axis === 0)),
  );
  return graph && !isFixed
    ? runMemory(
        graph,
        inputs.map(({ name }) => name),
      )
    : undefined;
}

/**
 * Why strangers' rows must not be joined in a first dimension that config.json says nothing about; undefined when it is
 * proved from the graph that rows do not touch, and a trial does not refute it.
 */
async function whyRowsMayTouch(session: Session, graph: OnnxModel | undefined): Promise<string | undefined> {
  if (graph === undefined) {
    return UNREADABLE.reason;
  }
  // What is not served joins nobody's rows.
  const isServed = ({ name }: { name: string }): boolean =>
    session.outputs.some((output) => output.name === name);
  const served = { ...graph, graph: { ...graph.graph, outputs: graph.graph.outputs.filter(isServed) } };
  const verdict = analyseRows(served);
  if (verdict.kind !== "proved") {
    return `${verdict.reason} If its rows do not touch, say "batched": true in config.json.`;
  }
  return (await trialRefutes(session)) ? "A trial gave rows other results together than alone." : undefined;
}

function settingsFor(
  config: ModelConfig,
  { batched, fixedRows }: BatchDimension,
  defaults: ServingDefaults,
  memory: RunMemory | undefined,
): ServingSettings {
  const maxRows = batched ? (fixedRows ?? config.maxBatchSize ?? defaults.maxBatchSize) : 1;
  const limit = defaults.runLimitBytes;
  return {
    maxRows,
    rowsInMemory: memory ? rowsInMemory(memory, limit, { batched, maxRows }) : () => maxRows,
    checkMemory: memory ? rowsInMemory(memory, limit, { batched: false, maxRows: 1 }) : () => undefined,
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
  { runs, place }: Pick<LoadingFacts, "runs" | "place">,
): number {
  if (place.where === "event loop" || fixedRows !== undefined || config.maxBatchSize !== undefined) {
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
