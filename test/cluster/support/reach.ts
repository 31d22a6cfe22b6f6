import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";

import { imageSchema } from "#infra/settings/image.js";
import { type Place, runIn } from "./run-in.js";

/** What became of a connection: a NetworkPolicy drops it, so that nothing answers. */
export type Outcome = "open" | "refused" | "dropped";

const DROPPED_MS = 4000;

/** Runs in the container: prints the outcome. */
const SCRIPT = `
const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: Number(port), timeout: ${DROPPED_MS} });
const end = (outcome) => { process.stdout.write(outcome); process.exit(); };
socket.on("connect", () => end("open"));
socket.on("timeout", () => end("dropped"));
socket.on("error", ({ code }) => end(code === "ECONNREFUSED" ? "refused" : "dropped"));
`;

/** What becomes of a TCP connection from a container, which has Node.js, to an address. */
export async function reach(config: KubeConfig, from: Place, host: string, port: number): Promise<Outcome> {
  return (await runIn(config, from, "node", "--eval", SCRIPT, host, String(port))) as Outcome;
}

const NAME = "bystander";

/** Starts a pod that does nothing in a namespace, and waits until it runs: a place to try connections from. */
export async function startBystander(config: KubeConfig, namespace: string): Promise<Place> {
  const core = config.makeApiClient(CoreV1Api);
  const container = {
    name: NAME,
    // The one that the service image is built on: the cluster has it already.
    image: imageSchema.parse({}).base,
    command: ["node", "--eval", "setInterval(() => {}, 1000)"],
  };
  const spec = { restartPolicy: "Never", terminationGracePeriodSeconds: 0, containers: [container] };
  await core.createNamespacedPod({ namespace, body: { metadata: { name: NAME }, spec } });
  for (;;) {
    const { status } = await core.readNamespacedPod({ namespace, name: NAME });
    if (status?.phase === "Running") {
      return { namespace, pod: NAME, container: NAME };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Forbids every pod of a namespace every connection that no other policy allows. */
export function defaultDeny(name: string): object {
  return { metadata: { name }, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } };
}
