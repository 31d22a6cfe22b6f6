import * as pulumi from "@pulumi/pulumi";

import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import { MODEL_CACHE } from "@ai-model-service/contract/image";

import type { Bucket, Cluster } from "../clusters/cluster.js";
import { type BucketSettings, regionOfBucket } from "../settings/models.js";
import { memoryBytes } from "../settings/quantity.js";
import { type ModelSource, OF_IMAGE } from "./model-source.js";

const HTTPS_PORT = 443;

/** Name of the service account whose pods read the bucket. */
const READER = "inference";

/** Models in a bucket, from which each replica fetches what it serves. */
export async function bucketSource(
  settings: BucketSettings,
  cluster: Pick<Cluster, "bucket">,
  namespace: string,
): Promise<ModelSource> {
  const { endpoint, prefix, cacheSize } = settings;
  const bucket = await rightsTo(settings, cluster, namespace);
  const location = pulumi.interpolate`s3://${bucket.name}${prefix === undefined ? "" : `/${prefix}`}`;
  const region = regionOfBucket(settings, bucket.region);
  return {
    ...OF_IMAGE,
    environment: {
      [ENVIRONMENT.modelRepository]: location,
      [ENVIRONMENT.modelCache]: MODEL_CACHE,
      ...(region !== undefined && { AWS_REGION: region }),
      ...(endpoint !== undefined && { AWS_ENDPOINT_URL_S3: endpoint }),
    },
    volumes: [{ name: "cache", path: MODEL_CACHE, source: { emptyDir: { sizeLimit: cacheSize } } }],
    diskBytes: memoryBytes(cacheSize),
    egressPorts: [portOf(endpoint)],
    egressTo: bucket.credentialsFrom,
    dependsOn: bucket.dependsOn,
    location,
  };
}

/** The cluster's own rights to a bucket of its own kind, where it has such; else the bucket as it is named. */
async function rightsTo(
  settings: BucketSettings,
  cluster: Pick<Cluster, "bucket">,
  namespace: string,
): Promise<Bucket> {
  if (cluster.bucket !== undefined && settings.endpoint === undefined) {
    return cluster.bucket(settings, { namespace, serviceAccount: READER });
  }
  return { name: settings.name ?? "", credentialsFrom: [], dependsOn: [] };
}

/** A bucket of AWS is reached by HTTPS, as is a store whose address names no port. */
function portOf(endpoint: string | undefined): number {
  const { port, protocol } = new URL(endpoint ?? "https://s3.amazonaws.com");
  return port === "" ? (protocol === "http:" ? 80 : HTTPS_PORT) : Number(port);
}
