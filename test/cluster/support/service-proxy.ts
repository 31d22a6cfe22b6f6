import { request } from "node:https";
import { text } from "node:stream/consumers";

import type { KubeConfig } from "@kubernetes/client-node";

/** A Service and the path below it. */
export interface ServicePath {
  namespace: string;
  name: string;
  path: string;
}

/** Posts bytes to a Service through the API server, which needs no address of the Service from outside. */
export async function postToService(
  config: KubeConfig,
  { namespace, name, path }: ServicePath,
  body: Buffer,
): Promise<unknown> {
  const server = config.getCurrentCluster()?.server ?? "";
  const url = new URL(`${server}/api/v1/namespaces/${namespace}/services/${name}:http/proxy${path}`);
  const credentials = {};
  await config.applyToHTTPSOptions(credentials);
  const headers = { "content-type": "application/octet-stream", "content-length": body.length };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...credentials, method: "POST", headers }, (response) => {
      text(response).then((answer) => {
        if (response.statusCode === 200) {
          resolve(JSON.parse(answer));
        } else {
          reject(new Error(`${path} answers ${response.statusCode ?? 0}: ${answer.slice(0, 200)}`));
        }
      }, reject);
    });
    sent.on("error", reject).end(body);
  });
}
