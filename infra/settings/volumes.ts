import { z } from "zod";

import { MODEL_CACHE, MODEL_REPOSITORY } from "@ai-model-service/contract/image";

import { objectName } from "./names.js";
import { memoryBytes } from "./quantity.js";
import { KEYS_FOLDER } from "./service-keys.js";

/** Where nothing may be put, above it or below: what the image or the program has there would be hidden. */
const TAKEN = [
  ...[MODEL_REPOSITORY, MODEL_CACHE, KEYS_FOLDER, "/app"],
  ...["/bin", "/dev", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr", "/run/secrets", "/var/run/secrets"],
];

/** Folders that hold more than one volume's worth, and may have volumes below. */
const SHARED = ["/etc", "/run", "/var", "/var/run"];

/** Names of the volumes that the program itself may add. */
const OWN_NAMES = ["keys", "models", "cache"];

const SOURCES = ["claim", "secret", "configMap", "emptyDir"] as const;

const path = z
  .string()
  .regex(
    /^(\/(?!\.{1,2}(\/|$))[\w.@+-]+)+$/,
    "must be an absolute path, without a / at its end and without . or ..",
  )
  .superRefine((given, context) => {
    const taken = SHARED.find((each) => given === each) ?? TAKEN.find((each) => overlap(given, each));
    if (taken !== undefined) {
      context.addIssue(`would hide what is in ${taken}`);
    }
  });

const volume = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens")
      .refine((name) => !OWN_NAMES.includes(name), "is the name of a volume of the program's own"),
    path,
    claim: objectName.optional(),
    secret: objectName.optional(),
    configMap: objectName.optional(),
    emptyDir: z
      .strictObject({
        sizeLimit: z.string().refine((q) => memoryBytes(q) > 0, "must be a quantity such as 1Gi"),
      })
      .optional(),
    readOnly: z.boolean().optional(),
  })
  .refine((given) => SOURCES.filter((source) => given[source] !== undefined).length === 1, {
    error: `must have one of ${SOURCES.join(", ")}`,
  })
  .refine(({ readOnly, claim }) => readOnly === undefined || claim !== undefined, {
    path: ["readOnly"],
    error: "applies only to a claim: a secret and a configMap are always read-only, an emptyDir never",
  });

/** Volumes of the pods beside the program's own. */
export const volumesSchema = z.array(volume).superRefine((volumes, context) => {
  for (const key of ["name", "path"] as const) {
    const seen = new Set<string>();
    for (const [index, { [key]: value }] of volumes.entries()) {
      if (seen.has(value)) {
        context.addIssue({ code: "custom", path: [index, key], message: "is another volume's too" });
      }
      seen.add(value);
    }
  }
});

/** Bytes that the volumes may hold which count as what the pod itself has on its node. */
export function bytesOnNode(volumes: z.infer<typeof volumesSchema>): number {
  return volumes.reduce((sum, { emptyDir }) => sum + (emptyDir ? memoryBytes(emptyDir.sizeLimit) : 0), 0);
}

function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
