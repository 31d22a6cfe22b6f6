import { z } from "zod";
import { isList, type JsonList } from "../../../server/http/long-list.js";

/** Values of a request are checked while they are copied into the tensor: zod would look at one after the other, at once. */
const list = z.custom<JsonList>(isList, "must be an array").meta({ type: "array", items: {} });

const values = list.refine(({ length }) => length > 0, "must hold at least one instance");

/** A row for each prediction. */
export const instancesSchema = z
  .looseObject({
    instances: values.meta({
      description:
        "One item per prediction: the model's input values as the model takes them (for pictures: already scaled), " +
        "flat or nested; an object of input name to values when the model has several inputs; or " +
        '{"b64": "..."} with a picture when the model takes pictures.',
    }),
  })
  .meta({ id: "Instances" });

/** All inputs at once, each with the batch as its first dimension. */
export const columnsSchema = z
  .looseObject({
    inputs: z
      .union([list, z.record(z.string(), z.unknown())], {
        error: "must be an array, or an object of input name to array",
      })
      .meta({
        description:
          "The input's values with the batch as first dimension, or an object of input name to values.",
      }),
  })
  .meta({ id: "Columns" });

/** One picture. */
export const imageSchema = z
  .looseObject({
    image: z.string({ error: "must be a base64 string or a data: URL" }).min(1, "must not be empty").meta({
      description: "A PNG, JPEG or WebP picture in base64, or as a data: URL.",
    }),
  })
  .meta({ id: "Image" });

const probability = z.union([z.number(), z.null(), z.enum(["NaN", "Infinity", "-Infinity"])]).meta({
  description: "A number; what is none is null, or text with `?nan=string`.",
});

const score = z.object({ label: z.string(), probability });

const view = z.object({ width: z.int(), height: z.int(), channels: z.int(), pixels: z.string() }).meta({
  description: "With `?view=true`: the picture as the model received it, a byte per channel in base64.",
});

export const predictionsSchema = z
  .object({
    model: z.string(),
    version: z.string(),
    predictions: z
      .array(z.union([score.extend({ top: z.array(score), view: view.optional() }), z.unknown()]))
      .optional()
      .meta({
        description:
          "An item per row. For models with labels: the best label, its probability and the top labels. Else the " +
          "values of the outputs whose first dimension is the batch; absent when there is none.",
      }),
    outputs: z.record(z.string(), z.unknown()).optional().meta({
      description:
        "Values of the other outputs, each whole, by name; absent when there is none and for models with labels.",
    }),
  })
  .meta({ id: "Predictions" });
