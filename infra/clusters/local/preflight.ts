import { createServer } from "node:net";

import type { Daemon } from "../../docker/daemon.js";
import { type OwnContainer, ownContainers, revive } from "./containers.js";
import { missingImages } from "./images.js";

/** What the local cluster is about to take. */
export interface Needs {
  /** Value of the label that this stack's containers carry. */
  name: string;
  /** Ports on 127.0.0.1 by the setting that names each. */
  ports: Record<string, number>;
  /** Images of its containers by the setting that names each. */
  images?: Record<string, string>;
  /** Why the charts of the monitoring cannot be had, and the setting that names their place; absent where they can. */
  charts?: { setting: string; fault: string } | undefined;
}

/**
 * Finds out before anything is made whether this machine can carry the cluster, and starts this stack's containers that
 * were stopped. Throws one error with a sentence for each fault.
 */
export async function preflight(daemon: Daemon, needs: Needs): Promise<void> {
  await ping(daemon);
  const containers = await ownContainers(daemon, needs.name);
  const faults = await takenPorts(needs.ports, containers);
  faults.push(...(await missingImages(daemon, needs.images ?? {})));
  if (needs.charts !== undefined) {
    faults.push(noCharts(needs.charts));
  }
  if (containers.length === 0) {
    faults.push(...(await privilegeFaults(daemon)));
  }
  if (faults.length > 0) {
    throw new Error(faults.join("\n"));
  }
  await revive(daemon, containers);
}

/** Rejects with one sentence when no Docker daemon answers. */
export async function ping(daemon: Daemon): Promise<void> {
  try {
    await daemon.call("GET", "/_ping");
  } catch (error) {
    throw new Error(noDaemon(daemon.address, error as NodeJS.ErrnoException), { cause: error });
  }
}

/** Why a daemon was not reached and what to do about it. */
function noDaemon(address: string, error: NodeJS.ErrnoException): string {
  const reason =
    error.code === "EACCES"
      ? "this user may not use it: join the group docker, or run as a user who may"
      : `start Docker, or set DOCKER_HOST (${error.code ?? error.message})`;
  return `cluster local needs Docker and none answers at ${address}: ${reason}. Without Docker: cluster existing with a kubeconfig, or npm start for the service alone.`;
}

async function takenPorts(ports: Record<string, number>, containers: OwnContainer[]): Promise<string[]> {
  const own = new Set(containers.flatMap((container) => container.ports));
  const faults = await Promise.all(
    Object.entries(ports)
      .filter(([, port]) => !own.has(port))
      .map(async ([setting, port]) => ((await isFree(port)) ? [] : [portTaken(setting, port)])),
  );
  return faults.flat();
}

function portTaken(setting: string, port: number): string {
  return `${setting}: port ${port} on 127.0.0.1 is taken; free it, or choose another: ${howToSet(setting, "PORT")}`;
}

function noCharts({ setting, fault }: { setting: string; fault: string }): string {
  return `${setting}: ${fault}, and Prometheus and Grafana are installed from there; name a folder that holds the charts, or do without: ${howToSet(setting.replace(/charts$/, "mode"), "none")}`;
}

function howToSet(setting: string, value: string): string {
  return `pulumi config set --path ${setting} ${value}, or npm run up -- --config-path --config ${setting}=${value}`;
}

/** Whether a port on 127.0.0.1 can be listened on. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    probe.listen({ host: "127.0.0.1", port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * Asks for a privileged container of an image that cannot be there. A daemon that allows such containers misses the image
 * (404); one whose authorization plugin forbids them says so first (403). Nothing is made either way.
 */
async function privilegeFaults(daemon: Daemon): Promise<string[]> {
  const { status, body } = await daemon.call("POST", "/containers/create", {
    Image: "preflight.invalid/none:none",
    HostConfig: { Privileged: true },
  });
  if (status !== 403) {
    return [];
  }
  return [
    `cluster local needs a privileged container and the Docker daemon does not allow one: ${messageOf(body)}`,
  ];
}

function messageOf(body: unknown): string {
  const message = typeof body === "object" && body !== null && "message" in body ? body.message : body;
  return String(message).trim();
}
