/** Settings: every setting of a stack with its type, default, unit and check, one section a file, without Pulumi. */

import { z } from "zod";

import { inapplicable } from "./applicable.js";
import { autoscalingSchema } from "./autoscaling.js";
import { eksSchema } from "./eks.js";
import { existingSchema } from "./existing.js";
import { explain } from "./explain.js";
import { imageSchema, platformsOf } from "./image.js";
import { ingressSchema, isOpened } from "./ingress.js";
import { PROJECT } from "./keys.js";
import { localSchema } from "./local.js";
import { modelsSchema, regionOfBucket, type VolumeSettings } from "./models.js";
import { monitoringSchema } from "./monitoring.js";
import { unusedProviderKeys } from "./provider-keys.js";
import { podsSchema } from "./pods.js";
import { memoryBytes } from "./quantity.js";
import { registrySchema } from "./registry.js";
import { replicasSchema } from "./replicas.js";
import { resourcesSchema } from "./resources.js";
import { serviceSchema } from "./service.js";
import { bytesOnNode } from "./volumes.js";

/** Every setting of a stack with its type, default and check: one section a file, each described in Pulumi.yaml too. */
export const settingsSchema = z
  .strictObject({
    cluster: z
      .enum(["local", "existing", "eks"])
      .describe("Where the service runs; see [targets](targets.md)."),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens")
      .default(PROJECT)
      .describe("Kubernetes namespace that the program makes and owns."),
    existing: existingSchema.prefault({}),
    local: localSchema.prefault({}),
    eks: eksSchema.prefault({}),
    ingress: ingressSchema.prefault({}),
    registry: registrySchema.prefault({}),
    image: imageSchema.prefault({}),
    models: modelsSchema.prefault({}),
    service: serviceSchema.prefault({}),
    replicas: replicasSchema.prefault({}),
    resources: resourcesSchema.prefault({}),
    pods: podsSchema.prefault({}),
    autoscaling: autoscalingSchema.prefault({}),
    monitoring: monitoringSchema.prefault({}),
  })
  .refine(
    (s) => s.cluster !== "existing" || s.registry.address !== undefined || s.image.reference !== undefined,
    {
      path: ["registry", "address"],
      error: "must be set for an existing cluster, or image.reference instead",
    },
  )
  .refine(
    (s) =>
      s.cluster !== "existing" ||
      s.registry.address !== undefined ||
      s.image.reference === undefined ||
      s.models.folder === undefined,
    {
      path: ["registry", "address"],
      error: "must be set for an existing cluster with models.folder, whose image it takes",
    },
  )
  .refine((s) => s.cluster !== "eks" || s.eks.region !== undefined, {
    path: ["eks", "region"],
    error: "must be set for an eks cluster",
  })
  .refine((s) => s.ingress.scheme === "internal" || s.service.keys.length > 0 || s.ingress.withoutKeys, {
    path: ["service", "keys"],
    error: "must be set when ingress.scheme is public, or ingress.withoutKeys to let anybody predict",
  })
  .refine((s) => !isOpened(s.ingress) || s.service.keys.length > 0 || s.ingress.withoutKeys, {
    path: ["service", "keys"],
    error: "must be set with ingress.class or ingress.gateway, or ingress.withoutKeys to let anybody predict",
  })
  .refine((s) => !(bytesOnNode(s.pods.volumes) >= memoryBytes(s.resources.limits.ephemeralStorage)), {
    path: ["resources", "limits", "ephemeralStorage"],
    error:
      "must be more than every emptyDir of pods.volumes may hold, since a replica that has more is evicted",
  })
  .refine((s) => s.cluster !== "local" || s.resources.gpu === 0, {
    path: ["resources", "gpu"],
    error: "must be 0 where cluster is local, since the node in a container has no GPU",
  })
  .refine((s) => s.resources.gpu === 0 || !platformsOf(s.image).includes("linux/arm64"), {
    path: ["resources", "gpu"],
    error: "must be 0 where image.platform has linux/arm64, for which ONNX Runtime has no CUDA",
  })
  .refine((s) => s.resources.gpu > 0 || (s.eks.nodes.gpuCategories ?? s.eks.nodes.maxGpus) === undefined, {
    path: ["eks", "nodes"],
    error:
      "must not have gpuCategories or maxGpus without resources.gpu, since no node with a GPU is made then",
  })
  .refine((s) => s.cluster !== "eks" || s.eks.apiAccess !== undefined, {
    path: ["eks", "apiAccess"],
    error:
      "must be nobody, or the networks that reach the API server of an eks cluster from outside of its VPC",
  })
  .refine((s) => s.models.bucket?.create !== true || s.cluster === "eks", {
    path: ["models", "bucket", "create"],
    error: "applies only where cluster is eks: name a bucket that is there",
  })
  .refine(
    ({ cluster, models: { bucket } }) =>
      bucket === undefined ||
      bucket.create ||
      cluster === "eks" ||
      regionOfBucket(bucket, undefined) !== undefined,
    {
      path: ["models", "bucket", "region"],
      error: "must be set for a bucket of AWS, or models.bucket.endpoint for another store",
    },
  )
  .refine((s) => s.cluster !== "eks" || !needsSharedClass(s.models.volume), {
    path: ["models", "volume", "storageClass"],
    error:
      "must name a class of volumes that several nodes share, such as one of EFS, or models.volume.accessMode be ReadWriteOnce: the cluster's own class is of one node",
  });

/** Whether a claim is to be made that eks, whose default are volumes of one node, could not bind. */
function needsSharedClass(volume: VolumeSettings | undefined): boolean {
  return (
    volume?.size !== undefined && volume.storageClass === undefined && volume.accessMode !== "ReadWriteOnce"
  );
}

/** A stack's checked settings. */
export type Settings = z.infer<typeof settingsSchema>;

/** Settings that cannot be used; the message has a sentence for every fault. */
export class SettingsError extends Error {}

/**
 * Checks a stack's configuration: full key to text, objects as JSON, as Pulumi hands it to a program.
 * Throws one error that lists every fault by its full key, and shows
 * no value of the sections that are `secret`.
 */
export function parseSettings(record: Record<string, string>, secret: readonly string[] = []): Settings {
  const own = Object.entries(record).filter(([key]) => key.startsWith(`${PROJECT}:`));
  const sections = own.map(([key, text]) => {
    const name = key.slice(PROJECT.length + 1);
    return [name, isObjectSection(name) ? fromJson(text) : text] as const;
  });
  const given = Object.fromEntries(sections);
  const result = settingsSchema.safeParse(given, { reportInput: true });
  const issues = result.success
    ? [...inapplicable(given, result.data), ...unusedProviderKeys(record, result.data)]
    : result.error.issues;
  if (!result.success || issues.length > 0) {
    throw new SettingsError(explain(issues, { secret }));
  }
  return result.data;
}

/** Whether a section holds an object, which Pulumi hands over as JSON. */
function isObjectSection(name: string): boolean {
  return name !== "cluster" && name !== "namespace";
}

/** The value that a text is the JSON of, else the text itself. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
