import { z } from "zod";
import type { Recipe } from "../recipe.js";

const names = z.array(z.string().min(1).max(200)).max(1000);

/** What a job of a table may set. */
export const tableParameters = z.strictObject({
  target: z.string().min(1).max(200).optional().describe("The column to predict; the last one when absent."),
  task: z
    .enum(["auto", "classification", "regression"])
    .default("auto")
    .describe("Auto: regression for a column of numbers of which more than 20 differ, else classification."),
  ignore: names.default([]).describe("Columns that are left out, such as numbers of rows."),
  categories: names.default([]).describe("Columns of numbers that are names, such as postal codes."),
  maxCategories: z
    .int()
    .min(1)
    .max(10_000)
    .default(1000)
    .describe("Values of a column of categories that are told apart; rarer ones count as unknown."),
  hidden: z.int().min(0).max(1024).default(32).describe("Hidden units; 0 is a linear or logistic model."),
  epochs: z.int().min(1).max(1000).default(20).describe("Passes over the rows."),
  batchSize: z.int().min(1).max(10_000).default(64).describe("Rows per step."),
  learningRate: z.number().gt(0).lt(1).default(0.005).describe("Adam's step size."),
  seed: z.int().min(0).default(1).describe("The same seed and data give the same model."),
});

export type TableParameters = z.infer<typeof tableParameters>;

export const table: Recipe = {
  summary:
    "A CSV with a target column, of classes or of numbers: a model that takes the raw columns by name.",
  parameters: tableParameters,
  examples: ["fraud", "recommendation"],
  takes: "file",
  load: async () => (await import("./work.js")).trainTable,
};
