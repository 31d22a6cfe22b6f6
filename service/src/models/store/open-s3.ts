import type { S3Client } from "@aws-sdk/client-s3";
import { parseS3Address, type S3Address } from "./s3-address.js";

/** A bucket, and what to reach it with. */
export interface S3Store extends S3Address {
  readonly client: S3Client;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Attempts that the SDK makes of a request, with pauses between them. */
const ATTEMPTS = 3;
const CONNECT_MILLISECONDS = 5_000;
/** That nothing at all comes on a connection. */
const SILENT_MILLISECONDS = 20_000;
const CONNECTIONS = 32;

/**
 * The bucket at `s3://bucket/prefix`. Credentials, region and endpoint come from where the SDK looks for them: the
 * standard variables, files, and the credentials that a pod is given. The SDK takes a moment to load.
 */
export async function openS3(address: string, environment: Environment = process.env): Promise<S3Store> {
  // It would warn of versions of Node.js that this service supports.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const { S3Client } = await import("@aws-sdk/client-s3");
  const ownEndpoint = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"];
  const region = regionOf(environment, ownEndpoint);
  const client = new S3Client({
    maxAttempts: ATTEMPTS,
    ...(region !== undefined && { region }),
    // Other stores seldom have a host name for each bucket.
    forcePathStyle: ownEndpoint !== undefined,
    // Files come in ranges, which have no checksums; they are checked when they are whole.
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: CONNECT_MILLISECONDS,
      socketTimeout: SILENT_MILLISECONDS,
      httpAgent: { maxSockets: CONNECTIONS },
      httpsAgent: { maxSockets: CONNECTIONS },
    },
  });
  return { client, ...parseS3Address(address) };
}

/** Other stores have no regions, but signatures need the name of one. */
function regionOf(environment: Environment, ownEndpoint: string | undefined): string | undefined {
  const named = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];
  return named ?? (ownEndpoint === undefined ? undefined : "us-east-1");
}
