import { createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";

import { CoreV1Api, PortForward, type KubeConfig, type V1Pod, type V1Service } from "@kubernetes/client-node";

/** A port on this machine that leads to a Service of the cluster. */
interface Forwarded {
  readonly url: string;
  close(): void;
}

/** Opens `localPort`, or another where it is taken, on the loopback for a port of a Service. Throws where no pod is ready. */
export async function forward(
  config: KubeConfig,
  {
    namespace,
    service,
    port,
    localPort,
  }: { namespace: string; service: string; port: number; localPort: number },
): Promise<Forwarded> {
  const api = config.makeApiClient(CoreV1Api);
  const found = await api.readNamespacedService({ namespace, name: service });
  const selector = Object.entries(found.spec?.selector ?? {}).map(([label, value]) => `${label}=${value}`);
  const pods = await api.listNamespacedPod({ namespace, labelSelector: selector.join(",") });
  const pod = pods.items.find(isReady);
  if (pod?.metadata?.name === undefined) {
    throw new Error(`No pod of ${namespace}/${service} is ready.`);
  }
  const server = tunnel(config, namespace, pod.metadata.name, containerPort(found, port, pod));
  await open(server, localPort).catch(() => open(server, 0));
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://localhost:${bound}`, close: () => void server.close() };
}

async function open(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

function tunnel(config: KubeConfig, namespace: string, pod: string, port: number): Server {
  const forwarder = new PortForward(config);
  return createServer((socket) => {
    socket.on("error", () => socket.destroy());
    forwarder.portForward(namespace, pod, [port], socket, null, socket).catch(() => socket.destroy());
  });
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
