import { z } from "zod";

import { metadataKey } from "./names.js";
import { volumesSchema } from "./volumes.js";

/** What the program says of pods itself. */
const OWN_LABEL = /^app\.kubernetes\.io\/(name|component|part-of)$/;
const ARCHITECTURE = "kubernetes.io/arch";

const labelValue = z
  .string()
  .regex(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/, "must be a value of a label");

const toleration = z
  .strictObject({
    key: z.string().min(1).optional(),
    operator: z.enum(["Exists", "Equal"]).optional(),
    value: z.string().optional(),
    effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
    tolerationSeconds: z.int().min(0).optional(),
  })
  .refine((t) => t.key !== undefined || t.operator === "Exists", {
    path: ["operator"],
    error: "must be Exists where there is no key",
  })
  .refine((t) => t.operator !== "Exists" || t.value === undefined, {
    path: ["value"],
    error: "must not be set where operator is Exists",
  });

export const podsSchema = z
  .strictObject({
    nodeSelector: z
      .record(
        metadataKey.refine(
          (key) => key !== ARCHITECTURE,
          "follows from image.platform and cannot be set here",
        ),
        labelValue,
      )
      .default({})
      .describe("Labels of the nodes that replicas may run on."),
    tolerations: z
      .array(toleration)
      .default([])
      .describe(
        "Taints of nodes that replicas put up with, each with `key`, `operator` (`Equal` or `Exists`), `value`, `effect` and `tolerationSeconds`.",
      ),
    priorityClass: z.string().min(1).optional().describe("Name of a PriorityClass that is there."),
    labels: z
      .record(
        metadataKey.refine((key) => !OWN_LABEL.test(key), "is set by the program and cannot be set here"),
        labelValue,
      )
      .default({})
      .describe("Labels that replicas carry beside the program's own."),
    annotations: z.record(metadataKey, z.string()).default({}).describe("Annotations that replicas carry."),
    volumes: volumesSchema
      .default([])
      .describe(
        "Volumes of replicas, each with `name`, `path` and one of `claim`, `secret`, `configMap` (names of objects in the namespace) and `emptyDir` with its `sizeLimit`. A `secret` and a `configMap` are read-only, a `claim` is with `readOnly`.",
      ),
  })
  .describe(
    "Where replicas run, what marks them and what they are given, for a cluster that has rules of its own.",
  );
