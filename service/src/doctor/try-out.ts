import { ServiceError } from "../server/errors.js";
import type { Classification, ModelConfig } from "../models/model-config.js";
import type { VersionFiles } from "../models/version-folder.js";
import { loadVersion } from "../inference/engine/loading/load-version.js";
import type { ServingDefaults } from "../inference/engine/loading/plan-serving.js";
import type { ServedVersion } from "../inference/engine/served-version.js";
import { takeSamples, type Sample } from "./samples.js";

/** What a version is when it serves, and what it answered. */
export interface Trial
  extends
    Pick<ServedVersion, "inputs" | "outputs" | "batched">,
    Pick<ServedVersion["loading"], "apart" | "place" | "runs" | "unbounded" | "warnings"> {
  readonly maxRows: number;
  /** The labels that it serves with, though no config.json has them: the file's own. */
  readonly postprocess: Classification | undefined;
  readonly samples: readonly Sample[];
}

/**
 * Serves the version for a moment. Names that config.json has wrong are found apart, so they are left out here. Rejects
 * with the reason when it cannot be served.
 */
export async function tryOut(
  files: VersionFiles,
  { batched, maxBatchSize, concurrentRuns, dimensions, warmup }: ModelConfig,
  defaults: ServingDefaults,
): Promise<Trial> {
  const config = { batched, maxBatchSize, concurrentRuns, dimensions, warmup };
  const served = await loadVersion(files, { name: "doctor", config }, defaults);
  try {
    const { inputs, outputs, loading, settings } = served;
    const { apart, place, runs, unbounded, warnings } = loading;
    return {
      inputs,
      outputs,
      batched: served.batched,
      maxRows: settings.maxRows,
      apart,
      place,
      runs,
      unbounded,
      warnings,
      postprocess: served.config.postprocess,
      samples: await takeSamples(served),
    };
  } finally {
    await served.close(new ServiceError("shutting_down", "The examination is over."));
  }
}
