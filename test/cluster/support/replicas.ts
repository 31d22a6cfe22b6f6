import { request } from "node:https";
import { text } from "node:stream/consumers";

import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";

/** The pods of a service, and what each of them answers for itself. */
export class Replicas {
  constructor(
    private readonly config: KubeConfig,
    private readonly namespace: string,
  ) {}

  /** Those that are not about to end. */
  async pods(): Promise<V1Pod[]> {
    const core = this.config.makeApiClient(CoreV1Api);
    const { items } = await core.listNamespacedPod({ namespace: this.namespace });
    return items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  }

  async names(): Promise<string[]> {
    return (await this.pods()).map(({ metadata }) => metadata?.name ?? "").sort();
  }

  /** Names of those that are ready. */
  async ready(): Promise<string[]> {
    const isReady = ({ status }: V1Pod) =>
      status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
    return (await this.pods()).filter(isReady).map(({ metadata }) => metadata?.name ?? "");
  }

  /** How often the process of a replica has been started anew. */
  async restarts(pod: string): Promise<number> {
    const found = (await this.pods()).find(({ metadata }) => metadata?.name === pod);
    return found?.status?.containerStatuses?.[0]?.restartCount ?? 0;
  }

  async delete(pod: string): Promise<void> {
    const core = this.config.makeApiClient(CoreV1Api);
    await core.deleteNamespacedPod({ namespace: this.namespace, name: pod });
  }

  /** What one replica answers at a port, through the API server. */
  async ask(
    pod: string,
    port: number,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }> {
    const server = this.config.getCurrentCluster()?.server ?? "";
    const url = new URL(`${server}/api/v1/namespaces/${this.namespace}/pods/${pod}:${port}/proxy${path}`);
    const credentials = {};
    await this.config.applyToHTTPSOptions(credentials);
    const sent = body === undefined ? "" : JSON.stringify(body);
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(sent) };
    const method = body === undefined ? "GET" : "POST";
    return new Promise((resolve, reject) => {
      request(url, { ...credentials, method, headers }, (response) => {
        text(response).then((answer) => {
          resolve({ status: response.statusCode ?? 0, body: parsed(answer) });
        }, reject);
      })
        .on("error", reject)
        .end(sent);
    });
  }
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
