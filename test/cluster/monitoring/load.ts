import { BatchV1Api, CoreV1Api, type KubeConfig } from "@kubernetes/client-node";

import { imageSchema } from "#infra/settings/image.js";
import { eventually } from "./eventually.js";

export interface Load {
  readonly namespace: string;
  readonly name: string;
  readonly url: string;
  /** Requests at a time; each starts when the one before is answered. */
  readonly connections: number;
  readonly seconds: number;
  readonly body: { readonly type: string; readonly base64: string };
}

/**
 * Rows for `?datatype=UINT8`: work for the server, not for its client. Else how many requests are in flight depends on how
 * fast the client is.
 */
export const MANY_ROWS = {
  type: "application/octet-stream",
  base64: Buffer.alloc(96 * 28 * 28, 100).toString("base64"),
};

/**
 * Runs in the pod. A Service balances connections, not requests, so each is used for a few requests only, and pods
 * that come later get their share. One that was
 * refused asks again a little later. Prints how many requests got which status.
 */
const SCRIPT = `
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
const { URL_, CONNECTIONS, SECONDS, TYPE, BODY } = process.env;
const body = Buffer.from(BODY, "base64");
const end = Date.now() + SECONDS * 1000;
const counts = {};
const ask = (agent) => new Promise((resolve) => {
  const headers = { "content-type": TYPE, "content-length": body.length };
  const sent = request(URL_, { method: "POST", agent, headers }, (response) => {
    response.resume().on("end", () => resolve(response.statusCode));
  });
  sent.on("error", () => resolve("error")).end(body);
});
async function worker() {
  while (Date.now() < end) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let used = 0; used < 20 && Date.now() < end; used++) {
      const status = await ask(agent);
      counts[status] = (counts[status] ?? 0) + 1;
      if (status !== 200) await wait(100);
    }
    agent.destroy();
  }
}
await Promise.all(Array.from({ length: Number(CONNECTIONS) }, worker));
console.log(JSON.stringify(counts));
`;

/** The one that the service image is built on: the cluster has it already. */
const IMAGE = imageSchema.parse({}).base;

/** Starts the load as a Job inside the cluster. */
export async function startLoad(config: KubeConfig, load: Load): Promise<void> {
  const { namespace, name } = load;
  await config
    .makeApiClient(CoreV1Api)
    .createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: { "load.mjs": SCRIPT } } });
  await config
    .makeApiClient(BatchV1Api)
    .createNamespacedJob({ namespace, body: { metadata: { name }, spec: jobSpec(load) } });
}

function jobSpec({ name, url, connections, seconds, body }: Load) {
  const environment = {
    URL_: url,
    CONNECTIONS: connections,
    SECONDS: seconds,
    TYPE: body.type,
    BODY: body.base64,
  };
  return {
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: "load",
            image: IMAGE,
            command: ["node", "/load/load.mjs"],
            env: Object.entries(environment).map(([key, value]) => ({ name: key, value: String(value) })),
            volumeMounts: [{ name: "script", mountPath: "/load" }],
          },
        ],
        volumes: [{ name: "script", configMap: { name } }],
      },
    },
  };
}

/** Waits for the Job's end and returns how many requests got which status. */
export async function loadResult(
  config: KubeConfig,
  { namespace, name }: Load,
): Promise<Record<string, number>> {
  const pods = config.makeApiClient(CoreV1Api);
  const pod = await eventually(`load ${name} has ended`, async () => {
    const { items } = await pods.listNamespacedPod({ namespace, labelSelector: `job-name=${name}` });
    return items.find(({ status }) => status?.phase === "Succeeded")?.metadata?.name;
  });
  return JSON.parse(await pods.readNamespacedPodLog({ namespace, name: pod })) as Record<string, number>;
}
