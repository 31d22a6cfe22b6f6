import { z } from "zod";
import type { Recipe } from "../recipe.js";

/** What a job of digits may set; `npm run train` has the same as flags. */
export const digitsParameters = z.strictObject({
  epochs: z.int().min(1).max(1000).default(5).describe("Passes over the digits."),
  batchSize: z.int().min(1).max(10_000).default(128).describe("Digits per step."),
  copies: z
    .int()
    .min(0)
    .max(100)
    .default(7)
    .describe("Distorted copies of each digit that an epoch shows beside it."),
  learningRate: z.number().gt(0).lt(1).default(0.002).describe("Adam's step size."),
  seed: z.int().min(0).default(1).describe("The same seed and data give the same model."),
});

export const digits: Recipe = {
  summary:
    "Handwritten digits of 28 x 28 pixels: a perceptron with 128 hidden units, trained on distorted copies too.",
  parameters: digitsParameters,
  examples: ["digits"],
  takes: "folder",
  load: async () => (await import("./work.js")).trainDigits,
};
