/** A local cluster: k3s and its registry in Docker containers of this machine, checked before anything is created. */

import { createServer } from "node:net";

import type { Daemon } from "../../docker/daemon.js";
import { fullKey, howToSet } from "../../settings/keys.js";
import { type OwnContainer, ownContainers, revive } from "./own-containers.js";
import { missingImages } from "./images.js";

/** What the local cluster is about to take. */
interface Needs {
  /** Value of the label that this stack's containers carry. */
  name: string;
  /** Ports on 127.0.0.1 by the path of the setting that names each. */
  ports: Record<string, number>;
  /** Images of its containers by the path of the setting that names each. */
  images?: Record<string, string>;
  /** What others found that would stop the deployment later, a sentence each. */
  otherFaults?: string[];
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
  faults.push(...(needs.otherFaults ?? []));
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
      ? "This user is not allowed to use it: join the group docker, or run as another user."
      : `Start Docker, or set DOCKER_HOST (${error.code ?? error.message}).`;
  return `The local cluster needs Docker, but no Docker daemon answers at ${address}. ${reason} Without Docker, use an existing cluster with a kubeconfig, or run npm start for the service alone.`;
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
  return `${fullKey(setting)}: Port ${port} on 127.0.0.1 is taken. Free it, or choose another: ${howToSet(setting, "PORT")}.`;
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
    `The local cluster needs a privileged container, which the Docker daemon does not allow: ${messageOf(body)}.`,
  ];
}

function messageOf(body: unknown): string {
  const message = typeof body === "object" && body !== null && "message" in body ? body.message : body;
  return String(message).trim();
}
