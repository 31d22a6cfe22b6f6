import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

import { ANSWER_SECONDS } from "./time-limit.js";

/** The API server's refusal; `status` is HTTP's, 0 where it could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Reads any path of the API server, within a time, including those of aggregated APIs and of the proxy to Services. */
export async function getJson<T>(config: KubeConfig, path: string): Promise<T> {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new ApiError(0, "The kubeconfig does not name a cluster.");
  }
  const options = {};
  await config.applyToHTTPSOptions(options);
  const { status, body } = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = get(new URL(`${server}${path}`), options, (response) => {
      read(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    request.setTimeout(ANSWER_SECONDS * 1000, () =>
      request.destroy(new Error(`no answer within ${ANSWER_SECONDS} seconds`)),
    );
    request.on("error", (error) =>
      reject(new ApiError(0, `The API server ${server} does not answer: ${error.message}.`)),
    );
  });
  if (status !== 200) {
    throw new ApiError(status, `${path}: ${body.slice(0, 300)}`);
  }
  return JSON.parse(body) as T;
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
