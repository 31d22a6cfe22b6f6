import { setTimeout as pause } from "node:timers/promises";

import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";

import type { Place } from "./run-in.js";

/** What the clients in the cluster have seen so far. */
export interface Counts {
  answered: number;
  failed: number;
  /** The first failures, in words. */
  faults: string[];
}

/**
 * Runs in the pod: clients that ask one after another, half of them on a new connection each time, half on one that
 * they keep. Every line of output is the counts so far.
 */
const SCRIPT = `
const { Agent, request } = require("node:http");
const counts = { answered: 0, failed: 0, faults: [] };
const body = Buffer.from(process.env.BODY, "base64");
const headers = { "content-type": "application/octet-stream", "content-length": body.length };
const ask = (agent) => new Promise((resolve) => {
  const fail = (why) => {
    counts.failed++;
    if (counts.faults.length < 5) counts.faults.push(new Date().toISOString() + " " + why);
    resolve();
  };
  const sent = request(process.env.URL_, { method: "POST", agent, headers, timeout: 20000 }, (response) => {
    response.resume().on("error", (error) => fail(error.message)).on("end", () => {
      if (response.statusCode !== 200) return fail("status " + response.statusCode);
      counts.answered++;
      resolve();
    });
  });
  sent.on("timeout", () => sent.destroy(new Error("no answer in 20 s")));
  sent.on("error", (error) => fail(error.message)).end(body);
});
const client = async (agent) => {
  for (;;) {
    await ask(agent);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
for (const keepAlive of [true, false, true, false]) client(new Agent({ keepAlive, maxSockets: 1 }));
setInterval(() => console.log(JSON.stringify(counts)), 500);
`;

const NAME = "clients";

const PATIENCE_MS = 120_000;

/** Clients inside of the cluster that ask a Service for predictions, as many as keep a few replicas awake. */
export class Traffic {
  private readonly core: CoreV1Api;

  constructor(
    config: KubeConfig,
    private readonly namespace: string,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
  }

  /** Where scripts can be run beside the clients. */
  get place(): Place {
    return { namespace: this.namespace, pod: NAME, container: NAME };
  }

  /** Starts the clients in a namespace of their own. The image is any that has Node.js; the body a picture's bytes. */
  async start(url: string, image: string, body: Uint8Array = new Uint8Array(28 * 28)): Promise<void> {
    const { namespace } = this;
    await this.core.createNamespace({ body: { metadata: { name: namespace } } });
    await this.core.createNamespacedPod({ namespace, body: pod(url, image, body) });
  }

  /** The newest counts; none before the first line of output. */
  async counts(): Promise<Counts | undefined> {
    try {
      const log = await this.core.readNamespacedPodLog({
        name: NAME,
        namespace: this.namespace,
        tailLines: 1,
      });
      return log.trim() === "" ? undefined : (JSON.parse(log) as Counts);
    } catch {
      return undefined;
    }
  }

  /** The counts once the clients have been answered more often. */
  async answeredMoreThan(count: number): Promise<Counts> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(500)) {
      const counts = await this.counts();
      if (counts !== undefined && counts.answered > count) {
        return counts;
      }
    }
    throw new Error("the clients are not that far yet");
  }

  async stop(): Promise<void> {
    await this.core.deleteNamespace({ name: this.namespace });
  }
}

function pod(url: string, image: string, body: Uint8Array): V1Pod {
  return {
    metadata: { name: NAME },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: NAME,
          image,
          command: ["node", "--eval", SCRIPT],
          env: [
            { name: "URL_", value: url },
            { name: "BODY", value: Buffer.from(body).toString("base64") },
          ],
        },
      ],
    },
  };
}
