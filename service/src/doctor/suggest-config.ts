import type { Classification, ImagePreprocess, ModelConfig } from "../models/model-config.js";
import { smallestGoodBatch, type WarmRun } from "../inference/engine/loading/warm-up.js";
import type { TensorSpec } from "../tensors/tensor.js";

/** More scores than that in a row are not labels of a classifier (a picture, an embedding). */
const MOST_LABELS = 10_000;

/** A batch that reaches this part of the best throughput is large enough. */
const ENOUGH_THROUGHPUT = 0.8;

export interface SuggestionFacts {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly madeBy: Readonly<Record<string, string>>;
  readonly runs: readonly WarmRun[];
  readonly batched: boolean;
}

/** A configuration to start from, as far as shapes and figures tell; what `config` says already is kept. */
export function suggestConfig(config: ModelConfig, facts: SuggestionFacts): ModelConfig {
  const [input] = facts.inputs;
  const preprocess = facts.inputs.length === 1 && input ? suggestImage(input) : undefined;
  const postprocess = suggestClassification(facts);
  const maxBatchSize = facts.batched ? smallestGoodBatch(facts.runs, ENOUGH_THROUGHPUT) : undefined;
  return {
    ...config,
    ...(input && facts.inputs.length === 1 ? { input: input.name } : {}),
    ...(preprocess ? { preprocess } : {}),
    ...(postprocess ? { postprocess } : {}),
    ...(maxBatchSize === undefined ? {} : { maxBatchSize }),
    ...(!facts.batched && hasFixedRows(facts) ? { batched: true } : {}),
    ...config,
  };
}

/** Pictures are floats or bytes of [side x side], [1 or 3, height, width] or [height, width, 1 or 3] a row. */
function suggestImage({ datatype, shape }: TensorSpec): ImagePreprocess | undefined {
  if (datatype !== "FP32" && datatype !== "UINT8") {
    return undefined;
  }
  const common = { kind: "image", mean: 0, scale: datatype === "UINT8" ? 1 : 255, fit: "contain" } as const;
  const [first = -1, second = -1, third = -1, ...more] = shape.slice(1);
  if (more.length > 0) {
    return undefined;
  }
  if (shape.length === 2) {
    const side = Math.sqrt(first);
    if (first < 64 || !Number.isInteger(side)) {
      return undefined;
    }
    return { ...common, width: side, height: side, channels: 1, layout: "flat" };
  }
  if (shape.length !== 4) {
    return undefined;
  }
  if (isChannels(first) && second > 3 && third > 3) {
    return { ...common, width: third, height: second, channels: first, layout: "chw" };
  }
  if (isChannels(third) && first > 3 && second > 3) {
    return { ...common, width: second, height: first, channels: third, layout: "hwc" };
  }
  return undefined;
}

function isChannels(size: number): size is 1 | 3 {
  return size === 1 || size === 3;
}

function suggestClassification({ outputs, madeBy }: SuggestionFacts): Classification | undefined {
  const scored = outputs.find(
    ({ datatype, shape }) => datatype === "FP32" && shape.length === 2 && isLabelCount(shape[1]),
  );
  const count = scored?.shape[1];
  if (!scored || count === undefined) {
    return undefined;
  }
  return {
    kind: "classification",
    output: scored.name,
    labels: Array.from({ length: count }, (_, label) => String(label)),
    scores: madeBy[scored.name] === "Softmax" ? "probabilities" : "logits",
    top: Math.min(5, count),
  };
}

function isLabelCount(count: number | undefined): boolean {
  return count !== undefined && count >= 2 && count <= MOST_LABELS;
}

function hasFixedRows({ inputs, outputs }: SuggestionFacts): boolean {
  const sizes = new Set([...inputs, ...outputs].map(({ shape }) => shape[0]));
  const [size] = sizes;
  return sizes.size === 1 && size !== undefined && size > 1;
}
