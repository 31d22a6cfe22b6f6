import { z } from "zod";

import { cpuCores, memoryBytes } from "./quantity.js";

const cpu = z.string().refine((q) => cpuCores(q) > 0, "must be a CPU quantity such as 250m or 1");
const memory = z.string().refine((q) => memoryBytes(q) > 0, "must be a memory quantity such as 256Mi or 1Gi");

/** `resources`: what one replica is given (requests) and where it is stopped (limits). */
export const resourcesSchema = z
  .strictObject({
    requests: z.strictObject({ cpu: cpu.default("250m"), memory: memory.default("192Mi") }).prefault({}),
    limits: z.strictObject({ cpu: cpu.default("1"), memory: memory.default("512Mi") }).prefault({}),
  })
  .refine((r) => !(cpuCores(r.requests.cpu) > cpuCores(r.limits.cpu)), {
    path: ["requests", "cpu"],
    error: "must not exceed resources.limits.cpu",
  })
  .refine((r) => !(memoryBytes(r.requests.memory) > memoryBytes(r.limits.memory)), {
    path: ["requests", "memory"],
    error: "must not exceed resources.limits.memory",
  });
