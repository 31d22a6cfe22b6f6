import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";

import { CoreV1Api, PortForward, type KubeConfig, type V1Pod, type V1Service } from "@kubernetes/client-node";

import { ANSWER_SECONDS, within } from "./time-limit.js";

/** A port on this machine that leads to a Service of the cluster. */
interface Forwarded {
  readonly url: string;
  /** Ends open connections too: a client may have kept one for later. */
  close(): void;
}

/** A port of a Service, and where it is wanted on this machine. */
interface Wanted {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly localPort: number;
}

/** A port of a pod. */
interface Target {
  readonly pod: string;
  readonly port: number;
}

/**
 * Opens `localPort`, or another where it is taken, on the loopback for a port of a Service. Each connection goes to a pod
 * that is ready then, so that the way outlives every pod. Throws where none is ready, or the API server does not answer.
 */
export async function forward(config: KubeConfig, wanted: Wanted): Promise<Forwarded> {
  await target(config, wanted);
  const sockets = new Set<Socket>();
  const server = tunnel(config, wanted, sockets);
  await open(server, wanted.localPort).catch(() => open(server, 0));
  const { port: bound } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  };
  return { url: `http://localhost:${bound}`, close };
}

/** Where a connection to the Service goes now. */
async function target(config: KubeConfig, { namespace, service, port }: Wanted): Promise<Target> {
  const api = config.makeApiClient(CoreV1Api);
  const asked = <T>(answer: Promise<T>) => within(ANSWER_SECONDS, "The API server", answer);
  const found = await asked(api.readNamespacedService({ namespace, name: service }));
  const selector = Object.entries(found.spec?.selector ?? {}).map(([label, value]) => `${label}=${value}`);
  const pods = await asked(api.listNamespacedPod({ namespace, labelSelector: selector.join(",") }));
  const pod = pods.items.find(isReady);
  if (pod?.metadata?.name === undefined) {
    throw new Error(`No pod of ${namespace}/${service} is ready.`);
  }
  return { pod: pod.metadata.name, port: containerPort(found, port, pod) };
}

async function open(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

function tunnel(config: KubeConfig, wanted: Wanted, sockets: Set<Socket>): Server {
  const forwarder = new PortForward(config);
  return createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    target(config, wanted)
      .then(({ pod, port }) => forwarder.portForward(wanted.namespace, pod, [port], socket, null, socket))
      .then((way: Way) => endTogether(socket, way))
      .catch(() => socket.destroy());
  });
}

interface WebSocketLike {
  close(): void;
}

/** What the library gives for a way to a pod: with retries a function that says which of them it is now. */
type Way = WebSocketLike | (() => WebSocketLike | null);

/** The way to the pod would otherwise stay until the pod closes its end, and this process with it. */
function endTogether(socket: Socket, way: Way): void {
  const end = (): void => (typeof way === "function" ? way() : way)?.close();
  if (socket.destroyed) {
    end();
  }
  socket.once("close", end);
}

/** One that is about to end still answers, but may be of the version before. */
function isReady({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") ?? false;
  return ready && metadata?.deletionTimestamp === undefined;
}

/** The number that a Service's port leads to in a pod, which may give it a name. */
function containerPort(service: V1Service, port: number, pod: V1Pod): number {
  const target = service.spec?.ports?.find((each) => each.port === port)?.targetPort ?? port;
  if (typeof target === "number") {
    return target;
  }
  const ports = pod.spec?.containers.flatMap((container) => container.ports ?? []) ?? [];
  return ports.find(({ name }) => name === target)?.containerPort ?? port;
}
