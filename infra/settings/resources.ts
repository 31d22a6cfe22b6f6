import { z } from "zod";

import { cpuCores, memoryBytes } from "./quantity.js";

const cpu = z.string().refine((q) => cpuCores(q) > 0, "must be a CPU quantity such as 250m or 1");
const memory = z.string().refine((q) => memoryBytes(q) > 0, "must be a memory quantity such as 256Mi or 1Gi");

export const resourcesSchema = z
  .strictObject({
    gpu: z
      .int()
      .refine(
        (gpus) => gpus === 0 || gpus === 1,
        "must be 0 or 1: a replica computes on one GPU, and more replicas on more",
      )
      .default(0)
      .describe(
        "GPUs of NVIDIA that a replica has. The image is then built with CUDA, which takes some gigabytes of the node's disk, and more of `resources.limits.memory`.",
      ),
    requests: z
      .strictObject({
        cpu: cpu.default("250m").describe("CPU that a replica is given."),
        memory: memory.default("192Mi").describe("Memory that a replica is given."),
        ephemeralStorage: memory
          .default("64Mi")
          .describe("Disk of its node that a replica is given, for its log."),
      })
      .prefault({}),
    limits: z
      .strictObject({
        cpu: cpu.default("1").describe("CPU at which a replica is held back."),
        memory: memory.default("512Mi").describe("Memory at which a replica is ended."),
        ephemeralStorage: memory
          .default("256Mi")
          .describe(
            "Disk at which a replica is evicted: more than the logs that a node keeps of a container, by default 50 MB.",
          ),
      })
      .prefault({}),
  })
  .refine((r) => !(cpuCores(r.requests.cpu) > cpuCores(r.limits.cpu)), {
    path: ["requests", "cpu"],
    error: "must not exceed resources.limits.cpu",
  })
  .refine((r) => !(memoryBytes(r.requests.memory) > memoryBytes(r.limits.memory)), {
    path: ["requests", "memory"],
    error: "must not exceed resources.limits.memory",
  })
  .refine((r) => !(memoryBytes(r.requests.ephemeralStorage) > memoryBytes(r.limits.ephemeralStorage)), {
    path: ["requests", "ephemeralStorage"],
    error: "must not exceed resources.limits.ephemeralStorage",
  })
  .describe("What one replica is given (requests) and where it is stopped (limits).");
