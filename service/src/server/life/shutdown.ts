import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Lifecycle } from "./lifecycle.js";
import type { UnusedConnections } from "./unused-connections.js";

/** How long a connection that was just opened may take to send its request once the server has stopped listening. */
const FIRST_REQUEST_MS = 500;

export interface ShutdownOptions {
  readonly servers: readonly Server[];
  readonly unusedConnections: UnusedConnections;
  readonly lifecycle: Lifecycle;
  /** Seconds to go on accepting requests while not ready. */
  readonly delaySeconds: number;
  /** Releases what the requests used, once there are none. */
  readonly release: () => Promise<void>;
}

/**
 * Leaves without a failed request: first not ready, and after `delaySeconds`, when load balancers have noticed,
 * no new connections; then the requests that run are answered; then everything is released.
 */
export async function shutDown(options: ShutdownOptions): Promise<void> {
  const { servers, unusedConnections, lifecycle, delaySeconds, release } = options;
  lifecycle.drain();
  await delay(delaySeconds * 1000);
  const closed = Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  );
  const unused = setTimeout(() => unusedConnections.close(), FIRST_REQUEST_MS);
  await closed;
  clearTimeout(unused);
  await release();
}
