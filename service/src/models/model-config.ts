import { z } from "zod";

/**
 * `config.json` beside a model's versions. Every field is optional: without the file, tensors go in and come out.
 * See docs/models.md for what each field does.
 */
const image = z
  .strictObject({
    kind: z.literal("image"),
    /** Pixels. */
    width: z.int().positive(),
    height: z.int().positive(),
    channels: z.union([z.literal(1), z.literal(3)]),
    /** Order of the channels, when there are three; red first by default. */
    order: z.enum(["rgb", "bgr"]).optional(),
    /** Order of the input tensor's dimensions after the batch: flat (one dimension), HWC, CHW. */
    layout: z.enum(["flat", "hwc", "chw"]),
    /** value = (pixel - mean) / scale, pixel from 0 to 255; one number, or one for each channel in the tensor's order. */
    scale: z.union([z.number().positive(), z.array(z.number().positive()).readonly()]),
    mean: z.union([z.number(), z.array(z.number()).readonly()]),
    /**
     * `digit`: bring a drawn or photographed glyph to bright-on-dark, cropped, scaled to `box` and centred by mass.
     * `stretch`: resize only. `contain`: resize and pad. `height`: resize to the whole height, then pad or squeeze.
     * `crop`: resize and cut out the middle.
     */
    fit: z.enum(["stretch", "contain", "height", "crop", "digit"]),
    /** Longest side of the glyph in pixels, for `digit`. */
    box: z.int().positive().optional(),
    /** What the shorter side is scaled to before the middle is cut out, for `crop`; by default as little as covers it. */
    shortSide: z.int().positive().optional(),
    /** Pixel value of what the picture leaves uncovered, for `contain` and `height`: one, or one for each channel; 0 by default. */
    pad: z.union([z.number(), z.array(z.number()).readonly()]).optional(),
    /** Where the picture lies in the padding: in the middle, or at the top left. */
    place: z.enum(["middle", "start"]).optional(),
    /** How a scaled side becomes whole: by default to the nearest, for `crop` to the lower. */
    rounding: z.enum(["floor", "nearest", "ceil"]).optional(),
    /** The filter that resizes; lanczos by default. */
    resample: z.enum(["nearest", "bilinear", "bicubic", "lanczos"]).optional(),
    /** False: the filter is no wider when the picture is made smaller, as OpenCV and TensorFlow resize. */
    antialias: z.boolean().optional(),
  })
  .readonly();

const classification = z
  .strictObject({
    kind: z.literal("classification"),
    /** The output that holds one score per label. */
    output: z.string().min(1),
    labels: z.array(z.string().min(1)).min(1).readonly(),
    /** `probabilities` are passed on; `logits` go through a softmax first. */
    scores: z.enum(["probabilities", "logits"]),
    /** How many labels `top` lists. */
    top: z.int().positive(),
  })
  .readonly();

/** Nested lists as in a request's JSON, or a file: `.json` with such lists, else row-major little-endian bytes. */
const exampleValue = z.union([
  z.strictObject({ file: z.string().min(1), shape: z.array(z.int().nonnegative()).readonly().optional() }),
  z.json(),
]);

function sumsToHundred(traffic: unknown): boolean {
  return sumOf(traffic) === 100;
}

/** Shares are written as decimals, which are not exact in binary: 33.3, 33.3 and 33.4 sum to 100. */
function sumOf(traffic: unknown): number {
  const sum = Object.values(traffic as Readonly<Record<string, number>>).reduce(
    (all, share) => all + share,
    0,
  );
  return Number(sum.toFixed(6));
}

export const modelConfigSchema = z
  .strictObject({
    description: z.string().optional(),
    /** The input that `/predict` fills; may be absent when the model has one. */
    input: z.string().min(1).optional(),
    preprocess: image.optional(),
    postprocess: classification.optional(),
    /** Whether dimension 0 is the batch; by default: when it is dynamic or 1 in every tensor. */
    batched: z.boolean().optional(),
    /** Rows per run at most. */
    maxBatchSize: z.int().positive().optional(),
    /** How long a request may wait for others while the model is busy. */
    maxBatchDelayMs: z.number().nonnegative().optional(),
    /** Runs at once at most, each on a thread of its own with its own copy of the model. */
    concurrentRuns: z.int().positive().optional(),
    /** Rows that may wait; past it requests are refused. */
    queueRows: z.int().positive().optional(),
    /** Computing time of the rows that may wait; a full batch and eight rows may wait whatever it takes. */
    queueSeconds: z.number().positive().optional(),
    /** The largest length of free dimensions, by the name that the graph gives them or as `INPUT.AXIS`. */
    dimensions: z.record(z.string(), z.int().positive()).readonly().optional(),
    /** Inputs that the graph can run, by name: values, or a file in the model's folder. */
    warmup: z.array(z.record(z.string(), exampleValue).readonly()).min(1).max(16).readonly().optional(),
    versions: z
      .union([
        z.strictObject({ policy: z.literal("latest"), count: z.int().positive() }),
        z.strictObject({ policy: z.literal("all") }),
        z.strictObject({ policy: z.literal("specific"), versions: z.array(z.string()).min(1) }),
      ])
      .optional(),
    /** Label to version, as `{"stable": "1", "canary": "2"}`. */
    labels: z.record(z.string(), z.string()).optional(),
    /** Percent of the requests that name no version, by label or version: `{"stable": 95, "canary": 5}`. */
    traffic: z
      .record(z.string().min(1), z.number().min(0).max(100))
      .refine(sumsToHundred, { error: ({ input }) => `must sum to 100 percent; it sums to ${sumOf(input)}` })
      .readonly()
      .optional(),
    /** A version, or a label, that is given copies of so many percent of those requests; nobody sees its answers. */
    shadow: z
      .strictObject({ version: z.string().min(1), percent: z.number().positive().max(100) })
      .readonly()
      .optional(),
    /** False: the server does not wait for this model to be ready, as long as another serves. */
    required: z.boolean().optional(),
  })
  .readonly();

export type ModelConfig = z.infer<typeof modelConfigSchema>;
export type ImagePreprocess = z.infer<typeof image>;
export type Classification = z.infer<typeof classification>;
