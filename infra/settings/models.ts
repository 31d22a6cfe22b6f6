import { z } from "zod";

import { memoryBytes } from "./quantity.js";

const quantity = z
  .string()
  .refine((q) => memoryBytes(q) > 0, "must be a quantity of bytes such as 500Mi or 20Gi");
const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "must be a name of Kubernetes");

const volume = z
  .strictObject({
    claim: kubernetesName
      .optional()
      .describe("Name of a claim that is there, in the stack's namespace; the program leaves it alone."),
    size: quantity.optional().describe("Size of a claim that the program makes, named `models`."),
    storageClass: kubernetesName
      .optional()
      .describe("StorageClass of the claim that is made; without it the cluster's default."),
    accessMode: z
      .enum(["ReadWriteMany", "ReadWriteOnce"])
      .optional()
      .describe(
        "What the volume allows: `ReadWriteOnce` keeps all replicas on one node, and with it they are lost together; without it `ReadWriteOnce` on a `local` cluster, which has one node, else `ReadWriteMany`.",
      ),
    readOnly: z
      .boolean()
      .default(false)
      .describe("Whether replicas can read the volume alone; they then cannot change what serves."),
  })
  .refine((v) => (v.claim === undefined) !== (v.size === undefined), {
    path: ["claim"],
    error: "must be set, or models.volume.size instead to have a claim made",
  })
  .refine((v) => v.storageClass === undefined || v.size !== undefined, {
    path: ["storageClass"],
    error: "applies only where the claim is made, with models.volume.size",
  });

const bucket = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket")
      .optional()
      .describe("Name of a bucket that is there."),
    create: z
      .boolean()
      .default(false)
      .describe(
        "Whether the program makes the bucket, on `eks`: encrypted, versioned and closed to the public.",
      ),
    deleteModels: z
      .boolean()
      .default(false)
      .describe(
        "Whether the models go with the bucket that is made; else AWS refuses to delete one that holds any.",
      ),
    prefix: z
      .string()
      .regex(
        /^[\w.-]+(?:\/[\w.-]+)*$/,
        "must be names of letters, digits, dots, hyphens and underscores with slashes between them",
      )
      .optional()
      .describe("What the keys of the models begin with in the bucket, before `/NAME/VERSION/model.onnx`."),
    region: z
      .string()
      .regex(/^[a-z]{2}[a-z-]*-\d$/, "must be a region such as eu-central-1")
      .optional()
      .describe("Region of the bucket; without it that of `eks`, or with an endpoint us-east-1."),
    endpoint: z
      .url({ protocol: /^https?$/, error: "must be an address such as https://minio.example.com:9000" })
      .optional()
      .describe("Address of a store that is not AWS's own, as the cluster reaches it."),
    cacheSize: quantity
      .default("4Gi")
      .describe("Disk of its node that each replica has for the versions that it fetches."),
  })
  .refine((b) => (b.name !== undefined) !== b.create, {
    path: ["name"],
    error: "must be set, or models.bucket.create instead to have a bucket made",
  })
  .refine((b) => !b.create || (b.endpoint === undefined && b.region === undefined), {
    path: ["create"],
    error:
      "makes a bucket of AWS in eks.region: models.bucket.endpoint and models.bucket.region do not apply",
  })
  .refine((b) => b.create || !b.deleteModels, {
    path: ["deleteModels"],
    error: "applies only where the bucket is made, with models.bucket.create",
  });

export const modelsSchema = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Folder of models on this machine, from the project's root: they become an image of their own, and a changed model a rollout.",
      ),
    volume: volume.optional(),
    bucket: bucket.optional(),
  })
  .superRefine((models, context) => {
    const [, ...more] = Object.keys(models);
    for (const name of more) {
      context.addIssue({
        code: "custom",
        path: [name],
        message:
          "must not be set where models come from elsewhere: folder, volume and bucket exclude each other",
      });
    }
  })
  .describe(
    "Where models come from: `folder`, `volume` or `bucket`; without any of them the service's image brings its own.",
  );

export type ModelsSettings = z.infer<typeof modelsSchema>;
export type BucketSettings = NonNullable<ModelsSettings["bucket"]>;
export type VolumeSettings = NonNullable<ModelsSettings["volume"]>;

/** A store that is not AWS's own takes any region, and the SDK will have one. */
const ANY_REGION = "us-east-1";

/** The region in which a bucket is asked for; undefined where nothing says it. */
export function regionOfBucket(
  { region, endpoint }: Pick<BucketSettings, "region" | "endpoint">,
  ofCluster: string | undefined,
): string | undefined {
  return region ?? (endpoint === undefined ? ofCluster : ANY_REGION);
}
