import type { Classification, ImagePreprocess, ModelConfig } from "../models/model-config.js";
import type { TensorSpec } from "../tensors/tensor.js";
import type { Sample } from "./samples.js";
import { suggestClassification } from "./suggest-classification.js";

export interface SuggestionFacts {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly batched: boolean;
  /** Whether it is proved from the graph that rows do not touch each other. */
  readonly rowsProved: boolean;
  /** Labels that the file itself has. */
  readonly postprocess?: Classification | undefined;
  readonly samples: readonly Sample[];
}

export interface Suggestion {
  readonly config: ModelConfig;
  /** What a person must know to complete it, as whole sentences. */
  readonly notes: readonly string[];
}

/** A configuration to start from, as far as shapes and answers tell; what `config` says already is kept. */
export function suggestConfig(config: ModelConfig, facts: SuggestionFacts): Suggestion {
  const [input, ...others] = facts.inputs.filter((each) => each.default === undefined);
  const only = others.length === 0 && !config.preprocess ? input : undefined;
  const preprocess = only && suggestImage(only);
  const pictures =
    (config.preprocess ?? preprocess) !== undefined || (only && isColourPicture(only)) === true;
  const { postprocess, notes } =
    (config.postprocess ?? facts.postprocess) ? { notes: [] } : suggestClassification({ ...facts, pictures });
  return {
    config: {
      ...(preprocess ? { preprocess } : {}),
      ...(postprocess ? { postprocess } : {}),
      ...(!facts.batched && facts.rowsProved && hasFixedRows(facts) ? { batched: true } : {}),
      ...config,
    },
    notes: [...pictureNotes(only, preprocess), ...notes],
  };
}

function pictureNotes(input: TensorSpec | undefined, preprocess: ImagePreprocess | undefined): string[] {
  if (preprocess) {
    return [
      "Sizes, channels and layout in preprocess are the graph's. Mean, scale, order and fit are guesses: the publisher says which, and whether the input is a picture at all.",
    ];
  }
  return input && isColourPicture(input)
    ? [
        `Input '${input.name}' looks like pictures of any size: with a width and a height, preprocess would let /predict take them.`,
      ]
    : [];
}

function isColourPicture({ datatype, shape }: TensorSpec): boolean {
  const isPixels = datatype === "FP32" || datatype === "UINT8";
  return isPixels && shape.length === 4 && (shape[1] === 3 || shape[3] === 3);
}

/** The only length that is known to be a square of pixels rather than features: MNIST's. */
const FLAT_PICTURE = { length: 784, side: 28 };

/** Pictures are floats or bytes of 784, [1 or 3, height, width] or [height, width, 1 or 3] a row. */
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
    const { length, side } = FLAT_PICTURE;
    if (first !== length) {
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

function hasFixedRows({ inputs, outputs }: SuggestionFacts): boolean {
  const sizes = new Set([...inputs, ...outputs].map(({ shape }) => shape[0]));
  const [size] = sizes;
  return sizes.size === 1 && size !== undefined && size > 1;
}
