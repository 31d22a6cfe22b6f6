import type { Classification, ImagePreprocess, ModelConfig } from "./model-config.js";
import type { TensorSpec } from "../tensors/tensor.js";

/** What of `config` does not fit a graph with these inputs and outputs: one sentence each, beginning with the field. */
export function configFaults(
  config: ModelConfig,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
): string[] {
  const { preprocess, postprocess } = config;
  return [
    ...inputFaults(config, inputs),
    ...(preprocess ? preprocessFaults(preprocess, inputOf(config, inputs)) : []),
    ...(postprocess ? postprocessFaults(postprocess, outputs) : []),
  ];
}

function inputOf({ input }: ModelConfig, inputs: readonly TensorSpec[]): TensorSpec | undefined {
  return input === undefined ? inputs[0] : inputs.find(({ name }) => name === input);
}

function inputFaults({ input, preprocess }: ModelConfig, inputs: readonly TensorSpec[]): string[] {
  if (input !== undefined && !inputs.some(({ name }) => name === input)) {
    return [`input: the graph has no input '${input}'; it has ${namesOf(inputs)}.`];
  }
  if (input === undefined && preprocess && inputs.length > 1) {
    return [`input: must name the input that is preprocessed; the graph has ${namesOf(inputs)}.`];
  }
  return [];
}

function preprocessFaults(preprocess: ImagePreprocess, input: TensorSpec | undefined): string[] {
  if (!input) {
    return [];
  }
  const { width, height, channels, layout } = preprocess;
  const wanted = {
    flat: [width * height * channels],
    hwc: [height, width, channels],
    chw: [channels, height, width],
  }[layout];
  const declared = input.shape.slice(1);
  const fits =
    declared.length === wanted.length &&
    declared.every((size, index) => size === -1 || size === wanted[index]);
  if (fits) {
    return [];
  }
  return [
    `preprocess: makes [${wanted.join(", ")}] of a picture; input '${input.name}' takes [${declared.join(", ")}] a row`,
  ];
}

function postprocessFaults({ output, labels }: Classification, outputs: readonly TensorSpec[]): string[] {
  const scored = outputs.find(({ name }) => name === output);
  if (!scored) {
    return [`postprocess.output: the graph has no output '${output}'; it has ${namesOf(outputs)}.`];
  }
  const scores = scored.shape.at(-1);
  if (scores === undefined || scores === -1 || scores === labels.length) {
    return [];
  }
  return [`postprocess.labels: has ${labels.length} labels; output '${output}' has ${scores} scores a row.`];
}

function namesOf(specs: readonly TensorSpec[]): string {
  return specs.map(({ name }) => `'${name}'`).join(", ");
}
