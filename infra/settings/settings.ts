import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { fault } from "../fault.js";
import { explain } from "./explain.js";
import { autoscaling } from "./autoscaling.js";
import { eks } from "./eks.js";
import { existing } from "./existing.js";
import { image } from "./image.js";
import { ingress } from "./ingress.js";
import { local } from "./local.js";
import { monitoring } from "./monitoring.js";
import { registry } from "./registry.js";
import { replicas } from "./replicas.js";
import { resources } from "./resources.js";
import { service } from "./service.js";

/** Project name: the namespace of the settings' keys. */
export const PROJECT = "ai-model-service";

/** Every setting of a stack: one section a file in settings/, each described in Pulumi.yaml too. */
export const settings = z
  .strictObject({
    cluster: z.enum(["local", "existing", "eks"]),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens")
      .default("ai-model-service"),
    existing: existing.prefault({}),
    local: local.prefault({}),
    eks: eks.prefault({}),
    ingress: ingress.prefault({}),
    registry: registry.prefault({}),
    image: image.prefault({}),
    service: service.prefault({}),
    replicas: replicas.prefault({}),
    resources: resources.prefault({}),
    autoscaling: autoscaling.prefault({}),
    monitoring: monitoring.prefault({}),
  })
  .refine(
    (s) => s.cluster !== "existing" || s.registry.address !== undefined || s.image.reference !== undefined,
    {
      path: ["registry", "address"],
      error: "must be set for an existing cluster, or image.reference instead",
    },
  )
  .refine((s) => s.cluster !== "eks" || s.eks.region !== undefined, {
    path: ["eks", "region"],
    error: "must be set for an eks cluster",
  })
  .refine((s) => s.cluster !== "eks" || s.eks.apiAccess !== undefined, {
    path: ["eks", "apiAccess"],
    error:
      "must be nobody, or the networks that reach the API server of an eks cluster from outside of its VPC",
  });

/** A stack's checked settings. */
export type Settings = z.infer<typeof settings>;

/**
 * Checks a stack's configuration: full key to text, objects as JSON, as Pulumi hands it to a program.
 * Keys of other namespaces (providers) are left alone. Throws one error that lists every fault by its full key.
 */
export function parse(record: Record<string, string>): Settings {
  const own = Object.entries(record).filter(([key]) => key.startsWith(`${PROJECT}:`));
  const sections = own.map(([key, text]) => {
    const name = key.slice(PROJECT.length + 1);
    return [name, isObjectSection(name) ? fromJson(text) : text] as const;
  });
  const result = settings.safeParse(Object.fromEntries(sections), { reportInput: true });
  if (!result.success) {
    throw fault(explain(PROJECT, result.error.issues));
  }
  return result.data;
}

/** The current stack's settings. */
export function load(): Settings {
  return parse(pulumi.runtime.allConfig());
}

/** Whether a section holds an object, which Pulumi hands over as JSON. */
function isObjectSection(name: string): boolean {
  return name !== "cluster" && name !== "namespace";
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
