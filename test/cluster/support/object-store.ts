import { request } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

import { AppsV1Api, CoreV1Api, type KubeConfig, type V1PodSpec } from "@kubernetes/client-node";

import { S3_IMAGE } from "./needs.js";
import { runIn, type Place } from "./run-in.js";

const NAME = "store";
const PORT = 5000;
const BUCKET = "models";
const PATIENCE_MS = 180_000;

/** A store of objects in the cluster, which keeps them in memory. */
export class ObjectStore {
  private readonly core: CoreV1Api;

  constructor(
    private readonly config: KubeConfig,
    private readonly namespace: string,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
  }

  /** As services are told of it. */
  get settings(): object {
    return { name: BUCKET, prefix: "served", endpoint: `http://${NAME}.${this.namespace}.svc:${PORT}` };
  }

  /** Starts it in a namespace of its own, and makes the bucket. */
  async start(): Promise<void> {
    const { namespace } = this;
    const labels = { app: NAME };
    await this.core.createNamespace({ body: { metadata: { name: namespace } } });
    await this.config.makeApiClient(AppsV1Api).createNamespacedDeployment({
      namespace,
      body: {
        metadata: { name: NAME },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec() } },
      },
    });
    const spec = { selector: labels, ports: [{ port: PORT }] };
    await this.core.createNamespacedService({ namespace, body: { metadata: { name: NAME }, spec } });
    for (const end = Date.now() + PATIENCE_MS; ; await pause(1000)) {
      try {
        await this.send("PUT", BUCKET);
        return;
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
      }
    }
  }

  /** Puts a file into the folder of models. */
  async put(path: string, content: Uint8Array | string): Promise<void> {
    await this.send("PUT", `${BUCKET}/served/${path}`, Buffer.from(content));
  }

  /** Takes the store away: who asks it waits for an answer. */
  async goAway(): Promise<void> {
    await this.signal("STOP");
  }

  /** With all that it had. */
  async comeBack(): Promise<void> {
    await this.signal("CONT");
  }

  async stop(): Promise<void> {
    await this.core.deleteNamespace({ name: this.namespace });
  }

  private async signal(name: string): Promise<void> {
    await runIn(this.config, await this.place(), "sh", "-c", `kill -${name} $(cat /tmp/pid)`);
  }

  private async place(): Promise<Place> {
    const { namespace } = this;
    const { items } = await this.core.listNamespacedPod({ namespace });
    return { namespace, pod: items[0]?.metadata?.name ?? "", container: NAME };
  }

  /** Through the API server, which takes the header with which S3 signs for its own. */
  private async send(method: string, path: string, body: Buffer = Buffer.alloc(0)): Promise<void> {
    const server = this.config.getCurrentCluster()?.server ?? "";
    const proxy = `${server}/api/v1/namespaces/${this.namespace}/services/${NAME}:${PORT}/proxy`;
    const credentials = {};
    await this.config.applyToHTTPSOptions(credentials);
    const headers = { "content-length": body.length };
    const url = new URL(`${proxy}/${path}?X-Amz-Signature=none`);
    await new Promise<void>((resolve, reject) => {
      const sent = request(url, { ...credentials, method, headers }, (response) => {
        text(response).then((answer) => {
          if (response.statusCode === 200) {
            resolve();
          } else {
            reject(new Error(`${method} ${path}: ${response.statusCode ?? 0} ${answer.slice(0, 200)}`));
          }
        }, reject);
      });
      sent.on("error", reject).end(body);
    });
  }
}

/** Its process is not the container's first, which no signal of the container's own could stop. */
function podSpec(): V1PodSpec {
  const serve = `moto_server -H 0.0.0.0 -p ${PORT} & echo $! > /tmp/pid; wait`;
  // Else it takes the first part of its own name for that of a bucket.
  const env = [{ name: "S3_IGNORE_SUBDOMAIN_BUCKETNAME", value: "true" }];
  return { containers: [{ name: NAME, image: S3_IMAGE, command: ["sh", "-c", serve], env }] };
}
