import type { Classification, ImagePreprocess, ModelConfig } from "./model-config.js";
import { rowShape } from "./row-shape.js";
import type { Datatype } from "../tensors/datatypes.js";
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
    ...(preprocess ? settingFaults(preprocess) : []),
    ...(preprocess ? preprocessFaults(preprocess, inputOf(config, inputs)) : []),
    ...(postprocess ? postprocessFaults(postprocess, outputs) : []),
  ].map((fault) => fault.replace(/\.?$/, "."));
}

/** Those that a request must give. */
function requiredOf(inputs: readonly TensorSpec[]): readonly TensorSpec[] {
  return inputs.filter((input) => input.default === undefined);
}

function inputOf({ input }: ModelConfig, inputs: readonly TensorSpec[]): TensorSpec | undefined {
  return input === undefined ? requiredOf(inputs)[0] : inputs.find(({ name }) => name === input);
}

function inputFaults({ input, preprocess }: ModelConfig, inputs: readonly TensorSpec[]): string[] {
  if (input !== undefined && !inputs.some(({ name }) => name === input)) {
    return [`input: the graph has no input '${input}'; it has ${namesOf(inputs)}.`];
  }
  if (input === undefined && preprocess && requiredOf(inputs).length > 1) {
    return [`input: must name the input that is preprocessed; the graph has ${namesOf(inputs)}.`];
  }
  return [];
}

/** Datatypes that a picture's values are made in. */
const PICTURE_DATATYPES: readonly Datatype[] = ["UINT8", "FP16", "FP32"];

function preprocessFaults(preprocess: ImagePreprocess, input: TensorSpec | undefined): string[] {
  if (!input) {
    return [];
  }
  const wanted = rowShape(preprocess);
  const declared = input.shape.slice(1);
  const fits =
    declared.length === wanted.length &&
    declared.every((size, index) => size === -1 || size === wanted[index]);
  return [
    ...(fits
      ? []
      : [
          `preprocess: makes [${wanted.join(", ")}] of a picture; input '${input.name}' takes [${declared.join(", ")}] a row`,
        ]),
    ...(PICTURE_DATATYPES.includes(input.datatype)
      ? []
      : [
          `preprocess: makes ${PICTURE_DATATYPES.join(", ")} of a picture; input '${input.name}' takes ${input.datatype}`,
        ]),
  ];
}

/** Settings that only some ways to fit a picture read. `box` was never refused with the others. */
const READ_BY: Readonly<Partial<Record<keyof ImagePreprocess, readonly ImagePreprocess["fit"][]>>> = {
  shortSide: ["crop"],
  pad: ["contain", "height"],
  place: ["contain", "height"],
  rounding: ["contain", "height", "crop"],
  resample: ["stretch", "contain", "height", "crop"],
  antialias: ["stretch", "contain", "height", "crop"],
};

/** What of the settings contradicts the others, whatever the graph is. */
function settingFaults(preprocess: ImagePreprocess): string[] {
  const { width, height, channels, fit, order, box, shortSide } = preprocess;
  const faults: string[] = [];
  if (fit === "digit" && channels === 3) {
    faults.push("preprocess.channels: must be 1 with fit 'digit', which makes grey pictures");
  }
  if (order === "bgr" && channels === 1) {
    faults.push("preprocess.order: is for pictures of three channels; channels is 1");
  }
  for (const setting of ["mean", "scale", "pad"] as const) {
    const given = preprocess[setting];
    if (typeof given === "object" && given.length !== channels) {
      faults.push(
        `preprocess.${setting}: has ${given.length} numbers; it must be one number, or one for each of ${channels} channels`,
      );
    }
  }
  for (const [setting, fits] of Object.entries(READ_BY)) {
    if (setting in preprocess && !fits.includes(fit)) {
      faults.push(`preprocess.${setting}: is read with fit '${fits.join("' or '")}' only; fit is '${fit}'`);
    }
  }
  if (box !== undefined && box > Math.min(width, height)) {
    faults.push(`preprocess.box: must not be longer than a side of the picture, ${Math.min(width, height)}`);
  }
  if (shortSide !== undefined && shortSide < Math.max(width, height)) {
    faults.push(
      `preprocess.shortSide: must not be shorter than a side of the picture, ${Math.max(width, height)}`,
    );
  }
  return faults;
}

function postprocessFaults({ output, labels }: Classification, outputs: readonly TensorSpec[]): string[] {
  const scored = outputs.find(({ name }) => name === output);
  if (!scored) {
    return [`postprocess.output: the graph has no output '${output}'; it has ${namesOf(outputs)}.`];
  }
  const scores = scoresOf(scored.shape);
  if (scores === undefined || scores === -1 || scores === labels.length) {
    return [];
  }
  return [`postprocess.labels: has ${labels.length} labels; output '${output}' has ${scores} scores a row.`];
}

/** Scores a row, behind which poolings leave dimensions of 1; undefined without a declared shape. */
function scoresOf([first, ...item]: readonly number[]): number | undefined {
  return item.length === 0 ? first : (item.findLast((size) => size !== 1) ?? 1);
}

function namesOf(specs: readonly TensorSpec[]): string {
  return specs.map(({ name }) => `'${name}'`).join(", ");
}
