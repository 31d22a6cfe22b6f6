import { DATATYPES } from "../../../tensors/datatypes.js";
import type { TensorSpec } from "../../../tensors/tensor.js";
import type { ModelIndexEntry, ModelStatistics, ServedModel } from "../../engine/engine.js";
import { SERVICE } from "../../../server/version.js";

/** What `GET /v2` says of the server; the extensions are named as Triton names them. */
export const serverMetadata = {
  name: SERVICE.name,
  version: SERVICE.version,
  extensions: [
    "binary_tensor_data",
    "classification",
    "model_configuration",
    "model_repository",
    "parameters",
    "statistics",
  ],
} as const;

/** The versions of `name` that serve, as the index has them. */
export function servingVersions(index: readonly ModelIndexEntry[], name: string): string[] {
  return index
    .filter((entry) => entry.name === name && entry.state === "READY")
    .map((entry) => entry.version);
}

/** A row of the repository index: the protocol's fields, and who is answered by the version, where anybody is. */
export function indexRow({ labels, ...entry }: ModelIndexEntry): object {
  return { ...entry, ...(labels.length > 0 && { labels }) };
}

/** What `GET /v2/models/{model}` says. */
export function modelMetadata({ name, inputs, outputs }: ServedModel, versions: readonly string[]): object {
  return {
    name,
    versions,
    platform: "onnxruntime_onnx",
    inputs: inputs.map(named),
    outputs: outputs.map(named),
  };
}

/** What the protocol has of a tensor, without what the engine knows besides. It has no word for tensors of any rank. */
function named({ name, datatype, shape, unranked }: TensorSpec): TensorSpec {
  return { name, datatype, shape: unranked ? [-1] : shape };
}

/** Triton's model configuration, as far as its clients read it; `max_batch_size` 0 means: no batch dimension. */
export function modelConfiguration(
  { name, config, inputs, outputs, batched }: ServedModel,
  maxBatchSize: number,
): object {
  const tensors = (specs: ServedModel["inputs"]): object[] =>
    specs.map((spec) => ({
      name: spec.name,
      data_type: DATATYPES[spec.datatype].triton,
      dims: batched && spec.default === undefined ? spec.shape.slice(1) : named(spec).shape,
      ...(spec.default && { optional: true }),
    }));
  return {
    name,
    platform: "onnxruntime_onnx",
    backend: "onnxruntime",
    max_batch_size: batched ? (config.maxBatchSize ?? maxBatchSize) : 0,
    input: tensors(inputs),
    output: tensors(outputs),
  };
}

const NONE = { count: 0, ns: 0 };

/** Triton's statistics extension. Nothing is cached, and input and output are not timed apart. */
export function modelStatistics(figures: readonly ModelStatistics[]): object {
  return {
    model_stats: figures.map((each) => ({
      name: each.name,
      version: each.version,
      last_inference: each.lastInferenceMilliseconds,
      inference_count: each.inferenceCount,
      execution_count: each.executionCount,
      inference_stats: {
        success: each.success,
        fail: each.fail,
        queue: each.queue,
        compute_input: NONE,
        compute_infer: each.computeInfer,
        compute_output: NONE,
        cache_hit: NONE,
        cache_miss: NONE,
      },
      batch_stats: each.batches.map(({ batchSize, count, ns }) => ({
        batch_size: batchSize,
        compute_input: NONE,
        compute_infer: { count, ns },
        compute_output: NONE,
      })),
    })),
  };
}
