import { z } from "zod";

import { cpuCores, memoryBytes } from "./quantity.js";

/** A list that names something, and each thing once. */
function some<T extends string>(names: readonly [T, ...T[]], what: string) {
  return z
    .array(z.enum(names))
    .refine((list) => list.length > 0 && new Set(list).size === list.length, `must be ${what}, each once`);
}

/** What nodes EKS makes for pods. */
export const nodesSchema = z.strictObject({
  capacityTypes: some(["on-demand", "spot"], "on-demand, spot or both")
    .default(["on-demand"])
    .describe(
      "How nodes are paid for. With `spot` AWS takes a node back two minutes after it says so; with both it is taken where there is any.",
    ),
  categories: some(["c", "m", "r", "t"], "some of c, m, r and t")
    .default(["c", "m", "r"])
    .describe("Categories of the instances that nodes are: for computing, general, for memory, for bursts."),
  gpuCategories: some(["g", "p"], "g, p or both")
    .optional()
    .describe("Categories of the nodes with a GPU that are made for `resources.gpu`; by default `g`."),
  maxCpu: z
    .string()
    .refine((q) => cpuCores(q) > 0, "must be a CPU quantity such as 64")
    .optional()
    .describe(
      "CPUs that all nodes have together at most, those with a GPU apart; without it no limit but the account's.",
    ),
  maxMemory: z
    .string()
    .refine((q) => memoryBytes(q) > 0, "must be a memory quantity such as 256Gi")
    .optional()
    .describe("Memory that they have together at most."),
  maxGpus: z.int().min(1).optional().describe("GPUs that the nodes with one have together at most."),
});
