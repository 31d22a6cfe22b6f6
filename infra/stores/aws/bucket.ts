import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

import { PROJECT } from "../../settings/keys.js";
import type { BucketSettings } from "../../settings/models.js";
import { policy } from "./rights.js";

/** Days that what was replaced or removed is kept. */
const KEPT_DAYS = 90;

/** Days after which what an upload that broke off has sent so far goes. */
const BROKEN_OFF_DAYS = 7;

/** A bucket of models. */
interface MadeBucket {
  bucket: aws.s3.Bucket;
  key: aws.kms.Key;
  /** What closes and keeps it. */
  safeguards: pulumi.Resource[];
}

/** A bucket that keeps what is replaced, encrypts all that it holds, and is closed to the public and to plain HTTP. */
export function makeBucket(
  name: string,
  { deleteModels }: Pick<BucketSettings, "deleteModels">,
  kept: pulumi.CustomResourceOptions,
): MadeBucket {
  const key = new aws.kms.Key("models", { description: `Models of ${name}`, enableKeyRotation: true }, kept);
  const bucket = new aws.s3.Bucket(`${PROJECT}-models`, { forceDestroy: deleteModels }, kept);
  const opts = { ...kept, protect: false };
  const of = { bucket: bucket.id };
  const closed = new aws.s3.BucketPublicAccessBlock(
    "models",
    {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    opts,
  );
  const encrypted = new aws.s3.BucketServerSideEncryptionConfiguration(
    "models",
    {
      ...of,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
          bucketKeyEnabled: true,
        },
      ],
    },
    opts,
  );
  const versioned = new aws.s3.BucketVersioning(
    "models",
    { ...of, versioningConfiguration: { status: "Enabled" } },
    opts,
  );
  // AWS takes one change of a bucket's policies at a time.
  const httpsOnly = new aws.s3.BucketPolicy(
    "models",
    { ...of, policy: bucket.arn.apply(httpsAlone) },
    { ...opts, dependsOn: closed },
  );
  const tidied = new aws.s3.BucketLifecycleConfiguration(
    "models",
    { ...of, rules: LIFECYCLE },
    { ...opts, dependsOn: versioned },
  );
  return { bucket, key, safeguards: [closed, encrypted, versioned, httpsOnly, tidied] };
}

const LIFECYCLE = [
  {
    id: "replaced",
    status: "Enabled",
    filter: { prefix: "" },
    noncurrentVersionExpiration: { noncurrentDays: KEPT_DAYS },
    abortIncompleteMultipartUpload: { daysAfterInitiation: BROKEN_OFF_DAYS },
  },
];

function httpsAlone(arn: string): string {
  return policy([
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arn, `${arn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
}
