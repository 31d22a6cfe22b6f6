import { messageOf, ServiceError } from "../server/errors.js";
import type { Classification, ModelConfig } from "../models/model-config.js";
import type { VersionFiles } from "../models/version-folder.js";
import { loadVersion } from "../inference/engine/loading/load-version.js";
import type { ServingDefaults } from "../inference/engine/loading/plan-serving.js";
import { areNear } from "../inference/engine/loading/near.js";
import type { ServedVersion } from "../inference/engine/served-version.js";
import { topScores } from "../inference/engine/label-scores.js";
import { takeRows } from "../tensors/joined-rows.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Sample } from "./samples.js";

/**
 * Serves the version with `config`, asks it what `samples` were asked without, and compares the answers; where `config`
 * is first to say that rows may be joined, also those of each row by itself. Why it does not serve or answers otherwise, as
 * a whole sentence; undefined when all is the same.
 */
export async function whyNot(
  config: ModelConfig,
  files: VersionFiles,
  { samples, batched: wasBatched }: { readonly samples: readonly Sample[]; readonly batched: boolean },
  defaults: ServingDefaults,
): Promise<string | undefined> {
  const isFirst = config.batched === true && !wasBatched;
  let served: ServedVersion | undefined;
  try {
    served = await loadVersion(files, { name: "doctor", config }, defaults);
    for (const sample of samples) {
      for (const { inputs, outputs } of [sample, ...(isFirst && served.batched ? rowsOf(sample) : [])]) {
        const answer = await served.infer({ inputs });
        const other = Object.keys(outputs).find((name) => !isSame(outputs[name], answer.outputs[name]));
        if (other !== undefined) {
          return `It gives other numbers in output '${other}'.`;
        }
        label(answer.outputs, config.postprocess);
      }
    }
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    await served?.close(new ServiceError("shutting_down", "The examination is over."));
  }
}

/** Each row by itself, as callers will ask: `batched` is served only where the first dimension of every tensor is the rows. */
function rowsOf({ inputs, outputs, random }: Sample): Sample[] {
  const rows = Object.values(inputs)[0]?.shape[0] ?? 0;
  return Array.from({ length: rows }, (_, row) => ({
    random,
    inputs: eachTensor(inputs, (tensor) => takeRows(tensor, row, 1)),
    outputs: eachTensor(outputs, (tensor) => takeRows(tensor, row, 1)),
  }));
}

function eachTensor(
  tensors: Readonly<Record<string, Tensor>>,
  change: (tensor: Tensor) => Tensor,
): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));
}

function isSame(left: Tensor | undefined, right: Tensor | undefined): boolean {
  return (
    left !== undefined &&
    right !== undefined &&
    left.datatype === right.datatype &&
    left.shape.join() === right.shape.join() &&
    areNear(left, right)
  );
}

/** Throws when the labels do not fit the scores. */
function label(outputs: Readonly<Record<string, Tensor>>, postprocess: Classification | undefined): void {
  const scored = postprocess && outputs[postprocess.output];
  if (postprocess && scored) {
    topScores(scored, postprocess);
  }
}
