import { z } from "zod";

import { contradictionOf, KEY, KEY_NAME, KEY_ROLES } from "@ai-model-service/contract/keys";

/** Name of the key that the program itself makes, for Prometheus. */
export const PROMETHEUS_KEY = "prometheus";

/** Where the file of keys is in the container. */
export const KEYS_FOLDER = "/etc/keys";

const keySchema = z.strictObject({
  name: z
    .string()
    .regex(KEY_NAME, "must be at most 64 letters, digits, dots, hyphens and underscores")
    .refine((name) => name !== PROMETHEUS_KEY, "is the name of a key that the program makes"),
  key: z.string().regex(KEY, "must be visible ASCII characters"),
  role: z.enum(KEY_ROLES).default("predict"),
  requestsPerSecond: z.number().gt(0, "must be above 0").optional(),
  concurrency: z.int().min(1).optional(),
});

/** Keys of callers and administrators. */
export const keysSchema = z.array(keySchema).superRefine((keys, context) => {
  const contradiction = contradictionOf(keys);
  if (contradiction !== undefined) {
    context.addIssue(contradiction);
  }
});
